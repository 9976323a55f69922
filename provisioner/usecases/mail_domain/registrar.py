"""Point a domain that is registered in this account to its hosted zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from provisioner.core.mail_domain.move import Move
from provisioner.core.mail_domain.report import ZoneReport
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError, Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.moving import look_at_move

_FEWEST = 2


@dataclass(frozen=True, slots=True)
class RegistrarChange:
    """The name servers that the registry has of a domain, and those that it should have."""

    domain: DomainName
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def needed(self) -> bool:
        """Whether the registry has others; their order says nothing."""
        return set(self.before) != set(self.after)


def registrar_change(edges: Edges, zone_name: str, name_servers: Sequence[str]) -> RegistrarChange:
    """Say what `update_registrar` would change, so that the user can be asked; nothing is changed.

    `zone_name` and `name_servers` are those of the hosted zone. Raises `Refused("not_at_registrar")` for a zone below
    a registered domain, which its parent zone delegates, and `ProvisionerError("not_registered_here")`.
    """
    domain = DomainName.of_ascii(zone_name)
    if domain.is_subdomain:
        message = f"{domain} lies below {domain.organizational}, so no registrar has its name servers"
        hint = f"add an NS record set for {domain} to the zone above it: {' '.join(name_servers)}"
        raise Refused("not_at_registrar", message, hint)
    before = edges.registrar.name_servers(domain)
    if before is None:
        raise ProvisionerError(
            "not_registered_here",
            f"{domain} is not registered in Route 53 Domains of this AWS account",
            f"set its name servers where it is registered: {' '.join(name_servers)}",
        )
    return RegistrarChange(domain, _clean(before), _clean(name_servers))


def refuse_loss(edges: Edges, domain: DomainName, zone: ZoneReport) -> None:
    """Refuse name servers that would take something from the public, however sure the user is.

    Raises `Refused`: `domain_signed` under a DS record, `zone_incomplete` while the zone lacks what is public, or while
    nobody can say what is.
    """
    live = partial(edges.zones.record_sets, zone.id or "")
    move = look_at_move(edges, domain, zone.name, zone.name_servers, live)
    if move is not None and not move.is_safe:
        raise _refusal(move)


def refuse_signed(edges: Edges, domain: DomainName) -> None:
    """Raise `Refused("domain_signed")` while the registry has keys of a domain of this account."""
    if edges.registrar.is_signed(domain):
        raise _refusal(Move(domain.ascii, signed=True))


def _refusal(move: Move) -> Refused:
    code = "domain_signed" if move.signed else "zone_incomplete"
    hint = "then repeat the command; the name servers at the registrar were not touched"
    return Refused(code, f"{move.zone}: {'; '.join(move.obstacles)}", hint)


def update_registrar(edges: Edges, change: RegistrarChange) -> str | None:
    """Set the name servers that were shown and agreed to; return the id of the operation, None when none was needed.

    Raises `Refused` when the registry has others than were shown, or when the zone has too few.
    """
    if not change.needed:
        return None
    if len(change.after) < _FEWEST:
        message = f"{change.domain}: {len(change.after)} name servers are too few for a registry"
        raise Refused("too_few_name_servers", message, "look at the hosted zone: Route 53 gives each one four")
    if _clean(edges.registrar.name_servers(change.domain) or ()) != change.before:
        message = f"{change.domain}: the registry's name servers changed a moment ago; nothing was touched"
        raise Refused("name_servers_changed", message, "repeat the command and look at what it shows")
    edges.progress.step(f"{change.domain}: setting the name servers at the registrar to {' '.join(change.after)}")
    return edges.registrar.set_name_servers(change.domain, change.after)


def _clean(servers: Sequence[str]) -> tuple[str, ...]:
    return tuple(server.rstrip(".").lower() for server in servers)
