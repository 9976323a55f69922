"""Watch SES and the delegation until a domain may send, or the time is up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from provisioner.core.dns.answers import Absent, Found, Unreachable
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.repairs import repairs_of
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.ports.edges import Edges

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_GROWTH = 1.5


def wait_until_settled(edges: Edges, domain: DomainName, region: Region, limit: timedelta) -> IdentityStatus | None:
    """Ask SES again and again, less and less often, and return its last answer.

    What it waits for, and each change of that, is told; an answer that needs no waiting is left to the caller. What
    waiting does not mend (SES has given up, or signing is switched off) is not waited for.
    """
    end = edges.clock.monotonic() + limit.total_seconds()
    pause, last = _FIRST_PAUSE, ""
    while True:
        status = edges.identities.status(domain, region)
        left = end - edges.clock.monotonic()
        is_last = left <= 0 or (status is not None and status.is_settled) or bool(repairs_of(status))
        if last or not is_last:
            last = _tell_change(edges, domain, status, last)
        if is_last:
            return status
        edges.clock.sleep(min(pause, left))
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)


def _tell_change(edges: Edges, domain: DomainName, status: IdentityStatus | None, last: str) -> str:
    text = "no identity" if status is None else f"DKIM {status.dkim_status}, MAIL FROM {status.mail_from}"
    if text != last:
        edges.progress.step(f"{domain}: {text}")
    return text


def is_delegated(edges: Edges, zone_name: str, name_servers: Sequence[str]) -> bool | None:
    """Compare the zone's name servers with what DNS answers; None when DNS does not answer."""
    match edges.resolver.lookup(zone_name, "NS"):
        case Found(values):
            return {value.lower() for value in values} == {server.lower() for server in name_servers}
        case Absent():
            return False
        case Unreachable():
            return None
