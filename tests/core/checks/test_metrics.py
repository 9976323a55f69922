"""Whether it is noticed that mail is not counted with the set of its domain."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from provisioner.core.account.metrics import Days, Metric
from provisioner.core.checks import metrics
from provisioner.core.checks.observed import DaysSeen, Observed
from provisioner.core.credentials.access_key import AccessKey, LastUse
from provisioner.core.credentials.iam_user import IamUser
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.mail_domain.configuration_set import ConfigurationSet
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser

NOW, DAY = datetime(2026, 11, 28, tzinfo=UTC), date(2026, 11, 27)
SPAN = (date(2026, 11, 15), date(2026, 11, 28))


def user(*, created: int = 100, used: int | None = 1, service: str = "ses") -> SmtpUserState:
    key = AccessKey("AKIA", active=True, created=NOW - timedelta(days=created))
    uses = {} if used is None else {"AKIA": LastUse(NOW - timedelta(days=used), service, "us-east-1")}
    iam = IamUser("example.com", "arn:aws:iam::123456789012:user/x", keys=(key,), uses=uses)
    return SmtpUserState(SmtpUser(DomainName.parse("example.com")), iam, "AKIA", Region.parse("us-east-1"))


@pytest.mark.parametrize(
    ("state", "counted", "rates", "silent"),
    [
        (user(), {}, True, True),
        (user(), {Metric.SENDS: {DAY: 4.0}}, True, False),
        (user(), {Metric.BOUNCE_RATE: {DAY: 0.0}}, True, False),
        (user(), {}, False, False),
        (user(created=3), {}, True, True),
        (user(created=1), {}, True, False),
        (user(used=20), {}, True, False),
        (user(used=None), {}, True, False),
        (user(service="s3"), {}, True, False),
    ],
    ids=[
        "used and not counted", "counted", "with a rate", "metrics are off", "a young key", "a new key",
        "used long ago", "never used", "used for something else",
    ],
)  # fmt: skip  # a table
def test_a_key_in_use_whose_mail_is_not_counted_is_told(
    observed: Callable[..., Observed],
    state: SmtpUserState,
    counted: dict[Metric, dict[date, float]],
    rates: bool,
    silent: bool,
) -> None:
    facts = {
        "days": DaysSeen(Days.of({}, *SPAN), Days.of(counted, *SPAN)),
        "configuration_set": ConfigurationSet("example-com", reputation_metrics=rates),
        "users": (state,),
    }
    assert [one.id for one in metrics.check(observed(**facts))] == ["metrics.silent"] * silent
