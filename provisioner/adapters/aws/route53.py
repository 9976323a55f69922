"""Route 53 behind `ports.aws.Zones`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from provisioner.adapters.aws.session import AwsSession, bare_name, in_our_words, refused_with, tags_of, unless_absent
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.dns.txt import unquoted
from provisioner.core.mail_domain.records import Record
from provisioner.errors import ProvisionerError, Refused

_UNSIGNED = ("InvalidArgument", "DNSSECNotFound", "NoSuchHostedZone")
_ZONES_OF_A_NAME = "10"  # a page; there is seldom more than one


class Route53Zones:
    """Route 53; see `ports.aws.Zones`."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def public_zones(self, name: str) -> Sequence[HostedZone]:
        """Return the public zones of exactly this name; private zones of the same name do not count."""
        client = self._session.client("route53")
        with in_our_words("route53:ListHostedZonesByName"):
            found = [zone["Id"] for zone in _zones_of_name(client, name) if not zone["Config"]["PrivateZone"]]
        return [self._describe(client, _zone_id(zone)) for zone in found]

    def private_zones(self, name: str) -> Sequence[str]:
        """Return the ids of the private zones of exactly this name."""
        with in_our_words("route53:ListHostedZonesByName"):
            found = list(_zones_of_name(self._session.client("route53"), name))
        return [_zone_id(zone["Id"]) for zone in found if zone["Config"]["PrivateZone"]]

    def _describe(self, client: Any, zone_id: str) -> HostedZone:
        with in_our_words("route53:GetHostedZone"):
            answer = client.get_hosted_zone(Id=zone_id)
        with in_our_words("route53:ListTagsForResource"):
            tags = client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id)
        return HostedZone(
            id=zone_id,
            name=bare_name(answer["HostedZone"]["Name"]),
            name_servers=tuple(bare_name(n) for n in answer["DelegationSet"]["NameServers"]),
            tags=tags_of(tags["ResourceTagSet"]["Tags"]),
            comment=answer["HostedZone"].get("Config", {}).get("Comment", ""),
        )

    def record_sets(self, zone_id: str) -> Sequence[Record]:
        """Return every record set of the zone, all pages of it."""
        return [_record(item) for item in self._list_record_sets(zone_id)]

    def record_sets_around(self, zone: HostedZone, name: str) -> Sequence[Record]:
        """Return the record sets at and below a name, and at the names above it, without listing the rest."""
        if name == zone.name:
            return self.record_sets(zone.id)
        above = (".".join(name.split(".")[cut:]) for cut in range(1, name.count(".") + 1))
        between = [one for one in above if one.endswith(f".{zone.name}")]
        found = [record for one in between for record in self._from(zone.id, one) if record.name == one]
        return [*found, *(r for r in self._from(zone.id, name) if f".{r.name}".endswith(f".{name}"))]

    def _from(self, zone_id: str, name: str) -> Iterator[Record]:
        """Go through the record sets from a name on, as long as they may be at or below it.

        Route 53 sorts by the names with their labels reversed, so that these stand together.
        """
        start, first = _reversed(name), {"StartRecordName": f"{name}."}
        listed = map(_record, self._list_record_sets(zone_id, **first))
        return takewhile(lambda record: _reversed(record.name).startswith(start), listed)

    def key_signing_keys(self, zone_id: str) -> Sequence[str]:
        """Return the names of the zone's key-signing keys, whatever their status.

        There are none where Route 53 does not sign zones of this kind, and for a zone that is gone.
        """
        client = self._session.client("route53")
        with in_our_words("route53:GetDNSSEC"):
            answer = unless_absent(lambda: client.get_dnssec(HostedZoneId=zone_id), *_UNSIGNED)
        keys = answer.get("KeySigningKeys", ()) if answer else ()
        return [str(key.get("Name", "without a name")) for key in keys]

    def replace(self, zone_id: str, before: Record, after: Record) -> None:
        """Change a record set in one batch that AWS refuses as a whole unless `before` still stands there."""
        if not before.is_simple:
            raise _not_simple(before)
        changes = [_change("DELETE", before), _change("CREATE", after)]
        try:
            with in_our_words("route53:ChangeResourceRecordSets"):
                self._session.client("route53").change_resource_record_sets(
                    HostedZoneId=zone_id, ChangeBatch={"Changes": changes}
                )
        except ProvisionerError as error:
            if refused_with(error) != "InvalidChangeBatch":
                raise
            self._accept_if_done(zone_id, before, after, error)

    def _accept_if_done(self, zone_id: str, before: Record, after: Record, error: ProvisionerError) -> None:
        """Accept that `after` stands there already: a call whose answer was lost is made twice."""
        at_name = [r for r in self.record_sets(zone_id) if (r.name, r.type) == (before.name, before.type)]
        live = at_name[0] if len(at_name) == 1 and at_name[0].is_simple else None
        if live is not None and sorted(live.raw) == sorted(after.raw) and live.ttl == after.ttl:
            return
        found = " | ".join(live.raw) if live else "; ".join(map(str, at_name)) or "nothing"
        if live is not None and sorted(live.raw) == sorted(before.raw) and live.ttl == before.ttl:
            raise error  # nobody changed it: AWS does not take the new one
        raise Refused(
            "record_changed",
            f"{before.type} {before.name} was changed meanwhile, and stays so; there is now: {found}",
            "look at it, then repeat the command",
        ) from error

    def _list_record_sets(self, zone_id: str, **first: str) -> Iterator[Mapping[str, Any]]:
        with in_our_words("route53:ListResourceRecordSets"):
            pages = self._session.client("route53").get_paginator("list_resource_record_sets")
            for page in pages.paginate(HostedZoneId=zone_id, **first):
                yield from page["ResourceRecordSets"]


def _zones_of_name(client: Any, name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the hosted zones of a name, which is where Route 53 begins to list; the others are not asked for."""
    place = {"DNSName": name}
    while place:
        page = client.list_hosted_zones_by_name(**place, MaxItems=_ZONES_OF_A_NAME)
        zones = [zone for zone in page["HostedZones"] if bare_name(zone["Name"]) == name]
        yield from zones
        more = page["IsTruncated"] and len(zones) == len(page["HostedZones"])
        place = {"DNSName": page["NextDNSName"], "HostedZoneId": page["NextHostedZoneId"]} if more else {}


def _not_simple(record: Record) -> Refused:
    message = f"it has no values that could be edited, or shares its name by a routing policy: {record}"
    return Refused("record_not_simple", message, "change it where it was made, for example in the Route 53 console")


def _change(action: str, record: Record) -> dict[str, Any]:
    values = [{"Value": value} for value in record.raw]
    kept = {"Name": record.name, "Type": record.type, "TTL": record.ttl, "ResourceRecords": values}
    return {"Action": action, "ResourceRecordSet": kept}


def _reversed(name: str) -> str:
    return ".".join(reversed(name.split(".")))


def _zone_id(text: str) -> str:
    return text.rpartition("/")[2]


def _record(item: Mapping[str, Any]) -> Record:
    values = [entry["Value"] for entry in item.get("ResourceRecords", [])]
    kind = item["Type"]
    clean = [unquoted(value) if kind in ("TXT", "SPF") else value.rstrip(".") for value in values]
    name = bare_name(item["Name"]).replace("\\052", "*")
    return Record(
        name,
        kind,
        int(item.get("TTL", 0)),
        tuple(clean),
        tuple(values),
        alias=bare_name(item.get("AliasTarget", {}).get("DNSName", "")),
        set_identifier=item.get("SetIdentifier", ""),
    )
