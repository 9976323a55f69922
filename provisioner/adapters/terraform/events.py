"""Terraform's `-json` stream, line by line.

Source: developer.hashicorp.com/terraform/internals/machine-readable-ui, format 1.x: unknown types are to be ignored, a
new major version to be rejected.
"""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from provisioner.errors import ProvisionerError
from provisioner.ports.terraform import Event

_SHOWN = frozenset(
    {
        "apply_complete",
        "apply_errored",
        "apply_progress",
        "apply_start",
        "change_summary",
        "planned_change",
        "refresh_complete",
        "refresh_start",
        "resource_drift",
    }
)
_KEPT_LINES = 50
_STATE_DUMP = "Emergency state dump"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """An error or warning as Terraform words it; `address` is empty when it concerns no resource."""

    severity: str
    summary: str
    detail: str
    address: str

    def __str__(self) -> str:
        where = f"{self.address}: " if self.address else ""
        return f"{where}{self.summary}\n{self.detail}".strip()


class Events:
    """What one command said: events are handed on at once, diagnostics and the last plain lines kept."""

    def __init__(self, on_event: Callable[[Event], None]) -> None:
        self._on_event = on_event
        self.diagnostics: list[Diagnostic] = []
        self.failed: list[str] = []
        self.plain: deque[str] = deque(maxlen=_KEPT_LINES)
        self.state_dump: str | None = None

    @classmethod
    def of_plain(cls, text: str) -> Self:
        """Return what a command said that knows no `-json`."""
        events = cls(lambda _: None)
        events.plain.extend(text.splitlines())
        return events

    def read(self, line: str) -> None:
        """Take in one line; raises `ProvisionerError` (`terraform_unsupported`) for a new major format."""
        message = _object(line)
        if message is None:
            self.plain.append(line)
        elif message.get("type") == "version":
            _check_format(str(message.get("ui", "")))
        elif is_state_dump(line):
            self.state_dump = json.dumps(message.get("state", message), indent=2)
        else:
            self.take(message)

    @property
    def errors(self) -> list[Diagnostic]:
        """The diagnostics that made the command fail."""
        return [diagnostic for diagnostic in self.diagnostics if diagnostic.severity == "error"]

    def take(self, message: Mapping[str, Any]) -> None:
        """Take in one message: keep a diagnostic, hand on an event, ignore what is not known."""
        kind, address = str(message.get("type")), _address(message)
        if kind == "apply_errored":
            self.failed.append(address)
        if isinstance(message.get("diagnostic"), dict):
            self.diagnostics.append(_diagnostic(message["diagnostic"]))
        elif kind in _SHOWN:
            self._on_event(Event(kind, address, str(message.get("@message", ""))))


def is_state_dump(line: str) -> bool:
    """Say whether the line carries the whole state, which Terraform prints when it could not save it."""
    return _STATE_DUMP in line[:400]


def _object(line: str) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except ValueError:
        return None
    return message if isinstance(message, dict) and "@message" in message else None


def _address(message: Mapping[str, Any]) -> str:
    about = message.get("hook") or message.get("change") or {}
    return str(about.get("resource", {}).get("addr", ""))


def _diagnostic(document: Mapping[str, Any]) -> Diagnostic:
    return Diagnostic(*(str(document.get(key) or "") for key in ("severity", "summary", "detail", "address")))


def _check_format(ui: str) -> None:
    if not ui.startswith("1."):
        raise ProvisionerError(
            "terraform_unsupported",
            f"this Terraform speaks version {ui or 'unknown'} of the machine-readable output; only 1.x is understood",
            "use a Terraform from 1.9 up to, but not including, 2.0 (PROVISIONER_TERRAFORM names the binary)",
        )
