"""The command lines of Terraform that are used here, each described once; `command.Cli` turns them into argv.

`wait` is how many seconds a command waits for the lock of the state; None says that Terraform does not lock it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from python_terraform import IsFlagged

FLAG = IsFlagged  # an option without a value


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One command: `options` by Terraform's names, with `_` for `-`; one that is None is left out."""

    command: str
    arguments: tuple[str, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)


def version() -> CommandLine:
    """Print Terraform's version as a document."""
    return CommandLine("version", options={"json": FLAG})


def init(*, upgrade: bool, reconfigure: bool, locks: bool) -> CommandLine:
    """Install the modules and the provider, with `upgrade` the newest; `reconfigure` drops old backend settings."""
    options = {
        "json": FLAG,
        "upgrade": _flag(upgrade),
        "reconfigure": _flag(reconfigure),
        "lock": None if locks else False,
    }
    return CommandLine("init", options=options)


def plan(file: str, wait: float | None, *, destroy: bool = False) -> CommandLine:
    """Write a plan into a file; the exit code is 2 when something is to be changed."""
    options = {"json": FLAG, "detailed_exitcode": FLAG, "out": file, "destroy": _flag(destroy), **_lock(wait)}
    return CommandLine("plan", options=options)


def show(file: str) -> CommandLine:
    """Print a plan as a document."""
    return CommandLine("show", (file,), {"json": FLAG})


def apply(file: str, wait: float | None) -> CommandLine:
    """Apply a plan."""
    return CommandLine("apply", (file,), {"json": FLAG, **_lock(wait)})


def untaint(address: str, wait: float | None) -> CommandLine:
    """Take from a resource the mark that it has to be replaced."""
    return CommandLine("untaint", (address,), _lock(wait))


def state_rm(address: str, wait: float | None) -> CommandLine:
    """Take a resource out of the state."""
    return CommandLine("state rm", (address,), _lock(wait))


def _flag(given: bool) -> object:
    return FLAG if given else None


def _lock(wait: float | None) -> Mapping[str, object]:
    return {"lock": False} if wait is None else {"lock_timeout": f"{wait:g}s"}
