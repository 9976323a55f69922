"""How users are asked before something is changed: on the terminal, and nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from provisioner.errors import InputError, Interrupted


@dataclass(frozen=True, slots=True)
class TerminalConsent:
    """See `ports.consent.Consent`: given by an option such as --yes, else asked for on the terminal.

    `refusal` is raised where there is no terminal.
    """

    by_option: bool
    refusal: InputError

    def given(self, question: str) -> bool:
        """Return whether the option was given, or the question is answered with yes."""
        if self.by_option:
            return True
        with _terminal(self.refusal):
            return typer.confirm(question, err=True)


def ask(question: str, refusal: InputError) -> str:
    """Return the line that the user types; raises `refusal` where there is no terminal."""
    with _terminal(refusal):
        return str(typer.prompt(question, err=True))


def need_terminal(refusal: InputError) -> None:
    """Raise `refusal` where nobody can be asked, before work is done that would lead to a question only."""
    if not sys.stdin.isatty():
        raise refusal


@contextmanager
def _terminal(refusal: InputError) -> Iterator[None]:
    need_terminal(refusal)
    try:
        yield
    except typer.Abort:  # Ctrl-C or Ctrl-D
        raise Interrupted("interrupted", "interrupted at the question", "what it asked about was not done") from None
