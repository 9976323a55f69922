"""What Route 53 has of a domain's zone, and which records the domain needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from provisioner.core.checks.observed import ZonesSeen
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.mail_domain.records import Record, static_records
from provisioner.ports.edges import Edges
from provisioner.usecases.home import KnownDomain
from provisioner.usecases.mail_domain.decisions.elsewhere import look_elsewhere, records_beside
from provisioner.usecases.mail_domain.decisions.zone import our_zone
from provisioner.usecases.mail_domain.moving import look_at_move


def zones_seen(edges: Edges, known: KnownDomain, of_its_name: Callable[[], Sequence[HostedZone]]) -> ZonesSeen:
    """Return the hosted zones that bear on a domain; none are asked for where its zone is elsewhere."""
    decided = known.decided.zone
    if decided.is_elsewhere:
        return ZonesSeen()
    public, private = tuple(of_its_name()), tuple(edges.zones.private_zones(decided.name))
    ours = zone_of_ours(public, known)
    move = None
    if ours is not None:
        live = partial(edges.zones.record_sets, ours.id)
        move = look_at_move(edges, known.domain, ours.name, ours.name_servers, live)
    above = _above(edges, decided.name) if move is not None else None
    return ZonesSeen(public, private, ours, decided.id or known.zone_id, above, move)


def zone_of_ours(public: Sequence[HostedZone], known: KnownDomain) -> HostedZone | None:
    """Return which of several zones of one name is the domain's: the one that this home has seen, else by its tags."""
    remembered = (zone for zone in public if zone.id == known.zone_id)
    return next(remembered, None) or our_zone(public, known.decided.zone)


def _above(edges: Edges, name: str) -> HostedZone | None:
    """Return the next public zone of this account above a name; a top-level domain is nobody's here."""
    labels = name.split(".")
    for cut in range(1, len(labels) - 1):
        if found := edges.zones.public_zones(".".join(labels[cut:])):
            return found[0]
    return None


def records_seen(edges: Edges, known: KnownDomain) -> tuple[Record, ...]:
    """Return the records that a domain needs, but for those of DKIM; of a zone elsewhere, what stands there counts."""
    if not known.decided.zone.is_elsewhere:
        return static_records(known.spec())
    there = look_elsewhere(edges, known.domain, known.request, known.decided, None)
    return records_beside(there, known, None)
