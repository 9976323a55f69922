"""The only place that prints: results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from provisioner.cli.frame.unkept import in_json, in_text
from provisioner.errors import KeyNotKept, ProvisionerError

_DIM, _YELLOW, _RED, _PLAIN = "\033[2m", "\033[33m", "\033[31m", "\033[0m"


class StderrProgress:
    """See `ports.Progress`; `quiet` leaves warnings only, `verbose` adds the details."""

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        self._quiet = quiet
        self._verbose = verbose

    def step(self, text: str) -> None:
        """Say what is being done now."""
        if not self._quiet:
            _say(f"- {text}", _DIM)

    def detail(self, text: str) -> None:
        """Say what only somebody who looks for a fault wants to read."""
        if self._verbose:
            _say(f"  {text}", _DIM)

    def tick(self) -> None:
        """Show nothing."""

    def note(self, text: str) -> None:
        """Say something worth knowing."""
        if not self._quiet:
            _say(text, "")

    def warn(self, text: str) -> None:
        """Say something that the user should act on."""
        _say(f"warning: {text}", _YELLOW)


def flush() -> None:
    """Write out what was printed; `BrokenPipeError` passes, any other fault of stdout is a `ProvisionerError`."""
    with _stdout():
        sys.stdout.flush()


def discard() -> None:
    """Let stdout lead nowhere, so that the interpreter does not trip over it again at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _stdout() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        discard()
        raise ProvisionerError(
            "output_failed",
            f"the result could not be written to stdout: {error.strerror}",
            "repeat with another target",
        ) from error


def print_document(document: Any) -> None:
    """Print the one JSON document of a command."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    # An argument that is not UTF-8 reaches us with lone surrogates; the escape is the same in JSON.
    print_text(text.encode("utf-8", "backslashreplace").decode("utf-8"))


def print_text(text: str) -> None:
    """Print a result as it is, ending in one newline."""
    with _stdout():
        sys.stdout.write(text if text.endswith("\n") else text + "\n")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return aligned columns, one row a line."""
    lines = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines)


def print_error(
    error: ProvisionerError, *, as_json: bool, not_kept: Sequence[KeyNotKept] = (), with_secret: bool = False
) -> None:
    """Say what is wrong and what to do: on stderr, and with `--json` as the document on stdout.

    `not_kept` are the keys whose credential is kept nowhere: each is named, and goes to stdout too, `with_secret`.
    """
    for told in (error, *(one for one in not_kept if one is not error)):
        _say(f"error: {told.message}", _RED)
        if told.hint:
            _say(f"hint: {told.hint}", "")
    shown = not_kept if with_secret else ()
    if as_json:
        print_document({"error": error.to_document() | in_json(error, shown)})
    elif shown:
        print_text("\n\n".join(in_text(shown)))


def _say(text: str, colour: str) -> None:
    if colour and sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        text = f"{colour}{text}{_PLAIN}"
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
