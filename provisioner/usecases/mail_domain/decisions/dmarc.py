"""Whose DMARC record speaks for a domain: one that stood there before us, one above it, or ours."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.core.asked.decisions import Decisions
from provisioner.core.asked.request import Request
from provisioner.core.dmarc.protocol import is_dmarc_record, tree_walk
from provisioner.core.dns.answers import Absent, Found, Unreachable
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.errors import Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.decisions.spf import txt_set


def keep_dmarc(
    edges: Edges, domain: DomainName, request: Request, before: Decisions | None, live: Sequence[Record]
) -> bool:
    """Say whether a DMARC record that was there before us stays as it is.

    Raises `Refused` when another policy was asked for.
    """
    theirs = before.dmarc_theirs if before else None
    standing = txt_set(live, domain.child("_dmarc"))
    if theirs is False or standing is None:
        return False
    texts = " | ".join(standing.texts)
    if request.dmarc is not None or request.dmarc_rua is not None:
        raise Refused(
            "dmarc_exists",
            f"{domain}: a DMARC record that is not ours stands at _dmarc.{domain}: {texts}",
            f"leave --dmarc and --dmarc-rua out to keep it, or change it with `provisioner dmarc set {domain}`",
        )
    if theirs is None:
        kind = "DMARC record" if any(map(is_dmarc_record, standing.texts)) else "TXT record at the DMARC name"
        edges.progress.note(f"{domain}: the {kind} that is there stays as it is: {texts}")
    return True


def inherit_dmarc(
    edges: Edges, domain: DomainName, request: Request, before: Decisions | None, *, theirs: bool
) -> bool | None:
    """Say whether a subdomain inherits the DMARC record above it; None when DNS does not say whether there is one.

    It does unless a policy of its own was asked for, or was published before. Source: RFC 9989 section 4.10. A `p=none`
    of ours would weaken the policy that the tree walk finds above.
    """
    was_published = before is not None and before.dmarc_inherited is False
    if was_published or theirs or request.dmarc is not None or not domain.is_subdomain:
        return False
    inherited = _has_dmarc_above(edges, domain)
    if inherited is None:
        edges.progress.warn(
            f"{domain}: DNS did not say whether a DMARC record applies from above, so none is published this time; "
            "run the command again, or give --dmarc"
        )
    return inherited


def _has_dmarc_above(edges: Edges, domain: DomainName) -> bool | None:
    above = {f"_dmarc.{parent}" for parent in domain.parents()}
    for name in (name for name in tree_walk(domain.ascii) if name in above):
        match edges.resolver.lookup(name, "TXT"):
            case Found(values) if any(is_dmarc_record(value) for value in values):
                return True
            case Unreachable():
                return None
            case Found() | Absent():
                continue
    return False
