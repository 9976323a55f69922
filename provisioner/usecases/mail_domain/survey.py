"""Look before anything is planned: what was asked, what was decided before, what AWS and DNS say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from provisioner.core.asked.request import Request
from provisioner.core.dmarc.protocol import is_dmarc_record, tree_walk
from provisioner.core.dns.answers import Absent, Found, Unreachable
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.records import Record
from provisioner.core.mail_domain.spec import MailDomain, specify
from provisioner.core.values.domain import DomainName
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.merging import keep_dmarc, merge_spf
from provisioner.usecases.mail_domain.zone_choice import choose_zone, find_zone


@dataclass(frozen=True, slots=True)
class Survey:
    """What a domain should become (`spec`), the decisions to remember (`request`), and what AWS has of it now.

    `zone` is None before it exists and when it is elsewhere; `live` are its record sets.
    """

    request: Request
    spec: MailDomain
    identity: IdentityStatus | None
    zone: HostedZone | None
    live: Sequence[Record]


def survey(edges: Edges, domain: DomainName, request: Request) -> Survey:
    """Decide everything that Terraform will be told; asks AWS and DNS, changes nothing."""
    edges.account.caller()
    decided = choose_zone(edges, domain, request)
    zone = find_zone(edges, decided.resolved_zone)
    live = edges.zones.record_sets(zone.id) if zone else ()
    decided = _decide_dmarc(edges, domain, keep_dmarc(edges, domain, decided, live))
    decided, apex = merge_spf(edges, domain, decided, live)
    identity = edges.identities.status(domain, request.region)
    return Survey(decided, specify(domain, decided, identity, apex), identity, zone, live)


def _decide_dmarc(edges: Edges, domain: DomainName, request: Request) -> Request:
    """Inherit the organization's DMARC record on a subdomain, unless a policy of its own was asked for.

    Source: RFC 9989 section 4.10. A `p=none` of ours would weaken the policy that the tree walk finds above.
    """
    if request.dmarc_inherited is False or not _may_inherit(domain, request):
        return replace(request, dmarc_inherited=False)
    inherited = _has_dmarc_above(edges, domain)
    if inherited is None:
        edges.progress.warn(
            f"{domain}: DNS did not say whether a DMARC record applies from above, so none is published this time; "
            "run the command again, or give --dmarc"
        )
    return replace(request, dmarc_inherited=inherited)


def _may_inherit(domain: DomainName, request: Request) -> bool:
    return domain.is_subdomain and request.dmarc is None and not request.dmarc_theirs


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
