from datetime import UTC, datetime, timedelta

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.usecases.mail_domain.new_domain import new_domain
from provisioner.usecases.mail_domain.sent_lately import refuse_if_in_use, sent_lately

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def spec(world: World) -> MailDomain:
    world.clock.seconds = NOW.timestamp()
    asked = Asked(default_region=Region.parse("us-east-1"))
    return new_domain(world.edges, DomainName.parse("example.com"), asked).spec


def test_a_domain_that_sent_mail_in_the_last_days_is_in_use(world: World, spec: MailDomain) -> None:
    world.metrics.counted(spec.configuration_set, NOW - timedelta(days=6), 3)
    assert sent_lately(world.edges, spec) == 3
    with pytest.raises(Refused, match="sent 3 messages in the last 7 days") as caught:
        refuse_if_in_use(world.edges, spec, anyway=False)
    assert "--yes-it-sends" in caught.value.hint


def test_mail_of_long_ago_does_not_count(world: World, spec: MailDomain) -> None:
    world.metrics.counted(spec.configuration_set, NOW - timedelta(days=8), 3)
    assert not sent_lately(world.edges, spec)
    refuse_if_in_use(world.edges, spec, anyway=False)


def test_nothing_is_known_of_a_domain_without_a_metric(world: World, spec: MailDomain) -> None:
    assert sent_lately(world.edges, spec) is None


def test_the_user_may_insist(world: World, spec: MailDomain) -> None:
    world.metrics.counted(spec.configuration_set, NOW, 3)
    refuse_if_in_use(world.edges, spec, anyway=True)
    assert sent_lately(world.edges, spec) == 3
