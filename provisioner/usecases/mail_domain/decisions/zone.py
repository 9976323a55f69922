"""Which hosted zone a domain's records go to; decided once, then remembered."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.provenance import MANAGED_BY, ZONE_COMMENT, is_ours
from provisioner.core.asked.request import Request, ZoneMode
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError, Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.moving import look_at_move

_MODES = {
    ZoneMode.CREATE: ResolvedMode.CREATED,
    ZoneMode.ADOPT: ResolvedMode.ADOPTED,
    ZoneMode.EXTERNAL: ResolvedMode.EXTERNAL,
}


def choose_zone(edges: Edges, domain: DomainName, request: Request, before: Decisions | None) -> ResolvedZone:
    """Return the zone that was decided on `before`, or decide.

    Raises `Refused` rather than make a second zone of one name, and for another mode than the one decided on;
    `InputError("zone_not_found")` when there is no zone to adopt.
    """
    if before is None or _is_open(edges, domain, request, before.zone):
        return _decide(edges, domain, request)
    _check_same(domain, request, before.zone)
    return before.zone


def _is_open(edges: Edges, domain: DomainName, request: Request, resolved: ResolvedZone) -> bool:
    """Say whether another zone may still be chosen: ours was never made, for instance at the account's limit."""
    wants_another = _MODES.get(request.zone, resolved.mode) != resolved.mode
    return wants_another and resolved.is_ours and not edges.zones.public_zones(domain.ascii)


def find_zone(edges: Edges, decided: ResolvedZone) -> HostedZone | None:
    """Return the decided zone as Route 53 has it; None before it exists, and when the DNS is elsewhere."""
    return None if decided.is_elsewhere else our_zone(edges.zones.public_zones(decided.name), decided)


def our_zone(zones: Sequence[HostedZone], decided: ResolvedZone) -> HostedZone | None:
    """Return which of the zones of one name is the decided one; without an id, one with our tags rather than others."""
    possible = [zone for zone in zones if decided.id in (None, zone.id)]
    return next(iter(sorted(possible, key=lambda zone: zone.tags.get("ManagedBy") != MANAGED_BY)), None)


def _check_same(domain: DomainName, request: Request, resolved: ResolvedZone) -> None:
    wanted = _MODES.get(request.zone, resolved.mode)
    if wanted != resolved.mode:
        raise Refused(
            "zone_mode_changed",
            f"{domain}: the zone is {resolved.mode}, and --zone {request.zone} would replace or abandon it",
            f"destroy the domain first (`provisioner destroy-domain {domain}`), or leave --zone out",
        )


def _decide(edges: Edges, domain: DomainName, request: Request) -> ResolvedZone:
    mode = request.zone
    if mode is ZoneMode.EXTERNAL:
        return ResolvedZone(ResolvedMode.EXTERNAL, domain.ascii, None)
    exact = edges.zones.public_zones(domain.ascii)
    if mode is not ZoneMode.ADOPT and any(_was_made_here(edges, zone, domain) for zone in exact):
        return ResolvedZone(ResolvedMode.CREATED, domain.ascii, None)  # made before a workspace was lost
    if mode is ZoneMode.CREATE:
        return _fresh(domain, exact)
    adoptable = _only(exact) or _nearest_parent(edges, domain)
    if mode is ZoneMode.AUTO:
        _refuse_elsewhere(edges, domain, adoptable)
    if adoptable is not None:
        return ResolvedZone(ResolvedMode.ADOPTED, adoptable.name, adoptable.id)
    if mode is ZoneMode.ADOPT:
        raise InputError(
            "zone_not_found",
            f"{domain}: this account has no public hosted zone for it or for a name above it",
            "use --zone create, or --zone external when the DNS is elsewhere",
        )
    return _fresh(domain, exact)


def _refuse_elsewhere(edges: Edges, domain: DomainName, adoptable: HostedZone | None) -> None:
    """Refuse to guess where other name servers answer for the domain with what the zone here does not hold."""
    name, servers = (adoptable.name, adoptable.name_servers) if adoptable else (domain.ascii, ())
    move = look_at_move(
        edges, domain, name, servers, lambda: edges.zones.record_sets(adoptable.id) if adoptable else ()
    )
    if move is None or not move.lost:
        return
    here = f"hosted zone {adoptable.id} here" if adoptable else "a new hosted zone here"
    verb = ZoneMode.ADOPT if adoptable else ZoneMode.CREATE
    raise Refused(
        "dns_elsewhere",
        f"{domain}: its DNS is at {' '.join(move.in_use)}, which answer for "
        f"{', '.join(move.lost)}; {here} would not be asked, and does not hold these as they are",
        f"keep the DNS there: --zone external; or, if it shall move here: --zone {verb}",
    )


def is_our_zone(zone: HostedZone, domain: DomainName, live: Sequence[Record]) -> bool:
    """Say whether we made the zone, whose record sets are `live`.

    Terraform tags a zone only once it is in sync; until then it is empty, and tells by its comment.
    """
    half_made = not zone.tags and zone.comment == ZONE_COMMENT and zone.name == domain.ascii
    return is_ours(zone.tags, domain) or (half_made and all(record.type in ("NS", "SOA") for record in live))


def _was_made_here(edges: Edges, zone: HostedZone, domain: DomainName) -> bool:
    if zone.tags or zone.comment != ZONE_COMMENT:
        return is_ours(zone.tags, domain)
    return is_our_zone(zone, domain, edges.zones.record_sets(zone.id))


def _fresh(domain: DomainName, exact: Sequence[HostedZone]) -> ResolvedZone:
    if exact:
        raise Refused(
            "zone_exists",
            f"{domain}: hosted zone {exact[0].id} of this name exists; a second one would have other name servers",
            "use --zone adopt to put the records there",
        )
    return ResolvedZone(ResolvedMode.CREATED, domain.ascii, None)


def _only(zones: Sequence[HostedZone]) -> HostedZone | None:
    if len(zones) > 1:
        ids = ", ".join(zone.id for zone in zones)
        raise Refused(
            "zone_ambiguous",
            f"{zones[0].name}: this account has {len(zones)} public hosted zones of this name: {ids}",
            "delete the ones that the registrar does not point to, then repeat",
        )
    return zones[0] if zones else None


def _nearest_parent(edges: Edges, domain: DomainName) -> HostedZone | None:
    for name in domain.parents():
        found = _only(edges.zones.public_zones(name))
        if found is not None:
            return found
    return None
