"""The TXT record set at the domain: which part of it is ours, and what it shall be with our part in it."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.core.asked.decisions import Decisions
from provisioner.core.asked.request import Request, Spf
from provisioner.core.dns.txt_set import TxtSet
from provisioner.core.mail_domain.records import Record
from provisioner.core.spf.merge import Merge, Part, merge, unmerge
from provisioner.core.spf.syntax import is_spf
from provisioner.core.spf.worst_case import count_lookups
from provisioner.core.values.domain import DomainName
from provisioner.errors import Refused
from provisioner.ports.edges import Edges


def merge_spf(
    edges: Edges, domain: DomainName, request: Request, before: Decisions | None, live: Sequence[Record]
) -> tuple[Part | None, TxtSet | None]:
    """Return which part of the set is ours, and the set as it shall be; None when nothing else stands in it.

    The part is decided once. Raises `Refused` for a set that nothing can be merged with.
    """
    if request.spf is Spf.SKIP:
        return None, None
    part = before.spf_part if before else None
    if part is Part.NOTHING:
        return part, None
    _refuse_unmergeable(domain, live)
    standing = txt_set(live, domain.ascii)
    merged = merge(standing, name=domain.ascii)
    if part is None:
        _refuse_costly(edges, domain, merged)
        for warning in merged.warnings:
            edges.progress.warn(warning)
        part = merged.part
    return part, None if standing is None or part is Part.NOTHING else merged.result


def txt_set(live: Sequence[Record], name: str) -> TxtSet | None:
    """Return the TXT set at a name, None when there is none; an alias has no values, a routed one is one of several."""
    return next((TxtSet(r.ttl, r.raw) for r in live if (r.name, r.type) == (name, "TXT") and r.is_simple), None)


def has_unmergeable_txt(live: Sequence[Record], name: str) -> bool:
    """Say whether an alias, or sets with a routing policy, are in the place of a TXT set."""
    return bool(_unmergeable(live, name))


def _unmergeable(live: Sequence[Record], name: str) -> Sequence[Record]:
    return [r for r in live if (r.name, r.type) == (name, "TXT") and not r.is_simple]


def others_of(live: Sequence[Record], name: str, part: Part | None) -> TxtSet | None:
    """Return what others keep in the TXT set at the domain, of which `part` is ours; None when it is not shared."""
    return None if part in (None, Part.NOTHING) else unmerge(txt_set(live, name), part)


def _refuse_unmergeable(domain: DomainName, live: Sequence[Record]) -> None:
    """Refuse TXT sets at the domain that hold no values of their own, or share the name with others by a policy."""
    standing = _unmergeable(live, domain.ascii)
    if standing:
        raise Refused(
            "txt_not_mergeable",
            f"{domain}: SPF cannot be put into an alias, or into sets with a routing policy: "
            f"{'; '.join(map(str, standing))}",
            "go on without SPF at the domain itself: --spf skip; mail of SES passes SPF at its MAIL FROM domain",
        )


def _refuse_costly(edges: Edges, domain: DomainName, merged: Merge) -> None:
    """Refuse an include that would break the owner's SPF, or a record that is broken already."""
    if merged.part is not Part.TERM:
        return
    record = next(filter(is_spf, merged.result.texts))
    counted = count_lookups(edges.resolver.lookup, record, domain.ascii)
    if counted.faults:
        raise Refused(
            "spf_over_limit",
            f"{domain}: receivers would give up on the SPF record with our include in it: {'; '.join(counted.faults)}: "
            f"{record}",
            "mend it first, or go on without: --spf skip; mail of SES passes SPF at its MAIL FROM domain",
        )
