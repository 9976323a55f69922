"""A BIND master file (RFC 1035 section 5) of a domain's records, importable at other DNS hosts."""

from collections.abc import Iterable

from provisioner.core.dns.txt import quoted
from provisioner.core.mail_domain.records import TTL, Record

HOST_LAST = frozenset({"CNAME", "DNAME", "MX", "NS", "PTR"})  # types whose value ends with a host name


def zone_file(origin: str, records: Iterable[Record]) -> str:
    """Return the file; names below `origin` are relative to it, all others absolute, so that none is ever doubled.

    It holds neither SOA nor NS: the host that imports it has its own.
    """
    lines = [f"$ORIGIN {origin}.", f"$TTL {TTL}"]
    for record in records:
        lines += [_line(origin, record, value) for value in record.values]
    return "\n".join(lines) + "\n"


def _line(origin: str, record: Record, value: str) -> str:
    return f"{_relative(record.name, origin)}\t{record.ttl}\tIN\t{record.type}\t{_data(record.type, value)}"


def _relative(name: str, origin: str) -> str:
    if name == origin:
        return "@"
    return name.removesuffix(f".{origin}") if name.endswith(f".{origin}") else f"{name}."


def _data(rtype: str, value: str) -> str:
    if rtype == "TXT":
        return quoted(value)
    return f"{value}." if rtype in HOST_LAST else value
