"""This machine's clock against AWS's: signatures hold for five minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from provisioner.core.checks.observed import Observed, seen
from provisioner.core.findings import Finding, Severity

_REFERENCE = "AWS Signature Version 4: a request is valid for five minutes; RFC 9110 section 6.6.1 (Date)"
_REFUSED, _SOON = timedelta(minutes=5), timedelta(minutes=1)
_REMEDY = "set the clock by NTP: `timedatectl set-ntp true`, or that of the host where this runs in a container"


def check(observed: Observed) -> Iterator[Finding]:
    """Yield that the clock is wrong, by how much, and what follows from that."""
    ahead = seen(observed.ahead)
    off = abs(ahead)
    if off < _SOON:
        return
    refused = off >= _REFUSED
    side = "ahead of" if ahead > timedelta() else "behind"
    follows = "it refuses what we ask, and no key is to blame" if refused else "from 5 minutes on it refuses us"
    yield Finding(
        "clock.skew",
        Severity.ERROR if refused else Severity.WARNING,
        "clock",
        f"this machine's clock is {_minutes(off)} {side} AWS's: {follows}",
        _REMEDY,
        _REFERENCE,
        evidence={"seconds_ahead": round(ahead.total_seconds())},
    )


def _minutes(off: timedelta) -> str:
    return f"{off.total_seconds() / 60:.0f} minutes" if off >= timedelta(minutes=2) else f"{off.seconds} seconds"
