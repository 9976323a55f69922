"""How a domain stands on AWS and in public DNS."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.report import ZoneReport, identity_document
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.values.domain import DomainName
from provisioner.ports.edges import Edges
from provisioner.usecases.home import recall
from provisioner.usecases.mail_domain.decisions.zone import find_zone
from provisioner.usecases.mail_domain.describe import describe_zone, repair_steps
from provisioner.usecases.mail_domain.own_account import in_own_account
from provisioner.usecases.mail_domain.verification import wait_until_settled


@dataclass(frozen=True, slots=True)
class DomainStatus:
    """A domain as SES and DNS see it now."""

    spec: MailDomain
    identity: IdentityStatus | None
    zone: ZoneReport

    @property
    def settled(self) -> bool:
        """Whether the domain is verified with DKIM and MAIL FROM."""
        return self.identity is not None and self.identity.is_settled

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What to do about an identity that does not become right by waiting."""
        return tuple(repair_steps(self.spec.domain, self.identity))

    def to_document(self) -> dict[str, Any]:
        """Return one entry of `status --json`."""
        return {
            "domain": self.spec.domain.ascii,
            "region": self.spec.region.name,
            "identity": identity_document(self.spec, self.identity),
            "zone": self.zone.to_document(),
            "next_steps": list(self.next_steps),
        }


def status_of(edges: Edges, domain: DomainName, wait: timedelta | None) -> DomainStatus:
    """Ask SES, Route 53 and DNS about one domain, until it is settled or `wait` is over."""
    known = recall(edges, domain)
    in_own_account(edges, domain, known.account)
    identity = wait_until_settled(edges, domain, known.request.region, wait or timedelta())
    spec = known.spec(identity)
    zone = find_zone(edges, spec.zone)
    live = partial(edges.zones.record_sets, zone.id if zone else "")
    return DomainStatus(spec, identity, describe_zone(edges, spec, zone, live))
