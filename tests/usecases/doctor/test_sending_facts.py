"""What is gathered around an identity at SES: asked for once, side by side, and what could not be asked is kept."""

from collections.abc import Callable
from threading import Thread

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.checks.observed import Fact, Unseen
from provisioner.core.mail_domain.configuration_set import EventDestination, Target, Topic
from provisioner.core.mail_domain.neighbours import Elsewhere
from provisioner.core.mail_domain.records import TTL, Record
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import LoggedOut, ProvisionerError
from provisioner.usecases.doctor.facts.gathering import gathered
from provisioner.usecases.doctor.facts.patient import Once, Patient, patient_of
from provisioner.usecases.doctor.facts.sending import MOST_NEIGHBOURS
from provisioner.usecases.home import recall
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
ARN = "arn:aws:sns:us-east-1:123456789012:bounces"


@pytest.fixture
def patient(world: World) -> Patient:
    new_domain(world.edges, EXAMPLE, Asked(default_region=Region.parse("us-east-1")))
    world.aws.asked.clear()
    return patient_of(world.of_doctor, recall(world.edges, EXAMPLE))


@pytest.fixture
def gather(world: World, patient: Patient) -> Callable[[Fact], object]:
    return lambda fact: gathered(world.of_doctor, patient, fact, lambda: None)


def test_an_identity_that_is_here_is_looked_for_nowhere_else(world: World, gather: Callable[[Fact], object]) -> None:
    assert gather(Fact.ELSEWHERE) == Elsewhere()
    assert world.settings.asked == []


def test_one_that_is_missing_is_looked_for_in_every_region_and_what_could_not_be_asked_is_told(
    world: World, gather: Callable[[Fact], object]
) -> None:
    world.aws.identities.clear()
    world.settings.has_identity("example.com", "eu-west-1").does_not_allow("us-west-1")
    assert gather(Fact.ELSEWHERE) == Elsewhere(
        ("eu-west-1",), (("us-west-1", "us-west-1: AccessDenied: not authorized"),)
    )
    asked = {line.partition(" ")[2] for line in world.settings.asked}
    assert asked == {region.name for region in Region("us-east-1").others(None)}
    assert "us-gov-west-1" not in asked


def test_the_identity_is_asked_for_once_by_all_facts_that_begin_from_it(
    world: World, gather: Callable[[Fact], object]
) -> None:
    assert gather(Fact.IDENTITY) == world.aws.identities["example.com"]
    gather(Fact.ELSEWHERE)
    assert world.aws.asked.count("identity example.com us-east-1") == 1


def test_the_end_of_the_login_is_said_as_such(world: World, gather: Callable[[Fact], object]) -> None:
    world.aws.identities.clear()
    world.settings.refusals["identity"] = LoggedOut("expired_token", "the session has expired", "log in again")
    found = gather(Fact.ELSEWHERE)
    assert isinstance(found, Unseen)
    assert (found.subject, found.code, found.is_error) == ("account", "expired_token", True)


def test_neighbours_are_those_at_the_domain_each_looked_at(world: World, gather: Callable[[Fact], object]) -> None:
    world.settings.has_identity("info@example.com").has_identity("news.example.com").has_identity("notexample.com")
    found = gather(Fact.NEIGHBOURS)
    assert [one.name for one in found.seen] == ["info@example.com", "news.example.com"]  # type: ignore[attr-defined]
    assert found.unseen == ()  # type: ignore[attr-defined]


def test_of_very_many_neighbours_the_first_are_looked_at_and_the_others_named(
    world: World, gather: Callable[[Fact], object]
) -> None:
    for number in range(MOST_NEIGHBOURS + 2):
        world.settings.has_identity(f"a{number:03}@example.com")
    found = gather(Fact.NEIGHBOURS)
    assert len(found.seen) == MOST_NEIGHBOURS  # type: ignore[attr-defined]
    assert [name for name, _ in found.unseen] == ["a025@example.com", "a026@example.com"]  # type: ignore[attr-defined]


def test_only_topics_that_are_published_to_are_asked_for_and_one_that_is_not_seen_is_no_lost_one(
    world: World, gather: Callable[[Fact], object]
) -> None:
    events, off = EventDestination("on", True, ("BOUNCE",), Target.SNS, ARN), f"{ARN}-off"
    disabled = EventDestination("off", False, ("BOUNCE",), Target.SNS, off)
    world.settings.publishes("example-com", events, disabled)
    assert gather(Fact.TOPICS) == {ARN: None}
    world.settings.has_topic(Topic(ARN, {}))
    assert gather(Fact.TOPICS) == {ARN: Topic(ARN, {})}
    world.settings.does_not_allow("topic")
    unseen = gather(Fact.TOPICS)[ARN]  # type: ignore[index]
    assert isinstance(unseen, Unseen)
    assert unseen.subject == f"SNS topic {ARN}"


def test_the_tokens_that_are_published_are_those_of_the_zone(world: World, gather: Callable[[Fact], object]) -> None:
    token = "d" * 32
    name, target = f"{token}._domainkey.example.com", f"{token}.dkim.amazonses.com"
    world.aws.sets["Z1"].append(Record(name, "CNAME", TTL, (target,)))
    assert token in gather(Fact.PUBLISHED_TOKENS)  # type: ignore[operator]


def test_a_second_thread_waits_for_the_answer_of_the_first_and_an_error_is_told_to_both() -> None:
    calls: list[int] = []

    def ask() -> str:
        calls.append(1)
        raise ProvisionerError("access_denied", "not authorized")

    once, errors = Once(ask), list[str]()

    def look() -> None:
        try:
            once()
        except ProvisionerError as error:
            errors.append(error.code)

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (calls, errors) == ([1], ["access_denied"] * 4)


def test_what_a_set_is_and_whether_it_is_there(world: World, gather: Callable[[Fact], object]) -> None:
    world.settings.has_set("example-com", suppresses=())
    assert gather(Fact.CONFIGURATION_SET) == world.settings.sets["example-com"]
    world.settings.sets.clear()
    world.aws.set_tags.clear()
    assert gather(Fact.CONFIGURATION_SET) is None
