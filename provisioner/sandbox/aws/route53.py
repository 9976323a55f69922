"""Route 53 as the sandbox serves it: moto's, stricter where AWS is, and with name servers of its own for every zone."""

import time
from collections.abc import Mapping
from functools import partial
from itertools import count
from typing import Any

from moto.core.responses import ActionResult
from moto.route53 import urls
from moto.route53.models import DelegationSet, FakeZone, RecordSet, Route53Backend, route53_backends
from moto.route53.responses import Route53

from provisioner.sandbox.aws.route53_rules import Change, Route53Error, apply, check_zone_name, stored_name
from provisioner.sandbox.settings import SandboxSettings
from provisioner.sandbox.zones import plain

SOA = "{server}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
DOMAINS = ("com", "net", "org", "co.uk")
NO_ZONE_LIMIT = 10_000  # a number must be told; AWS's own is 500 for who never asked for more
MOST_LISTED = 300  # record sets in one answer
OF_ONE_ZONE = "DelSet_"  # how moto asks for the servers of a zone without a reusable delegation set

Position = tuple[str, str, str]  # of a record set in a listing: its name as it is sorted, its type, its set identifier


class ZoneStore(Route53Backend):
    """The hosted zones of the account. A zone's attribute `changed` is when its records last changed, monotonic."""

    _url_module = urls  # moto looks beside its own class otherwise

    def __init__(self, region_name: str, account_id: str, settings: SandboxSettings | None = None) -> None:
        super().__init__(region_name, account_id)
        self.settings = settings or SandboxSettings()
        self._number = count()

    def reset(self) -> None:
        """Forget everything but the settings."""
        self.__init__(self.region_name, self.account_id, self.settings)  # type: ignore[misc]  # moto's own way to reset

    def create_hosted_zone(self, name: str, **options: Any) -> FakeZone:  # type: ignore[override]  # passed on as they are
        """Create a zone, with an NS and a SOA set in AWS's form."""
        check_zone_name(name)
        self._check_room(options["caller_reference"])
        options["delegation_set_id"] = _bare(options.get("delegation_set_id"))
        zone = super().create_hosted_zone(stored_name(name), **options)
        zone.rrsets = _own_records(zone)
        zone.changed = time.monotonic()  # type: ignore[attr-defined]  # read by `zones`
        return zone

    def create_reusable_delegation_set(
        self, caller_reference: str, delegation_set_id: str | None = None, hosted_zone_id: str | None = None
    ) -> DelegationSet:
        """Return the reusable set of this id, or make a set of four servers that no other has."""
        if delegation_set_id:
            return self.get_reusable_delegation_set(delegation_set_id)
        shared = self.get_hosted_zone(hosted_zone_id).delegation_set if hosted_zone_id else None
        servers = shared.name_servers if shared else _name_servers(next(self._number))
        made = DelegationSet(caller_reference, servers, None)
        if not caller_reference.startswith(OF_ONE_ZONE):
            self.delegation_sets[made.id] = made
        return made

    def get_reusable_delegation_set(self, delegation_set_id: str) -> DelegationSet:
        """Return a reusable set, by its id with or without `/delegationset/`."""
        return super().get_reusable_delegation_set(_bare(delegation_set_id) or "")

    def change_resource_record_sets(self, zoneid: str, change_list: list[Change]) -> None:  # type: ignore[override]  # read only
        """Apply a batch of changes, all or none."""
        zone = self.get_hosted_zone(zoneid)
        stored = {(record.name, str(record.type), record.set_identifier): record for record in zone.rrsets}
        before = {key: _as_requested(record) for key, record in stored.items()}
        after = apply(change_list, before, zone.name)
        zone.rrsets = [stored[key] if new is before.get(key) else _record(new) for key, new in after.items()]
        zone.changed = time.monotonic()  # type: ignore[attr-defined]  # read by `zones`

    def delete_hosted_zone(self, id_: str) -> FakeZone | None:
        """Delete a zone that holds nothing but its own NS and SOA."""
        zone = self.get_hosted_zone(id_)
        if any((record.name, record.type) not in ((zone.name, "NS"), (zone.name, "SOA")) for record in zone.rrsets):
            message = "The specified hosted zone contains non-required resource record sets and so cannot be deleted."
            raise Route53Error("HostedZoneNotEmpty", message)
        return self.zones.pop(zone.resource_id)

    def from_name(self, name: str | None, zone_id: str | None) -> list[FakeZone]:
        """Return the zones from a name and id on, ordered by name with its labels reversed, as Route 53 lists them."""
        first = (_labels_from_the_root(name or ""), zone_id or "")
        zones = sorted(self.zones.values(), key=lambda zone: (_labels_from_the_root(zone.name), zone.resource_id))
        return [zone for zone in zones if (_labels_from_the_root(zone.name), zone.resource_id) >= first]

    def record_sets_from(self, zone_id: str, first: Position) -> list[RecordSet]:
        """Return the record sets of a zone from a position on, in the order in which Route 53 lists them."""
        zone = self.get_hosted_zone(zone_id)
        listed = sorted(zone.rrsets, key=position_of)
        return [record for record in listed if position_of(record) >= first]

    def _check_room(self, caller_reference: str) -> None:
        if any(zone.caller_reference == caller_reference for zone in self.zones.values()):
            message = f"A hosted zone has already been created with the specified caller reference {caller_reference}"
            raise Route53Error("HostedZoneAlreadyExists", message)
        limit = self.settings.hosted_zone_limit
        if limit is not None and len(self.zones) >= limit:
            message = "Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones."
            raise Route53Error("TooManyHostedZones", message)


class Route53Api(Route53):
    """All operations of Route 53 that moto knows."""

    def list_hosted_zones_by_name(self) -> ActionResult:
        """List zones by name from a name on: not only zones of that name, which is what moto answers."""
        name, size = self._get_param("DNSName"), self._get_int_param("MaxItems", 100)
        store: ZoneStore = self.backend  # type: ignore[assignment]  # registered below
        zones = store.from_name(name, self._get_param("HostedZoneId"))
        answer = {"DNSName": name, "HostedZones": zones[:size], "IsTruncated": len(zones) > size, "MaxItems": str(size)}
        following = (
            {"NextDNSName": zones[size].name, "NextHostedZoneId": zones[size].resource_id} if zones[size:] else {}
        )
        return ActionResult({**answer, **following})

    def list_resource_record_sets(self) -> ActionResult:
        """List record sets from a name, a type and a set identifier on, which is where moto's pages never get past."""
        name, rtype = self._get_param("StartRecordName"), self._get_param("StartRecordType")
        identifier, size = self._get_param("StartRecordIdentifier"), self._get_int_param("MaxItems", MOST_LISTED)
        if rtype and not name:
            raise Route53Error("InvalidInput", "A type to start from needs a name to start from")
        store: ZoneStore = self.backend  # type: ignore[assignment]  # registered below
        first = (listing_order(name) if name else "", rtype or "", identifier or "")
        found = store.record_sets_from(self._get_param("HostedZoneId"), first)
        size = min(size, MOST_LISTED)
        answer = {"ResourceRecordSets": found[:size], "IsTruncated": len(found) > size, "MaxItems": str(size)}
        return ActionResult({**answer, **(_next_place(found[size]) if found[size:] else {})})

    def get_account_limit(self) -> ActionResult:
        """Tell a quota and how much of it is in use: that of hosted zones, the only one that is limited here."""
        store: ZoneStore = self.backend  # type: ignore[assignment]  # registered below
        kind = self._get_param("Type")
        if kind != "MAX_HOSTED_ZONES_BY_OWNER":
            raise Route53Error("InvalidInput", f"The sandbox knows no limit of the type {kind}")
        most = store.settings.hosted_zone_limit
        value = NO_ZONE_LIMIT if most is None else most
        return ActionResult({"Limit": {"Type": kind, "Value": value}, "Count": len(store.zones)})


def register(settings: SandboxSettings) -> None:
    """Make moto create Route 53 backends of this kind from now on; call after moto was reset."""
    route53_backends.backend = partial(ZoneStore, settings=settings)  # type: ignore[assignment]  # any factory will do


def unregister() -> None:
    """Give moto back its own Route 53."""
    route53_backends.backend = Route53Backend


def _name_servers(number: int) -> list[str]:
    """Return four servers in AWS's form, e.g. `ns-37.awsdns-04.com`, one per top-level domain, different per number."""
    host = 8 * number  # AWS's hosts 0-511 are under .com, 512-1023 under .net, and so on
    return [f"ns-{host + 512 * i}.awsdns-{(number + i) % 64:02d}.{domain}" for i, domain in enumerate(DOMAINS)]


def _own_records(zone: FakeZone) -> list[RecordSet]:
    servers = zone.delegation_set.name_servers if zone.delegation_set else []
    ns = {"Name": zone.name, "Type": "NS", "TTL": 172800, "ResourceRecords": [f"{server}." for server in servers]}
    soa = {"Name": zone.name, "Type": "SOA", "TTL": 900, "ResourceRecords": [SOA.format(server=servers[0])]}
    return [_record_set(ns), _record_set(soa)]


def position_of(record: RecordSet) -> Position:
    """Return where a record set stands in its zone's listing."""
    return listing_order(record.name), str(record.type), record.set_identifier or ""


def listing_order(name: str) -> str:
    """Return what Route 53 sorts names by: the labels reversed, with the dot at the end, `com.example.www.`."""
    return ".".join([*_labels_from_the_root(name), ""])


def _next_place(record: RecordSet) -> Mapping[str, str]:
    place = {"NextRecordName": record.name, "NextRecordType": str(record.type)}
    return place | ({"NextRecordIdentifier": record.set_identifier} if record.set_identifier else {})


def _as_requested(record: RecordSet) -> Mapping[str, Any]:
    return {"TTL": record.ttl, "ResourceRecords": record.resource_records}


def _record(requested: Mapping[str, Any]) -> RecordSet:
    values = [value["Value"] for value in requested.get("ResourceRecords") or []]
    return _record_set({**requested, "ResourceRecords": values})


def _record_set(record: dict[str, Any]) -> RecordSet:
    return RecordSet(record)  # type: ignore[abstract]  # moto creates it so itself


def _bare(delegation_set_id: str | None) -> str | None:
    return delegation_set_id and delegation_set_id.removeprefix("/delegationset/")


def _labels_from_the_root(name: str) -> list[str]:
    return plain(name).split(".")[::-1]
