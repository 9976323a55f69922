"""Whose DMARC record speaks for a domain: one that stood there before us, one above it, or ours."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.core.asked.decisions import Decisions
from provisioner.core.asked.request import Dmarc, Request
from provisioner.core.dmarc.protocol import is_dmarc_record, tree_walk
from provisioner.core.dns.answers import Absent, Found, Unreachable
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.errors import Refused
from provisioner.ports.edges import Edges

_SPEAKING = ("TXT", "CNAME", "NS")  # types of record sets that decide what receivers find at a name


def keep_dmarc(
    edges: Edges, domain: DomainName, request: Request, before: Decisions | None, live: Sequence[Record]
) -> bool | None:
    """Say whether what stands at the DMARC name is not ours and stays as it is; None when DMARC is to be skipped.

    That is a record from before us, and at any time a CNAME, a delegation, an alias or a set with a routing policy, by
    which those who run DMARC for others answer. Raises `Refused` when a policy or report address was asked for.
    """
    if request.dmarc is Dmarc.SKIP:
        return None
    theirs = before.dmarc_theirs if before else None
    at_name = [record for record in live if record.name == domain.child("_dmarc") and record.type in _SPEAKING]
    standing = [record for record in at_name if theirs is not False or not _may_be_ours(record)]
    if not standing:
        return False
    if request.dmarc is not None or request.dmarc_rua is not None:
        raise _refusal(domain, standing)
    if not theirs:
        _tell(edges, domain, standing)
    return True


def _may_be_ours(record: Record) -> bool:
    return record.type == "TXT" and record.is_simple


def _refusal(domain: DomainName, standing: Sequence[Record]) -> Refused:
    keep = "to keep it, give --dmarc skip, without a report address"
    if not all(map(_may_be_ours, standing)):
        message = f"{domain}: what stands at _dmarc.{domain} is not ours: {_all_of(standing)}"
        return Refused("dmarc_exists", message, f"{keep}; its policy is changed at those who run it")
    message = f"{domain}: a DMARC record that is not ours stands at _dmarc.{domain}: {_all_of(standing)}"
    change = f"`provisioner dmarc set {domain} --policy quarantine`"
    return Refused("dmarc_exists", message, f"{keep}; once the domain is provisioned, {change} and the like change it")


def _tell(edges: Edges, domain: DomainName, standing: Sequence[Record]) -> None:
    """Say what stays, and what receivers find there."""
    texts = [text for record in standing if _may_be_ours(record) for text in record.values]
    if texts:
        kind = "DMARC record" if any(map(is_dmarc_record, texts)) else "TXT record at the DMARC name"
        edges.progress.note(f"{domain}: the {kind} that is there stays as it is: {' | '.join(texts)}")
        return
    edges.progress.note(f"{domain}: what is at the DMARC name is not ours and stays as it is: {_all_of(standing)}")
    match edges.resolver.lookup(domain.child("_dmarc"), "TXT"):
        case Found(values) if any(map(is_dmarc_record, values)):
            edges.progress.note(f"{domain}: receivers find there: {' | '.join(values)}")
        case Found() | Absent():
            edges.progress.warn(f"{domain}: receivers find no DMARC record there; those who run it have to publish one")
        case Unreachable(reason):
            edges.progress.warn(f"{domain}: DNS did not say what receivers find there: {reason}")


def _all_of(standing: Sequence[Record]) -> str:
    return "; ".join(map(str, standing))


def inherit_dmarc(
    edges: Edges, domain: DomainName, request: Request, before: Decisions | None, *, theirs: bool | None
) -> bool | None:
    """Say whether a subdomain inherits the DMARC record above it.

    None when DNS does not say whether there is one, and when DMARC is to be skipped. It does unless a policy of its own
    was asked for, or was published before. Source: RFC 9989 section 4.10. A `p=none` of ours would weaken the policy
    that the tree walk finds above.
    """
    if theirs is None:
        return None
    was_published = before is not None and before.dmarc_inherited is False
    if was_published or theirs or request.dmarc is not None or not domain.is_subdomain:
        return False
    above = _record_above(edges, domain)
    if isinstance(above, Unreachable):
        edges.progress.warn(
            f"{domain}: DNS did not say whether a DMARC record applies from above, so none is published this time; "
            "run the command again, or give --dmarc"
        )
        return None
    if above is not None and (before is None or before.dmarc_inherited is None):
        edges.progress.note(f"{domain}: no DMARC record of its own is made, the one at {above} applies to it")
    return above is not None


def _record_above(edges: Edges, domain: DomainName) -> str | Unreachable | None:
    """Return the name of the DMARC record above a domain, None when there is none."""
    above = {f"_dmarc.{parent}" for parent in domain.parents()}
    for name in (name for name in tree_walk(domain.ascii) if name in above):
        match edges.resolver.lookup(name, "TXT"):
            case Found(values) if any(is_dmarc_record(value) for value in values):
                return name
            case Unreachable() as silence:
                return silence
            case Found() | Absent():
                continue
    return None
