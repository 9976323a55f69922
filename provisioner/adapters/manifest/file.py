"""The manifest from a file or stdin: its encoding, its format, and every fault at once with line and field."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path as FilePath
from typing import Any

from provisioner.adapters.manifest.csv_rows import read_csv
from provisioner.adapters.manifest.fields import EXAMPLE, plain
from provisioner.adapters.manifest.model import check, parse_domain
from provisioner.adapters.manifest.names import are_names, read_names
from provisioner.adapters.manifest.nodes import FaultError, Node, Path, read_json, read_yaml, to_data
from provisioner.core.batch.manifest import Fault, Manifest, refuse
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError

STDIN = "-"
LARGEST = 32 * 1024 * 1024  # bytes; 10,000 domains with every field are 3 MB

_READERS: Mapping[str, Callable[[str], tuple[Node, list[Fault]]]] = {
    "yaml": read_yaml,
    "json": read_json,
    "csv": read_csv,
    "names": lambda text: (read_names(text), []),
}
_SUFFIXES = {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".csv": "csv"}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_manifest(source: str) -> Manifest:
    """Read a manifest from a file, or from stdin for `-`; raises `InputError` with every fault at once."""
    name = "standard input" if source == STDIN else source
    text = _text(name, _bytes(source))
    kind = "names" if are_names(text) else _SUFFIXES.get(FilePath(source).suffix.lower()) or _format_of(text)
    return parse_manifest(text, name, kind)


def parse_manifest(text: str, name: str, kind: str) -> Manifest:
    """Read the text of a manifest; `kind` is yaml, json, csv or names, `name` is what faults call it."""
    try:
        node, faults = _READERS[kind](text)
    except FaultError as error:
        refuse(name, error.faults)
        raise  # unreachable: there is at least one fault
    node = node if node.elements is None else Node(node.line, items=[("domains", node.line, node)])  # a bare list
    data = _without_empty(to_data(node, typed=kind == "json"))
    entries, problems = check(data)
    faults += [Fault(node.line_of(where), _field(where), message, hint) for where, message, hint in problems]
    refuse(name, [*_without_repetition(faults), *_twice(node, data)])
    return Manifest(tuple(entries))


def _without_repetition(faults: Sequence[Fault]) -> Iterator[Fault]:
    """Leave out that no line has a domain when there is no column for it."""
    has_no_column = any((fault.field, fault.message) == ("domain", "the column is missing") for fault in faults)
    for fault in faults:
        if not (has_no_column and fault.message == "the field is missing" and fault.field.endswith(".domain")):
            yield fault


def _bytes(source: str) -> bytes:
    try:
        if source == STDIN:
            return sys.stdin.buffer.read(LARGEST + 1)
        with FilePath(source).open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        hint = "name a YAML, JSON or CSV file, a text with a domain on each line, or - for standard input"
        raise InputError("no_manifest", f"{source}: {error.strerror}", hint) from error


def _text(name: str, raw: bytes) -> str:
    if len(raw) > LARGEST:
        refuse(name, [Fault(0, "", f"it is larger than {LARGEST >> 20} MiB", "split it into several")])
    if raw.startswith(_UTF16):
        refuse(name, [Fault(0, "", "it is UTF-16", "save it as UTF-8")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        refuse(name, [Fault(line, "", f"byte {raw[error.start]:#04x} is not UTF-8", "save it as UTF-8")])
        raise  # unreachable: there is a fault
    if not text.strip():
        refuse(name, [Fault(0, "", "it is empty", EXAMPLE)])
    return text


def _format_of(text: str) -> str:
    """Guess the format of standard input or of a file without a telling name."""
    start = text.lstrip()
    if start[0] in "{[":
        return "json"
    head = {plain(cell.strip().strip('"')) for cell in start.splitlines()[0].replace(";", ",").split(",")}
    return "csv" if "domain" in head else "yaml"


def _without_empty(data: Any) -> Any:
    """Leave out of every entry a domain that is not given, so that it is missing and not of the wrong kind."""
    if isinstance(data, dict) and isinstance(data.get("domains"), list):
        return {**data, "domains": [_without_empty_fields(entry) for entry in data["domains"]]}
    return data


def _without_empty_fields(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return entry
    return {key: value for key, value in entry.items() if key != "domain" or value is not None}


def _field(where: Path) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where).removeprefix(".")


def _twice(node: Node, data: Any) -> Iterator[Fault]:
    """Find domains that are there twice, in whatever spelling."""
    listed = data.get("domains") if isinstance(data, dict) else None
    seen: dict[DomainName, int] = {}
    for number, entry in enumerate(listed if isinstance(listed, list) else ()):
        text = entry.get("domain") if isinstance(entry, dict) else entry
        with suppress(InputError):  # a fault already
            domain = parse_domain(text) if isinstance(text, str) else None
            line = node.line_of(("domains", number))
            if domain is not None and domain in seen:
                message = f"{domain} is there twice, first on line {seen[domain]}"
                yield Fault(line, f"domains[{number}]", message, "remove one of them")
            elif domain is not None:
                seen[domain] = line
