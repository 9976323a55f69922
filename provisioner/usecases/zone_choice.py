"""Which hosted zone a domain's records go to; decided once, then remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from provisioner.core.domain import DomainName
from provisioner.core.request import Request, ResolvedZone, ZoneMode
from provisioner.errors import InputError, Refused
from provisioner.ports import Edges, HostedZone

_MODES = {ZoneMode.CREATE: "created", ZoneMode.ADOPT: "adopted", ZoneMode.EXTERNAL: "external"}


def choose_zone(edges: Edges, domain: DomainName, request: Request) -> Request:
    """Return the request with its zone decided; raises `Refused` rather than make a second zone of one name."""
    resolved = request.resolved_zone
    if resolved is None or _is_open(edges, domain, request, resolved):
        return replace(request, resolved_zone=_decide(edges, domain, request))
    _check_same(domain, request, resolved)
    return request


def _is_open(edges: Edges, domain: DomainName, request: Request, resolved: ResolvedZone) -> bool:
    """Say whether another zone may still be chosen: ours was never made, for instance at the account's limit."""
    wants_another = _MODES.get(request.zone, resolved.mode) != resolved.mode
    return wants_another and resolved.mode == "created" and not edges.zones.public_zones(domain.ascii)


def _check_same(domain: DomainName, request: Request, resolved: ResolvedZone) -> None:
    wanted = _MODES.get(request.zone, resolved.mode)
    if wanted != resolved.mode:
        raise Refused(
            "zone_mode_changed",
            f"{domain}: the zone is {resolved.mode}, and --zone {request.zone} would replace or abandon it",
            "destroy the domain first (`provisioner destroy-domain`), or leave --zone out",
        )


def _decide(edges: Edges, domain: DomainName, request: Request) -> ResolvedZone:
    mode = request.zone
    if mode is ZoneMode.EXTERNAL:
        return ResolvedZone(mode="external", name=domain.ascii, id=None)
    exact = edges.zones.public_zones(domain.ascii)
    if mode is not ZoneMode.ADOPT and _is_ours(edges, domain, request, exact):
        return ResolvedZone(mode="created", name=domain.ascii, id=None)
    if mode is ZoneMode.CREATE:
        return _fresh(domain, exact)
    found = _only(exact) or _nearest_parent(edges, domain)
    if found is not None:
        return ResolvedZone(mode="adopted", name=found.name, id=found.id)
    if mode is ZoneMode.ADOPT:
        raise InputError(
            "zone_not_found",
            f"{domain}: this account has no public hosted zone for it or for a name above it",
            "use --zone create, or --zone external when the DNS is elsewhere",
        )
    return _fresh(domain, exact)


def _is_ours(edges: Edges, domain: DomainName, request: Request, exact: Sequence[HostedZone]) -> bool:
    """Say whether we made the zone and still use it, though this home has forgotten: its state is kept elsewhere.

    A zone that `destroy-domain --keep-zone` left has our tags too, but no identity: it is adopted like any other.
    """
    made = {"ManagedBy": "provisioner", "Domain": domain.ascii}.items()
    if len(exact) != 1 or not made <= exact[0].tags.items():
        return False
    return edges.identities.status(domain, request.region) is not None


def _fresh(domain: DomainName, exact: Sequence[HostedZone]) -> ResolvedZone:
    if exact:
        raise Refused(
            "zone_exists",
            f"{domain}: hosted zone {exact[0].id} of this name exists; a second one would have other name servers",
            "use --zone adopt to put the records there",
        )
    return ResolvedZone(mode="created", name=domain.ascii, id=None)


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
