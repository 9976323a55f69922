from datetime import UTC, datetime, timedelta

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.senders import SenderChange
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ASKED = Asked(default_region=Region.parse("us-east-1"), senders=SenderChange.parse(["shop=orders"], []))


@pytest.fixture
def keys(world: World) -> list[str]:
    """The keys of the domain and of its sender."""
    world.clock.seconds = NOW.timestamp()
    report = new_domain(world.edges, EXAMPLE, ASKED)
    return [smtp.credential.user_name for smtp in (report.smtp, *report.senders) if smtp.credential]


def destroy(world: World, **consent: bool) -> None:
    destroy_domain(world.edges, EXAMPLE, ASKED, Consent(**consent))


def test_a_domain_whose_key_was_used_in_the_last_days_is_in_use(world: World, keys: list[str]) -> None:
    world.aws.was_used(keys[0], NOW - timedelta(days=6))
    with pytest.raises(Refused, match=f"key {keys[0]} of IAM user example.com was last used at 2026-11-16") as caught:
        destroy(world)
    assert (caught.value.code, "--yes-it-sends" in caught.value.hint) == ("sends_mail", True)
    assert world.aws.keys("example.com")


def test_the_key_of_a_sender_counts_as_well(world: World) -> None:
    world.clock.seconds = NOW.timestamp()
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.access_keys["example.com+shop"] = []
    world.aws.has_key("example.com+shop", "AKIASHOP").was_used("AKIASHOP", NOW, "email", "eu-west-1")
    with pytest.raises(Refused, match=r"AKIASHOP .* service email, region eu-west-1"):
        destroy(world)


def test_a_use_of_long_ago_and_a_key_that_was_never_used_do_not_count(world: World, keys: list[str]) -> None:
    world.aws.was_used(keys[0], NOW - timedelta(days=8))
    destroy(world)
    assert world.workspaces.peek(EXAMPLE) is None


@pytest.mark.parametrize("why", ["does_not_allow", "does_not_say"])
def test_what_nobody_can_say_is_not_that_nothing_was_sent(world: World, keys: list[str], why: str) -> None:
    getattr(world.aws, why)("last_use")
    with pytest.raises(Refused, match="nobody can say whether it sent mail in the last 7 days: last_use") as caught:
        destroy(world)
    assert (caught.value.code, "--yes-it-sends" in caught.value.hint) == ("use_unknown", True)
    assert world.aws.keys("example.com")
    destroy(world, though_it_sends=True)
    assert world.aws.keys("example.com") == []


def test_the_user_may_insist(world: World, keys: list[str]) -> None:
    world.aws.was_used(keys[0], NOW)
    destroy(world, though_it_sends=True)
    assert world.workspaces.peek(EXAMPLE) is None


def test_a_key_that_iam_does_not_list_yet_counts_as_well(world: World, keys: list[str]) -> None:
    world.aws.was_used(keys[0], NOW).lists_no_keys(times=1)
    with pytest.raises(Refused, match=f"access key {keys[0]}"):
        destroy(world)


def test_a_key_that_an_interrupted_destroy_has_deleted_stops_no_other_one(world: World, keys: list[str]) -> None:
    world.aws.access_keys.clear()
    world.aws.does_not_allow("last_use")  # as IAM may say of a key that it does not know
    destroy(world)
    assert world.workspaces.peek(EXAMPLE) is None
