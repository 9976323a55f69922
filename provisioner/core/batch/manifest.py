"""The manifest of a batch as values: which domains, and what is asked for each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.core.asked.boundary import Boundary
from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.ignored_tags import IgnoredTags
from provisioner.core.asked.options import choice, customer_name, delegation_set_id, mail_from_label
from provisioner.core.asked.request import RETRACTABLE, Dmarc, Spf, Tls, ZoneMode, senders_of, tags_of
from provisioner.core.asked.senders import Senders
from provisioner.core.asked.tags import Tags
from provisioner.core.batch.shards import Shard
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.documents import WrongShapeError, mapping, optional, required
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, ProvisionerError

PARSERS: Mapping[str, Callable[[str], Any]] = {  # each to the type of Asked's field; raises `InputError`
    "customer": customer_name,
    "contact": EmailAddress.parse,
    "region": Region.parse,
    "zone": lambda text: choice(ZoneMode, "zone", text),
    "mail_from": mail_from_label,
    "dmarc": lambda text: choice(Dmarc, "dmarc", text),
    "dmarc_rua": EmailAddress.parse,
    "spf": lambda text: choice(Spf, "spf", text),
    "tls": lambda text: choice(Tls, "tls", text),
    "delegation_set": delegation_set_id,
    "permissions_boundary": Boundary.parse,
    "ignore_tags": IgnoredTags.parse,
}
TAGS, SENDERS = "tags", "senders"  # mappings: in CSV one cell, `Key=Value; Other=Value`
OPTIONS = (*PARSERS, TAGS, SENDERS)
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a manifest: where (line 0 is the whole), which field, what, and what to do about it."""

    line: int
    field: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = ", ".join(part for part in (f"line {self.line}" if self.line else "", self.field) if part)
        return ": ".join(part for part in (where, self.message) if part) + (f" ({self.hint})" if self.hint else "")

    def to_document(self) -> dict[str, Any]:
        """Return one entry of `faults` in the error document."""
        return {"line": self.line or None, "field": self.field, "message": self.message, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class Entry:
    """One domain of a manifest, the defaults already in it."""

    domain: DomainName
    asked: Asked

    @property
    def digest(self) -> str:
        """What was asked, as a SHA-256: a domain whose digest changed is done again by `--resume`."""
        return _sha256(json.dumps(self.to_document(), sort_keys=True))

    def to_document(self) -> dict[str, Any]:
        """Return the entry as it would be written in a manifest."""
        given = {name: getattr(self.asked, name) for name in OPTIONS}
        plain = {name: _plain(value) for name, value in given.items() if value is not None}
        return {"domain": self.domain.ascii, **plain, **dict.fromkeys(sorted(self.asked.taken_back))}


@dataclass(frozen=True, slots=True)
class Manifest:
    """Every domain of a batch, each once, in the order of the manifest."""

    entries: tuple[Entry, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of all entries, whatever their order: shards of one batch agree on it."""
        return _sha256("\n".join(sorted(entry.digest for entry in self.entries)))

    def entries_of(self, shard: Shard | None) -> tuple[Entry, ...]:
        """Return the entries of a shard, in order; all of them without one."""
        return tuple(entry for entry in self.entries if shard is None or shard.holds(entry.domain))

    def to_document(self) -> dict[str, Any]:
        """Return the manifest as it can be read again, with no defaults left to apply."""
        return {"domains": [entry.to_document() for entry in self.entries]}

    @classmethod
    def from_document(cls, document: object) -> Manifest:
        """Read `to_document` back; raises `ProvisionerError("corrupt_input")`."""
        try:
            listed = required(mapping(document), "domains", list)
            return cls(tuple(_entry(mapping(item)) for item in listed))
        except (WrongShapeError, InputError) as error:
            message = f"the manifest that this run kept cannot be read: {error}"
            raise ProvisionerError("corrupt_input", message, "name the manifest again") from None


class InvalidManifest(InputError):
    """A manifest with faults, each of which JSON tells by itself."""

    def __init__(self, message: str, hint: str, faults: Sequence[Fault]) -> None:
        super().__init__("invalid_manifest", message, hint)
        self.faults = faults

    def to_document(self) -> dict[str, Any]:
        """Return the error as JSON has it, with `faults`; their `line` is null where the whole is at fault."""
        return super().to_document() | {"faults": [fault.to_document() for fault in self.faults]}


def refuse(name: str, faults: Sequence[Fault]) -> None:
    """Raise `InvalidManifest` with every fault, by line, when there is any."""
    if not faults:
        return
    ordered = sorted(faults, key=lambda fault: fault.line)
    lines = [str(fault) for fault in ordered]
    more = [f"... and {len(lines) - MOST_SHOWN} more"] if len(lines) > MOST_SHOWN else []
    count = "1 fault" if len(lines) == 1 else f"{len(lines)} faults"
    raise InvalidManifest(
        "\n".join([f"{name}: {count} in the manifest, nothing was touched", *lines[:MOST_SHOWN], *more]),
        "correct the manifest and repeat; `provisioner schema manifest` prints its JSON Schema",
        ordered,
    )


def _entry(document: Mapping[str, object]) -> Entry:
    texts = {name: optional(document, name, str) for name in PARSERS}
    values = {name: PARSERS[name](text) for name, text in texts.items() if text}
    taken_back = frozenset(name for name in RETRACTABLE if name in document and document[name] is None)
    asked = Asked(**values, tags=tags_of(document), senders=senders_of(document), taken_back=taken_back)
    return Entry(DomainName.of_ascii(required(document, "domain", str)), asked)


def _plain(value: object) -> object:
    return value.to_document() if isinstance(value, Tags | Senders) else str(value)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
