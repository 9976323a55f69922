"""Look what sending the public to a hosted zone would cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

from provisioner.core.dns.answers import Absent, Found, PublicZone, Unreachable
from provisioner.core.mail_domain.move import Move, lost_records
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.ports.edges import Edges


def look_at_move(
    edges: Edges, domain: DomainName, zone: str, name_servers: Sequence[str], live: Callable[[], Sequence[Record]]
) -> Move | None:
    """Return what sending the public to a zone would cost; None when it is sent there already.

    `zone` is the zone's name, at the domain or above it; `live` returns its record sets and is called only when public
    DNS has something to compare them with. One question is all that it takes where nobody answers for the name.
    """
    match edges.resolver.lookup(zone, "NS"):
        case Found(values) if {value.lower() for value in values} == {server.lower() for server in name_servers}:
            return None
        case Absent(nxdomain=True):
            return Move(zone)
        case Unreachable(reason):
            return _of_silent_servers(edges, zone, reason)
        case Found(values):
            return _compared(edges, domain, Move(zone, tuple(sorted(values))), live)
        case Absent():
            return _of_zone_above(edges, domain, zone, live)


def _of_silent_servers(edges: Edges, zone: str, reason: str) -> Move:
    """Judge a name whose servers do not answer: where the zone above does, there is nothing to lose."""
    match edges.resolver.lookup(zone, "DS"):
        case Unreachable():
            return Move(zone, unknown=reason)
        case above:
            return Move(zone, signed=isinstance(above, Found))


def _of_zone_above(edges: Edges, domain: DomainName, zone: str, live: Callable[[], Sequence[Record]]) -> Move:
    """Judge a name that has no name servers of its own: what it holds is in the zone above it, if there is one."""
    match edges.authority.zone_of(zone):
        case PublicZone(_, name_servers):
            return _compared(edges, domain, Move(zone, tuple(sorted(name_servers))), live)
        case Absent():
            return Move(zone)
        case Unreachable(reason):
            return Move(zone, unknown=reason)


def _compared(edges: Edges, domain: DomainName, move: Move, live: Callable[[], Sequence[Record]]) -> Move:
    ask = cache(edges.resolver.lookup)
    names = tuple(dict.fromkeys((move.zone, domain.ascii)))
    public, unknown = lost_records(ask, names, ())
    lost = lost_records(ask, names, live())[0] if public else ()
    above = ask(move.zone, "DS")
    if isinstance(above, Unreachable):
        unknown = unknown or above.reason
    return replace(move, lost=lost, unknown=unknown, signed=isinstance(above, Found))
