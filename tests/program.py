"""The program's own commands, taken from Typer."""

from collections.abc import Iterator
from typing import Any

import typer

from provisioner.cli.frame.app import app
from provisioner.cli.frame.commands import COMMANDS


def every_command() -> Iterator[tuple[str, Any]]:
    """Go through the commands, those of groups as `dmarc set`."""
    root: Any = typer.main.get_command(app)
    context = root.make_context("provisioner", ["list"])
    for _, commands in COMMANDS:
        for name, _, _ in commands:
            found = root.get_command(context, name)
            below = getattr(found, "commands", None)
            yield from [(name, found)] if below is None else ((f"{name} {sub}", one) for sub, one in below.items())


def options_of(command: Any) -> set[str]:
    """Return the options of a command, e.g. `--json`."""
    return {text for option in command.params for text in (*option.opts, *option.secondary_opts) if text[:1] == "-"}
