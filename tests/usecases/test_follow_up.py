from datetime import timedelta

import pytest
from fakes.aws import identity
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import ZoneMode
from provisioner.core.mail_domain.report import DomainReport
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, Interrupted
from provisioner.usecases.follow_up import FollowUp, follow_up
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
US = Region.parse("us-east-1")
FIVE_MINUTES = timedelta(minutes=5)


class Answer:
    """A consent that is always the same: given, refused, or an error that asking raises."""

    def __init__(self, answer: bool | BaseException) -> None:
        self._answer = answer
        self.questions: list[str] = []

    def given(self, question: str) -> bool:
        self.questions.append(question)
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer


@pytest.fixture
def report(world: World) -> DomainReport:
    """What `new-domain` made."""
    return new_domain(world.edges, EXAMPLE, Asked(region=US))


def test_without_a_wait_the_report_is_handed_on(world: World, report: DomainReport) -> None:
    assert follow_up(world.edges, report, None, None, lambda: world.of_doctor) == FollowUp(report)


def test_a_verification_is_pending_when_the_time_is_up(world: World, report: DomainReport) -> None:
    after = follow_up(world.edges, report, FIVE_MINUTES, None, lambda: world.of_doctor)
    assert (after.pending, after.error) == (True, None)


def test_a_zone_that_is_elsewhere_is_watched_at_its_own_servers_first(world: World) -> None:
    report = new_domain(world.edges, EXAMPLE, Asked(region=US, zone=ZoneMode.EXTERNAL))
    assert follow_up(world.edges, report, FIVE_MINUTES, None, lambda: world.of_doctor).pending
    assert world.clock.seconds == pytest.approx(300)
    assert any("checks fail, looking again" in step for step in world.progress.steps)


def test_a_failure_at_the_registrar_does_not_lose_the_report(world: World, report: DomainReport) -> None:
    after = follow_up(world.edges, report, None, Answer(True), lambda: world.of_doctor)
    assert after.report.smtp.credential == report.smtp.credential
    assert after.error is not None
    assert after.error.exit_code == 1
    assert any("not registered" in warning for warning in world.progress.warnings)


@pytest.mark.parametrize("answer", [True, False])
def test_name_servers_are_set_when_the_user_agrees(world: World, report: DomainReport, answer: bool) -> None:
    world.registrar.has("example.com", "ns.old.example")
    consent = Answer(answer)
    assert follow_up(world.edges, report, None, consent, lambda: world.of_doctor).error is None
    assert consent.questions == ["Set them at the registrar?"]
    expected = set(report.zone.name_servers) if answer else {"ns.old.example"}
    assert set(world.registrar.registered["example.com"]) == expected


def test_name_servers_that_the_registrar_has_already_are_not_asked_about(world: World, report: DomainReport) -> None:
    world.registrar.has("example.com", *report.zone.name_servers)
    consent = Answer(True)
    assert follow_up(world.edges, report, None, consent, lambda: world.of_doctor).error is None
    assert consent.questions == []


@pytest.mark.parametrize(
    ("raised", "code"), [(InputError("not_confirmed", "nobody to ask", "give --yes"), 2), (KeyboardInterrupt(), 130)]
)
def test_a_question_that_is_not_answered_does_not_lose_the_report(
    world: World, report: DomainReport, raised: BaseException, code: int
) -> None:
    world.registrar.has("example.com", "ns.old.example")
    after = follow_up(world.edges, report, FIVE_MINUTES, Answer(raised), lambda: world.of_doctor)
    assert after.report == report
    assert after.error is not None
    assert after.error.exit_code == code
    assert world.registrar.registered["example.com"] == ("ns.old.example",)


def test_an_interrupt_while_waiting_does_not_lose_the_report(
    world: World, report: DomainReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(world.clock, "sleep", interrupted)
    after = follow_up(world.edges, report, FIVE_MINUTES, None, lambda: world.of_doctor)
    assert after.report == report
    assert isinstance(after.error, Interrupted)
    assert world.progress.warnings[-1] == (
        "interrupted; the domain is provisioned, and the same command goes on waiting"
    )


def test_a_settled_domain_is_not_pending(world: World, report: DomainReport) -> None:
    world.aws.will_answer(identity("example.com", "SUCCESS"))
    after = follow_up(world.edges, report, FIVE_MINUTES, None, lambda: world.of_doctor)
    assert (after.report.is_settled, after.pending, after.error) == (True, False, None)


def move_refused(world: World, report: DomainReport) -> str:
    """Return why name servers were not set, although the user agrees."""
    world.registrar.has("example.com", "ns.old.example")
    consent = Answer(True)
    after = follow_up(world.edges, report, None, consent, lambda: world.of_doctor)
    assert after.error is not None
    assert (after.error.exit_code, consent.questions) == (5, [])
    assert world.registrar.registered["example.com"] == ("ns.old.example",)
    return after.error.code


def test_name_servers_are_not_set_while_the_zone_lacks_what_is_public(world: World, report: DomainReport) -> None:
    world.resolver.answers("example.com", "NS", "ns.old.example").answers("example.com", "MX", "10 mx.old.example")
    assert move_refused(world, report) == "zone_incomplete"
    assert "MX example.com" in world.progress.warnings[-1]


def test_name_servers_are_not_set_while_the_registry_has_keys(world: World, report: DomainReport) -> None:
    world.registrar.signed.add("example.com")
    assert move_refused(world, report) == "domain_signed"


def test_name_servers_are_not_set_under_a_ds_record(world: World, report: DomainReport) -> None:
    world.resolver.answers("example.com", "NS", "ns.old.example").answers("example.com", "DS", "1 13 2 abc")
    assert move_refused(world, report) == "domain_signed"


def test_name_servers_are_not_set_while_nobody_can_say_what_is_public(world: World, report: DomainReport) -> None:
    world.resolver.times_out("example.com", "NS").times_out("example.com", "DS")
    assert move_refused(world, report) == "zone_incomplete"


def test_nobody_is_told_to_set_them_elsewhere_either_while_the_zone_lacks_what_is_public(
    world: World, report: DomainReport
) -> None:
    world.resolver.answers("example.com", "NS", "ns.old.example").answers("example.com", "MX", "10 mx.old.example")
    after = follow_up(world.edges, report, None, Answer(True), lambda: world.of_doctor)
    assert after.error is not None
    assert (after.error.code, "ns-1.z1.net" in after.error.hint) == ("zone_incomplete", False)
