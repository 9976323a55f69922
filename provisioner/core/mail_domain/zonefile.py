"""A BIND master file (RFC 1035 section 5) of a domain's records, importable at other DNS hosts."""

from collections.abc import Iterable, Iterator, Sequence

from provisioner.core.dns.txt import quoted
from provisioner.core.mail_domain.records import TTL, Action, Record

HOST_LAST = frozenset({"CNAME", "DNAME", "MX", "NS", "PTR"})  # types whose value ends with a host name


def zone_file(origin: str, records: Iterable[Record], notes: Sequence[str] = ()) -> str:
    """Return the file; names below `origin` are relative to it, all others absolute, so that none is ever doubled.

    It holds neither SOA nor NS: the host that imports it has its own. What stays there, and what takes the place of
    something, is a comment: an import adds. So are the `notes`.
    """
    lines = [f"$ORIGIN {origin}.", f"$TTL {TTL}", *(f"; {note}" for note in notes)]
    for record in records:
        lines += _lines(origin, record)
    return "\n".join(lines) + "\n"


def _lines(origin: str, record: Record) -> Iterator[str]:
    new = [_line(origin, record, value) for value in record.values]
    match record.publishing.action if record.publishing else Action.ADD:
        case Action.ADD:
            yield from new
        case Action.REPLACE:
            old = record.publishing.replaces if record.publishing else ()
            yield from (f"; replace\t{_line(origin, record, value)}" for value in old)
            yield from (f"; by\t{line}" for line in new)
        case Action.KEEP | Action.REMOVE as action:
            yield from (f"; {action}\t{line}" for line in new)


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
