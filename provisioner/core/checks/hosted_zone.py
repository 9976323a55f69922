"""The hosted zone of a domain in this account: that there is one, one alone, and the one that this home knows."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from provisioner.core.checks.observed import Observed, ZonesSeen, seen
from provisioner.core.dns.answers import DnsAnswer, Found
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.findings import Finding, Severity

_USE = "Route 53 developer guide, Making Route 53 the DNS service for an existing domain"
_VIEWS = "Route 53 developer guide, Considerations when working with private hosted zones"


def check(observed: Observed) -> Iterator[Finding]:
    """Yield what is wrong with the hosted zone; a zone that is elsewhere has none."""
    if observed.spec.zone.is_elsewhere:
        return
    zones, dns = seen(observed.zones), seen(observed.dns)
    delegation = dns.delegation(observed.spec.zone.name)  # asked for early: much follows from it
    if not zones.public:
        yield _private_only(observed, zones) if zones.private else _none(observed)
        return
    if zones.ours is None or zones.known_id not in (None, *(zone.id for zone in zones.public)):
        yield _replaced(observed, zones)
        return
    if len(zones.public) > 1:
        yield _twice(zones, zones.ours, delegation)
    if zones.private:
        yield _beside_private(zones, zones.ours)


def same_servers(left: Collection[str], right: Collection[str]) -> bool:
    """Say whether two lists name the same servers; neither order nor case counts."""
    return {name.lower() for name in left} == {name.lower() for name in right}


def _none(observed: Observed) -> Finding:
    name, domain = observed.spec.zone.name, observed.spec.domain
    message = f"this account has no public hosted zone {name}"
    remedy, command = f"run `provisioner new-domain {domain}` again", ("new-domain", domain.ascii)
    return Finding("dns.no_zone", Severity.ERROR, f"NS {name}", message, remedy, _USE, {}, command)


def _private_only(observed: Observed, zones: ZonesSeen) -> Finding:
    name, domain = observed.spec.zone.name, observed.spec.domain
    message = f"{name} exists as private hosted zone only ({', '.join(zones.private)}): the public and SES never see it"
    remedy, evidence = f"make a public one: `provisioner new-domain {domain}`", {"private_zones": list(zones.private)}
    command = ("new-domain", domain.ascii)
    return Finding("dns.private_only", Severity.ERROR, f"NS {name}", message, remedy, _VIEWS, evidence, command)


def _replaced(observed: Observed, zones: ZonesSeen) -> Finding:
    name, domain, new = observed.spec.zone.name, observed.spec.domain, zones.public[0]
    old = zones.known_id or observed.spec.zone.id
    message = f"the zone that this home knows, {old}, is gone; another one of its name is there: {new.id}"
    remedy = f"`provisioner new-domain {domain}` takes it in; then have the public sent to {' '.join(new.name_servers)}"
    evidence = {"expected": old, "found": new.id, "name_servers": list(new.name_servers)}
    command = ("new-domain", domain.ascii)
    return Finding("dns.zone_replaced", Severity.ERROR, f"NS {name}", message, remedy, _USE, evidence, command)


def _twice(zones: ZonesSeen, ours: HostedZone, delegation: DnsAnswer) -> Finding:
    referred = delegation.values if isinstance(delegation, Found) else ()
    public = [zone.id for zone in zones.public if same_servers(zone.name_servers, referred)]
    seen_there = f"the public sees {public[0]}" if public else "the public sees none of them"
    ids = [zone.id for zone in zones.public]
    message = f"{len(ids)} hosted zones have this name ({', '.join(ids)}); ours is {ours.id}, {seen_there}"
    severity = Severity.WARNING if not public or public == [ours.id] else Severity.ERROR
    remedy = "delete the zones that nobody is referred to, once their records are copied"
    evidence = {"zones": ids, "ours": ours.id, "delegated": public}
    return Finding("dns.zone_twice", severity, f"NS {ours.name}", message, remedy, _USE, evidence)


def _beside_private(zones: ZonesSeen, ours: HostedZone) -> Finding:
    message = (
        f"a private hosted zone has this name too ({', '.join(zones.private)}): inside its VPC DNS looks otherwise; "
        "this report asks the servers that the public asks"
    )
    evidence = {"private_zones": list(zones.private)}
    return Finding("dns.private_zone", Severity.INFO, f"NS {ours.name}", message, "", _VIEWS, evidence)
