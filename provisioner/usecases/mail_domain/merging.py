"""What stands already where our SPF and DMARC records would go: kept, merged with, and remembered as not ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from provisioner.core.asked.request import Request, Spf
from provisioner.core.dmarc.protocol import is_dmarc_record
from provisioner.core.dns.txt_set import TxtSet
from provisioner.core.mail_domain.records import Record
from provisioner.core.spf.merge import Merge, Part, merge
from provisioner.core.spf.syntax import is_spf
from provisioner.core.values.domain import DomainName
from provisioner.errors import Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.spf_lookups import count_lookups


def merge_spf(
    edges: Edges, domain: DomainName, request: Request, live: Sequence[Record]
) -> tuple[Request, TxtSet | None]:
    """Return the request with our part of the TXT set at the domain decided, and the set as it shall be."""
    if request.spf is Spf.SKIP:
        return replace(request, spf_part=None), None
    if request.spf_part is Part.NOTHING:
        return request, None
    found = txt_set(live, domain.ascii)
    merged = merge(found, name=domain.ascii)
    if request.spf_part is None:
        _refuse_costly(edges, domain, merged)
        for warning in merged.warnings:
            edges.progress.warn(warning)
        request = replace(request, spf_part=merged.part)
    return request, None if found is None or request.spf_part is Part.NOTHING else merged.result


def keep_dmarc(edges: Edges, domain: DomainName, request: Request, live: Sequence[Record]) -> Request:
    """Leave a DMARC record that was there before us as it is; raises `Refused` when another policy was asked for."""
    if request.dmarc_theirs is False:
        return request
    found = txt_set(live, domain.child("_dmarc"))
    if found is None:
        return replace(request, dmarc_theirs=False)
    texts = " | ".join(found.texts)
    if request.dmarc is not None or request.dmarc_rua is not None:
        raise Refused(
            "dmarc_exists",
            f"{domain}: a DMARC record that is not ours stands at _dmarc.{domain}: {texts}",
            f"leave --dmarc and --dmarc-rua out to keep it, or change it with `provisioner dmarc set {domain}`",
        )
    if request.dmarc_theirs is None:
        kind = "DMARC record" if any(map(is_dmarc_record, found.texts)) else "TXT record at the DMARC name"
        edges.progress.note(f"{domain}: the {kind} that is there stays as it is: {texts}")
    return replace(request, dmarc_theirs=True)


def txt_set(live: Sequence[Record], name: str) -> TxtSet | None:
    """Return the TXT set at a name, None when there is none."""
    return next((TxtSet(r.ttl, r.raw) for r in live if (r.name, r.type) == (name, "TXT")), None)


def _refuse_costly(edges: Edges, domain: DomainName, merged: Merge) -> None:
    """Refuse an include that would break the owner's SPF, or a record that is broken already."""
    if merged.part is not Part.TERM:
        return
    record = next(filter(is_spf, merged.result.texts))
    counted = count_lookups(edges.resolver, record, domain.ascii)
    if counted.faults:
        raise Refused(
            "spf_over_limit",
            f"{domain}: receivers would give up on the SPF record with our include in it: {'; '.join(counted.faults)}: "
            f"{record}",
            "mend it first, or go on without: --spf skip; mail of SES passes SPF at its MAIL FROM domain",
        )
