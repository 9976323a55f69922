"""The account's suppression list: addresses that SES takes mail for and sends nothing to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from provisioner.core.values.address import EmailAddress
from provisioner.core.values.wording import quoted
from provisioner.errors import InputError

_MOST_SHOWN = 50
_ADDRESS = re.compile(r"[\x21-\x7e]+@[A-Za-z0-9._-]+")  # whatever SES may list; what we add is looked at more closely


class Reason(StrEnum):
    """Why an address is on the list."""

    BOUNCE = "BOUNCE"
    COMPLAINT = "COMPLAINT"


class Action(StrEnum):
    """What became of an address that was named."""

    LISTED = "listed"
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Suppressed:
    """An entry of the list; `address` is exactly what SES keeps, in whose case alone it is read and removed."""

    address: str
    reason: Reason
    updated: datetime

    def to_document(self) -> dict[str, object]:
        """Return one entry of `addresses` of `suppression list --json`."""
        return {"address": self.address, "reason": self.reason, "updated_at": self.updated.isoformat()}


@dataclass(frozen=True, slots=True)
class Named:
    """An address that was named, the entries that it has in any case of its letters, and what became of it."""

    address: str
    entries: tuple[Suppressed, ...]
    action: Action
    reason: Reason | None = None

    @property
    def changes(self) -> bool:
        """Whether the list is another one for it."""
        return self.action in (Action.ADDED, Action.CHANGED, Action.REMOVED)

    def to_document(self) -> dict[str, object]:
        """Return one entry of `addresses` of `suppression get|add|remove --json`."""
        return {
            "address": self.address,
            "action": self.action,
            "reason": self.reason or next((entry.reason for entry in self.entries), None),
            "entries": [entry.to_document() for entry in self.entries],
        }


@dataclass(frozen=True, slots=True)
class Line:
    """An address as somebody wrote it, and where."""

    where: str
    text: str


def lines_of(text: str, name: str) -> list[Line]:
    """Return the addresses of a file, one a line; empty lines and those that begin with # are none."""
    numbered = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return [Line(f"{name}, line {number}", line) for number, line in numbered if line and line[0] != "#"]


def addresses_of(lines: Iterable[Line], *, new: bool) -> list[str]:
    """Return each address once, in the case in which it was written; a domain in Unicode becomes A-labels.

    Raises `InputError("invalid_address")` with all that cannot be one. `new`: what is to be put on the list must be an
    address that mail could be sent to; what is looked for may be whatever SES has listed.
    """
    found, faults = [], []
    for line in lines:
        try:
            found.append(_exact(line.text, new=new))
        except InputError as error:
            faults.append(f"{line.where}: {error.message}")
    if faults:
        more = f"\n  and {len(faults) - _MOST_SHOWN} more" if len(faults) > _MOST_SHOWN else ""
        text = "\n  ".join(faults[:_MOST_SHOWN]) + more
        raise InputError("invalid_address", text, "correct what is named; nothing was changed")
    return list(dict.fromkeys(found))


def _exact(text: str, *, new: bool) -> str:
    try:
        address = EmailAddress.parse(text)
    except InputError:
        if new or not _ADDRESS.fullmatch(text):
            raise
        return text
    typed = text.rpartition("@")[2]
    return f"{address.local}@{typed}" if typed.lower() == address.domain else str(address)


def parse_reason(text: str) -> Reason:
    """Return the reason of an option, in any case."""
    try:
        return Reason(text.upper())
    except ValueError:
        raise InputError("invalid_reason", f"{quoted(text)} is no reason", "give BOUNCE or COMPLAINT") from None


def parse_since(text: str) -> datetime:
    """Return a moment, in UTC unless it says otherwise: `2026-11-01`, `2026-11-01T12:00:00Z`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError("invalid_date", f"{quoted(text)} is no date", "give one such as 2026-11-01") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
