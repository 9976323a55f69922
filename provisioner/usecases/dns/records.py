"""The records that a domain needs, and where its zone is elsewhere what there is to do for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.records import Purpose, Record, desired_records
from provisioner.core.mail_domain.spec import spec_of
from provisioner.core.values.domain import DomainName
from provisioner.errors import Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.home import KnownDomain, recall
from provisioner.usecases.mail_domain.decisions.elsewhere import look_elsewhere, records_beside
from provisioner.usecases.mail_domain.decisions.spf import merge_spf
from provisioner.usecases.mail_domain.decisions.zone import find_zone
from provisioner.usecases.mail_domain.own_account import in_own_account


@dataclass(frozen=True, slots=True)
class DomainRecords:
    """The records of one domain; `notes` are sentences for whoever publishes them."""

    domain: DomainName
    records: tuple[Record, ...]
    notes: tuple[str, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return the document of `dns records --json`."""
        records = [record.to_document() for record in self.records]
        document = {"domain": self.domain.ascii, "records": records}
        return document | {"notes": list(self.notes)} if self.notes else document


def records_of(edges: Edges, domain: DomainName) -> DomainRecords:
    """Return the records that must exist; those of DKIM are known once SES has the identity."""
    known = recall(edges, domain)
    in_own_account(edges, domain, known.account)
    identity = edges.identities.status(domain, known.request.region)
    if identity is None:
        edges.progress.warn(f"{domain}: SES does not have the identity yet, so its three DKIM records are not known")
    return wanted_records(edges, known, identity) if known.decided.zone.is_elsewhere else _here(edges, known, identity)


def _here(edges: Edges, known: KnownDomain, identity: IdentityStatus | None) -> DomainRecords:
    """Return the records of a domain in Route 53, the TXT set at the domain with all that others keep in it."""
    zone = find_zone(edges, known.decided.zone)
    live = edges.zones.record_sets(zone.id) if zone else ()
    try:
        _, apex = merge_spf(edges, known.domain, known.request, known.decided, live)
    except Refused as error:
        records = wanted_records(edges, known, identity).records
        note = f"SPF is left out: {error.with_hint}"
        return DomainRecords(known.domain, tuple(r for r in records if r.purpose is not Purpose.SPF), (note,))
    spec = spec_of(known.domain, known.request, known.decided, identity, apex)
    return DomainRecords(known.domain, desired_records(spec, _tokens(identity)))


def wanted_records(edges: Edges, known: KnownDomain, identity: IdentityStatus | None) -> DomainRecords:
    """Return the records that a domain needs; of a zone that is elsewhere, public DNS is asked what stands there."""
    if not known.decided.zone.is_elsewhere:
        return DomainRecords(known.domain, desired_records(known.spec(identity), _tokens(identity)))
    there = look_elsewhere(edges, known.domain, known.request, known.decided, identity)
    return DomainRecords(known.domain, records_beside(there, known, identity), there.notes)


def _tokens(identity: IdentityStatus | None) -> Sequence[str]:
    return identity.dkim_tokens if identity else ()
