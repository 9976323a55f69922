"""Whether the mail of a domain is counted where it should be: with its own configuration set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from provisioner.core.account.metrics import COUNTS, RATES
from provisioner.core.checks.observed import Observed, seen
from provisioner.core.credentials.access_key import LastUse
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.findings import Finding, Severity

LATELY = timedelta(days=14)  # as far back as metrics are looked at
_TRIED = timedelta(days=1)  # for so long a new key is only tried
_SENDING = "ses"
_METRICS = "SES developer guide, Retrieving Amazon SES event data from CloudWatch"


def check(observed: Observed) -> Iterator[Finding]:
    """Yield that nothing is counted of a domain whose keys are in use."""
    days, found = seen(observed.days), seen(observed.configuration_set)
    if found is None or not found.reputation_metrics or days.of_set.has(RATES) or days.of_set.has(COUNTS):
        return
    used = [at for state in seen(observed.users) for at in _uses(state, observed.now)]
    if used:
        name = observed.spec.configuration_set
        yield Finding(
            "metrics.silent",
            Severity.INFO,
            f"configuration set {name}",
            f"CloudWatch has nothing of it in {LATELY.days} days, and a key of the domain was used with SES on "
            f"{max(used):%Y-%m-%d}: its mail names another set, or somebody has only logged in",
            f"let the mail name no set, or {name}; `provisioner metrics {observed.spec.domain}` shows what is counted",
            _METRICS,
            {"last_used": max(used).isoformat()},
        )


def _uses(state: SmtpUserState, now: datetime) -> Iterator[datetime]:
    """Go through the late uses of keys, but for the first ones of each: it is tried before mail goes out."""
    keys = state.iam.keys if state.iam and isinstance(state.iam.keys, tuple) else ()
    for key in keys:
        use = state.iam.uses.get(key.id) if state.iam else None
        if isinstance(use, LastUse) and use.service == _SENDING and now - use.at <= LATELY:
            is_try = key.created is not None and timedelta() <= use.at - key.created <= _TRIED
            yield from () if is_try else (use.at,)
