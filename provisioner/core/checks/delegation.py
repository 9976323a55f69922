"""Whether the public is sent to the name servers of a domain's zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provisioner.core.checks.hosted_zone import same_servers
from provisioner.core.checks.in_dns import public_zone
from provisioner.core.checks.observed import Observed, ZonesSeen, seen
from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.dns.public_dns import OPEN, PublicDns
from provisioner.core.findings import Finding, Severity

_USE = "Route 53 developer guide, Making Route 53 the DNS service for an existing domain"
_NS = "RFC 1912 section 2.8"


def check(observed: Observed) -> Iterator[Finding]:
    """Compare what the zone above hands out with the zone's own name servers."""
    if observed.spec.zone.is_elsewhere:
        yield from _elsewhere(observed)
        return
    zones, dns, name = seen(observed.zones), seen(observed.dns), observed.spec.zone.name
    answer = dns.delegation(name)
    if zones.ours is None or answer == OPEN:
        return
    if isinstance(answer, Unreachable):
        public_zone(observed)  # says that nobody answers
        return
    yield _compared(_Hosted(observed, zones, zones.ours), answer, dns)


def _elsewhere(observed: Observed) -> Iterator[Finding]:
    """Judge a zone of others: who serves it is their business, and that both sides know each other."""
    dns, zone, domain = seen(observed.dns), public_zone(observed), observed.spec.domain
    if zone is None:
        message = "no zone of this name or above it is in public DNS"
        remedy = "register it, have the name servers of its DNS host set at the registrar, or check the spelling"
        yield Finding("dns.not_delegated", Severity.ERROR, f"NS {domain}", message, remedy, _USE)
        return
    subject, servers = f"NS {zone.name}", list(zone.name_servers)
    match dns.holds(zone.name, "NS"):
        case Found(values) if {value.lower() for value in values}.isdisjoint(servers):
            message = f"the zone above refers to {' '.join(servers)}; the zone names {' '.join(sorted(values))}"
            remedy = "ask the DNS host which of them are right: the zone and the zone above it must name the same"
            evidence = {"expected": sorted(values), "found": servers}
            yield Finding("dns.delegated_elsewhere", Severity.WARNING, subject, message, remedy, _NS, evidence)
        case answer if answer != OPEN:
            yield Finding("dns.delegated", Severity.OK, subject, " ".join(servers), evidence={"found": servers})


@dataclass(frozen=True, slots=True)
class _Hosted:
    """A hosted zone of ours, and how the public may be sent to it."""

    observed: Observed
    zones: ZonesSeen
    zone: HostedZone

    @property
    def subject(self) -> str:
        return f"NS {self.zone.name}"

    @property
    def served(self) -> str:
        return " ".join(self.zone.name_servers)

    def remedy(self, *, in_use: bool) -> str:
        """Say how the public comes to our zone, but only where it loses nothing by that."""
        move = self.zones.move
        if move is not None and not move.is_safe:
            return "; ".join(move.obstacles)
        if in_use and not self.observed.spec.zone.is_ours:
            return f"this zone is not the one in use; its name servers are: {self.served}"
        if self.zones.above is not None:
            place = f"the hosted zone {self.zones.above.name} ({self.zones.above.id})"
            return f"put `{self.zone.name} NS` with these values into {place}: {self.served}"
        return f"set the name servers at the registrar (or the NS records in the zone above) to: {self.served}"

    def evidence(self, found: Sequence[str]) -> dict[str, object]:
        """Return both sides, and the zone of this account in which the delegation belongs."""
        sides: dict[str, object] = {"expected": list(self.zone.name_servers), "found": sorted(found)}
        return sides if self.zones.above is None else sides | {"zone_above": self.zones.above.id}


def _compared(hosted: _Hosted, answer: DnsAnswer, dns: PublicDns) -> Finding:
    match answer:
        case Found(values):
            return _of_both_sides(hosted, values, dns)
        case Absent():
            above = (
                f" ({hosted.zones.above.name}, {hosted.zones.above.id} in this account)" if hosted.zones.above else ""
            )
            message = f"the zone above{above} does not know it; the zone is served by {hosted.served}"
            remedy = hosted.remedy(in_use=False)
            return Finding(
                "dns.not_delegated", Severity.ERROR, hosted.subject, message, remedy, _USE, hosted.evidence(())
            )
        case Unreachable():
            raise ValueError("nobody said what the zone above refers to")


def _of_both_sides(hosted: _Hosted, referred: Sequence[str], dns: PublicDns) -> Finding:
    own, evidence = hosted.zone.name_servers, hosted.evidence(referred)
    foreign = sorted(server for server in referred if not _is_one_of(server, own, dns))
    if not foreign:
        return Finding("dns.delegated", Severity.OK, hosted.subject, " ".join(sorted(referred)), evidence=evidence)
    if len(foreign) < len(referred):
        message = (
            f"the zone above refers to servers of others too: {' '.join(foreign)}; "
            f"which of both answers is chance; the zone is served by {hosted.served}"
        )
        remedy = f"take {' '.join(foreign)} out at the registrar (or of the NS records in the zone above)"
        evidence["foreign"] = foreign
        return Finding("dns.delegated_partly", Severity.ERROR, hosted.subject, message, remedy, _NS, evidence)
    message = f"the zone above refers to {' '.join(sorted(referred))}; the zone is served by {hosted.served}"
    remedy = hosted.remedy(in_use=True)
    return Finding("dns.delegated_elsewhere", Severity.ERROR, hosted.subject, message, remedy, _USE, evidence)


def _is_one_of(server: str, own: Sequence[str], dns: PublicDns) -> bool:
    """Say whether a server is one of the zone's own, also under another name: then its addresses are theirs."""
    if same_servers([server], [one for one in own if one.lower() == server.lower()]):
        return True
    addresses = _addresses(server, dns)
    return bool(addresses) and addresses <= {address for one in own for address in _addresses(one, dns)}


def _addresses(server: str, dns: PublicDns) -> set[str]:
    match dns.ask(server, "A"):
        case Found(values):
            return set(values)
        case _:
            return set()
