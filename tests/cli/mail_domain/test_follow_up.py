from datetime import timedelta

import pytest
from fakes.aws import identity
from fakes.world import World

from provisioner.cli.mail_domain.follow_up import RegistrarWish, followed
from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import ZoneMode
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
US = Region.parse("us-east-1")
NOBODY = RegistrarWish(wanted=False, agreed=False)


def test_without_a_wait_the_report_is_handed_on(world: World) -> None:
    report = new_domain(world.edges, EXAMPLE, Asked(region=US))
    assert followed(world.edges, report, None, NOBODY) == (report, 0)


def test_a_verification_that_is_pending_when_the_time_is_up_is_exit_3(world: World) -> None:
    report = new_domain(world.edges, EXAMPLE, Asked(region=US))
    assert followed(world.edges, report, timedelta(minutes=5), NOBODY)[1] == 3


def test_a_zone_that_is_elsewhere_is_watched_at_its_own_servers_first(world: World) -> None:
    report = new_domain(world.edges, EXAMPLE, Asked(region=US, zone=ZoneMode.EXTERNAL))
    _, code = followed(world.edges, report, timedelta(minutes=5), NOBODY)
    assert code == 3
    assert world.clock.seconds == pytest.approx(300)
    assert any("checks fail, looking again" in step for step in world.progress.steps)


def test_a_failure_while_waiting_does_not_lose_the_report(world: World) -> None:
    report = new_domain(world.edges, EXAMPLE, Asked(region=US))
    after, code = followed(world.edges, report, None, RegistrarWish(wanted=True, agreed=True))
    assert after.smtp.credential == report.smtp.credential
    assert code == 1
    assert any("not registered" in warning for warning in world.progress.warnings)


def test_an_interrupt_while_waiting_does_not_lose_the_report(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    report = new_domain(world.edges, EXAMPLE, Asked(region=US))
    monkeypatch.setattr(world.clock, "sleep", interrupted)
    assert followed(world.edges, report, timedelta(minutes=5), NOBODY) == (report, 130)


def test_a_settled_domain_is_exit_0(world: World) -> None:
    report = new_domain(world.edges, EXAMPLE, Asked(region=US))
    world.aws.will_answer(identity("example.com", "SUCCESS"))
    after, code = followed(world.edges, report, timedelta(minutes=5), NOBODY)
    assert (after.is_settled, code) == (True, 0)
