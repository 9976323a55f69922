"""What is wanted of the sandbox, as JSON: read into values, and told again."""

from collections.abc import Callable, Mapping
from typing import Any

from provisioner.errors import InputError
from provisioner.sandbox.knobs import zonefile
from provisioner.sandbox.knobs.dns import (
    EVERY,
    Behaviour,
    BrokenChain,
    Delegation,
    DnsFault,
    ExternalZone,
    Lie,
    OtherRecords,
    ServerFault,
)
from provisioner.sandbox.zones import RecordSet, plain

Json = Mapping[str, Any]
_HINT = 'e.g. {"fault": "refused", "zone": "example.com", "server": "1"}; see docs/sandbox.md'


def dns_fault(document: Json) -> DnsFault:
    """Read one entry of `dns`; its `fault` says what it is. Raises `InputError`."""
    try:
        kind = document["fault"]
        if kind in list(Behaviour):
            return ServerFault(_name(document.get("zone", "")), Behaviour(kind), _server(document))
        return _KINDS[kind](_name(document["zone"]), document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("invalid_fault", f"no DNS fault: {document} ({error!r})", _HINT) from error


def dns_document(fault: DnsFault) -> dict[str, Any]:
    """Return an entry of `dns` as it can be given again."""
    match fault:
        case ServerFault(zone, behaviour, server):
            return {"fault": behaviour.value, "zone": zone, "server": server}
        case OtherRecords(zone, records, server):
            return {"fault": "records", "zone": zone, "server": server, **_record_document(records)}
        case Delegation(zone, servers):
            return {"fault": "delegation", "zone": zone, "servers": list(servers)}
        case BrokenChain(zone, ds, keys):
            return {"fault": "dnssec", "zone": zone, "ds": list(ds), "keys": list(keys)}
        case Lie(zone, rtype, values):
            return {"fault": "lie", "zone": zone, "type": rtype, "values": list(values)}
        case ExternalZone(zone, servers, records):
            sets = [_record_document(record) for record in records]
            return {"fault": "zone", "zone": zone, "servers": list(servers), "records": sets}


def _other_records(zone: str, document: Json) -> OtherRecords:
    return OtherRecords(zone, _record(document), _server(document))


def _external(zone: str, document: Json) -> ExternalZone:
    text, listed = document.get("text"), document.get("records", [])
    records = zonefile.parse(text, zone) if text else tuple(_record(record) for record in listed)
    servers = _names(document["servers"])
    if not servers:
        raise ValueError("a zone has servers")
    return ExternalZone(zone, servers, records)


_KINDS: Mapping[str, Callable[[str, Json], DnsFault]] = {
    "records": _other_records,
    "delegation": lambda zone, document: Delegation(zone, _names(document["servers"])),
    "undelegated": lambda zone, _: Delegation(zone, ()),
    "dnssec": lambda zone, document: BrokenChain(zone, _texts(document["ds"]), _texts(document.get("keys", []))),
    "lie": lambda zone, document: Lie(zone, document["type"].upper(), _texts(document["values"])),
    "zone": _external,
}


def _record(document: Json) -> RecordSet:
    ttl, values = int(document.get("ttl", 300)), _texts(document.get("values", []))
    return RecordSet(_name(document["name"]), document["type"].upper(), ttl, values)


def _record_document(record: RecordSet) -> dict[str, Any]:
    return {"name": record.name, "type": record.type, "ttl": record.ttl, "values": list(record.values)}


def _server(document: Json) -> str:
    return _name(str(document.get("server") or EVERY))


def _name(text: str) -> str:
    return plain(text)


def _names(texts: Any) -> tuple[str, ...]:
    return tuple(plain(text) for text in _texts(texts))


def _texts(texts: Any) -> tuple[str, ...]:
    if isinstance(texts, str):
        raise TypeError("a list is expected")
    return tuple(str(text) for text in texts)
