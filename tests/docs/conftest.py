"""The real command line, taking commands apart without running them."""

import shlex
from collections.abc import Callable
from typing import Any

import pytest
import typer
from typer._click.exceptions import MissingParameter

from provisioner.cli.frame.app import app

OPERATORS = ("|", "||", "&&", ";", ">", ">>", "<", "&", ";;")
WRAPPERS = (["sandbox", "run"], ["container", "run"], ["container"])


def words(line: str) -> list[str]:
    """Split a line of shell up to the first operator or comment, without its variables in front."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";<>|&")
    lexer.whitespace_split = True
    found: list[str] = []
    for word in lexer:
        if word in OPERATORS:
            break
        if found or "=" not in word:
            found.append(word)
    return found


def resolve(arguments: list[str], *, complete: bool) -> None:
    """Raise unless the real command line understands these arguments; `complete`: no argument may be missing."""
    before, inner = arguments, []
    if "--" in arguments:
        cut = arguments.index("--")
        before, inner = arguments[:cut], arguments[cut + 1 :]
    try:
        _parse(arguments)
    except MissingParameter:
        if complete:
            raise
    if inner[:1] == ["provisioner"]:
        resolve(inner[1:], complete=complete)
    elif any(before[: len(wrapper)] == wrapper for wrapper in WRAPPERS) and before[0] == "container":
        resolve(inner, complete=complete)


def _parse(arguments: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    try:
        context = command.make_context("provisioner", list(arguments))
        while hasattr(command, "resolve_command"):
            rest = [*context._protected_args, *context.args]
            if not rest:
                return  # a group's own name, e.g. "provisioner credentials"
            name, command, rest = command.resolve_command(context, rest)
            context = command.make_context(name, rest, parent=context)
    except typer.Exit:
        return  # --help


@pytest.fixture(name="words")
def _words() -> Callable[[str], list[str]]:
    return words


@pytest.fixture(name="resolve")
def _resolve() -> Callable[..., None]:
    return resolve
