"""What Route 53 accepts: changes of record sets and names of zones, with the errors that it gives otherwise.

Source: Route 53 API reference, ChangeResourceRecordSets and CreateHostedZone; messages as the live service has them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from moto.core.exceptions import ServiceException

from provisioner.sandbox.zones import plain

Change = Mapping[str, Any]
Key = tuple[str, str, str | None]  # name as Route 53 stores it, type, set identifier
RecordSets = Mapping[Key, Mapping[str, Any]]

LONGEST_STRING = 255
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
CHARACTER_STRINGS = re.compile(r'\s*"(?:[^"\\]|\\.)*"(?:\s*"(?:[^"\\]|\\.)*")*\s*')
ESCAPED = re.compile(r"\\(?:[0-7]{3}|.)")
LABEL = re.compile(r"(?:[!-\-/-~]|\\[0-7]{3}){1,63}")


class Route53Error(ServiceException):
    """An error of Route 53: moto takes its model from the request, because the class is not one of moto's."""


def stored_name(name: str) -> str:
    """Return a name as Route 53 keeps it: lower-case, with trailing dot, unusual characters as octal escapes."""
    return re.sub(r"[^a-z0-9._-]", lambda other: f"\\{ord(other[0]):03o}", plain(name)) + "."


def check_zone_name(name: str) -> None:
    """Raise for a name that no hosted zone can have: not a domain name, or a top-level domain."""
    labels = plain(name).split(".")
    if len(labels) < 2 or not all(LABEL.fullmatch(label) for label in labels):  # noqa: PLR2004 - `example` and `com`
        raise Route53Error("InvalidDomainName", f"{name} is not a valid domain name for a hosted zone")


def apply(changes: list[Change], current: RecordSets, zone: str) -> dict[Key, Mapping[str, Any]]:
    """Return the record sets after a batch of changes to `zone`; raises with every fault, and then nothing changed."""
    after, faults = dict(current), list[str]()
    for change in changes:
        record_set = change["ResourceRecordSet"]
        key = (stored_name(record_set["Name"]), record_set["Type"], record_set.get("SetIdentifier"))
        fault = next(_faults(change, key, after, zone), None)
        faults += [fault] if fault else []
        _apply(change["Action"], key, record_set, after)
    faults = faults or list(_apex_faults(after, zone))
    if faults:
        raise Route53Error("InvalidChangeBatch", f"[{', '.join(faults)}]")
    return after


def _apply(action: str, key: Key, record_set: Mapping[str, Any], after: dict[Key, Mapping[str, Any]]) -> None:
    if action == "DELETE":
        after.pop(key, None)
    else:
        after[key] = {**record_set, "Name": key[0]}


def _faults(change: Change, key: Key, current: RecordSets, zone: str) -> Iterator[str]:
    record_set, named = change["ResourceRecordSet"], f"[name='{key[0]}', type='{key[1]}']"
    if not f".{key[0]}".endswith(f".{zone}"):
        yield f"RRSet with DNS name {key[0]} is not permitted in zone {zone}"
    if change["Action"] == "DELETE":
        yield from _delete_faults(record_set, current.get(key), named)
        return
    if change["Action"] == "CREATE" and key in current:
        yield f"Tried to create resource record set {named} but it already exists"
    yield from _cname_faults(key, current, zone)
    yield from _policy_faults(key, current)
    if key[1] in ("TXT", "SPF"):
        yield from (fault for value in _values(record_set) for fault in _text_faults(value))


def _delete_faults(record_set: Mapping[str, Any], found: Mapping[str, Any] | None, named: str) -> Iterator[str]:
    if found is None:
        yield f"Tried to delete resource record set {named} but it was not found"
    elif sorted(_values(record_set)) != sorted(_values(found)) or _ttl(record_set) != _ttl(found):
        yield f"Tried to delete resource record set {named} but the values provided do not match the current values"


def _cname_faults(key: Key, current: RecordSets, zone: str) -> Iterator[str]:
    name, rtype, _ = key
    if rtype == "CNAME" and name == zone:
        yield f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone}"
    others = {other for owner, other, _ in current if owner == name and other != rtype}
    if others and "CNAME" in (rtype, *others):
        yield (
            f"RRSet of type {rtype} with DNS name {name} is not permitted as it conflicts with other records "
            f"with the same DNS name in zone {zone}"
        )


def _policy_faults(key: Key, current: RecordSets) -> Iterator[str]:
    """Yield what keeps a set without a routing policy the only one of its name and type."""
    name, rtype, identifier = key
    others = {other for owner, kind, other in current if (owner, kind) == (name, rtype) and other != identifier}
    if others and None in (identifier, *others):
        yield (
            f"RRSet with DNS name {name}, type {rtype}, SetIdentifier {identifier or 'null'} cannot be created as "
            "other RRSets exist with the same name and type."
        )


def _text_faults(value: str) -> Iterator[str]:
    if CHARACTER_STRINGS.fullmatch(value) is None:
        yield _invalid_record("InvalidCharacterString (Value should be enclosed in quotation marks)", value)
    elif any(len(ESCAPED.sub("x", string)) > LONGEST_STRING for string in QUOTED.findall(value)):
        yield _invalid_record("CharacterStringTooLong (Value is too long)", value)


def _invalid_record(problem: str, value: str) -> str:
    return f"Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}''"


def _apex_faults(after: RecordSets, zone: str) -> Iterator[str]:
    apex = {rtype for name, rtype, _ in after if name == zone}
    if "SOA" not in apex:
        yield "A HostedZone must contain exactly one SOA record."
    if "NS" not in apex:
        yield "A HostedZone must contain at least one NS record for the zone itself."


def _values(record_set: Mapping[str, Any]) -> list[str]:
    return [record["Value"] for record in record_set.get("ResourceRecords") or []]


def _ttl(record_set: Mapping[str, Any]) -> int:
    return int(record_set.get("TTL") or 0)
