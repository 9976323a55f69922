from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.aws import identity
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.usecases.mail_domain.new_domain import new_domain, wait_for_verification
from provisioner.usecases.mail_domain.verification import is_delegated, wait_until_settled

EXAMPLE = DomainName.parse("example.com")
REGION = Region.parse("us-east-1")
ASKED = Asked(default_region=REGION)


def asked(**given: object) -> Asked:
    return replace(ASKED, **given)  # type: ignore[arg-type]  # the names are Asked's fields


def test_waiting_ends_when_ses_has_verified_everything(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    pending = identity("example.com")
    world.aws.will_answer(pending, pending, pending, identity("example.com", "SUCCESS"))
    assert wait_for_verification(world.edges, new_domain(world.edges, EXAMPLE, ASKED), timedelta(minutes=10)).is_settled
    assert 0 < world.clock.seconds < 10


def test_waiting_ends_when_the_time_is_up(world: World) -> None:
    report = wait_for_verification(world.edges, new_domain(world.edges, EXAMPLE, ASKED), timedelta(minutes=10))
    assert not report.is_settled
    assert world.clock.seconds == pytest.approx(600)


def test_a_domain_that_is_settled_is_not_waited_for(world: World) -> None:
    world.aws.has_identity("example.com", "SUCCESS")
    status = wait_until_settled(world.edges, EXAMPLE, REGION, timedelta(hours=1))
    assert status is not None
    assert status.is_settled
    assert world.clock.seconds == 0


def test_the_pauses_grow_so_that_an_hour_takes_few_questions(world: World) -> None:
    world.aws.has_identity("example.com")
    wait_until_settled(world.edges, EXAMPLE, REGION, timedelta(hours=1))
    assert 120 < len(world.aws.asked) < 150


def test_each_change_of_status_is_told_once(world: World) -> None:
    pending = identity("example.com")
    signing = replace(pending, dkim_status="SUCCESS")
    world.aws.will_answer(pending, pending, signing, signing, identity("example.com", "SUCCESS"))
    wait_until_settled(world.edges, EXAMPLE, REGION, timedelta(hours=1))
    assert world.progress.steps == [
        "example.com: DKIM PENDING, MAIL FROM PENDING",
        "example.com: DKIM SUCCESS, MAIL FROM PENDING",
        "example.com: DKIM SUCCESS, MAIL FROM SUCCESS",
    ]


def test_an_identity_that_is_missing_is_told_and_waited_for(world: World) -> None:
    assert wait_until_settled(world.edges, EXAMPLE, REGION, timedelta(seconds=5)) is None
    assert world.progress.steps == ["example.com: no identity"]
    assert world.clock.seconds == pytest.approx(5)


def test_a_delegation_is_compared_whatever_the_order_and_case(world: World) -> None:
    world.resolver.answers("example.com", "NS", "NS-2.z1.org", "ns-1.z1.net").answers(
        "example.org", "NS", "ns.other.net"
    )
    world.resolver.times_out("example.net", "NS")
    servers = ("ns-1.z1.net", "ns-2.z1.org")
    names = ("example.com", "example.org", "absent.com", "example.net")
    assert [is_delegated(world.edges, name, servers) for name in names] == [True, False, False, None]


def test_waiting_ends_at_once_when_ses_has_given_up(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    pending, failed = identity("example.com"), identity("example.com", "FAILED")
    world.aws.will_answer(pending, pending, failed)
    report = wait_for_verification(world.edges, new_domain(world.edges, EXAMPLE, ASKED), timedelta(hours=1))
    assert not report.is_settled
    assert world.clock.seconds < 10
    steps = [step for step in report.next_steps if "72 hours" in step]
    assert [step.partition(" of ")[0] for step in steps] == ["DKIM", "MAIL FROM"]
    for step in steps:
        assert "provisioner dns check example.com" in step
        assert "provisioner new-domain example.com" in step


def test_waiting_ends_at_once_when_signing_is_switched_off(world: World) -> None:
    world.aws.has_identity("example.com", "SUCCESS").switches_signing_off("example.com")
    status = wait_until_settled(world.edges, EXAMPLE, REGION, timedelta(hours=1))
    assert status is not None
    assert (status.is_settled, world.clock.seconds) == (False, 0)
