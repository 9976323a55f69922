"""`explain`."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import parse_domain, parse_if_given
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.explain.explanation import Explanation
from provisioner.core.explain.reading import explain
from provisioner.errors import InputError, NotDesired

_MOST = 1024 * 1024  # bytes of stdin: more is no answer of a server
_WIDTH = 100
_UNKNOWN = """\
unknown: no entry fits this text, and nothing is guessed.
  Give the whole answer of the server, with its code: the log, the debug output of the plug-in, or the bounce itself."""

app = commands()


@command(
    app,
    "explain",
    examples="""\
  provisioner explain '535 Authentication Credentials Invalid'
  provisioner explain emails going to spam --domain example.com
  provisioner explain - < bounce.json
  tail -1 /var/log/mail.log | provisioner explain --json""",
)
def _explain(
    common: Common,
    text: Annotated[
        list[str] | None, typer.Argument(metavar="[TEXT]...", help="What was said; - or nothing reads it from stdin.")
    ] = None,
    domain: Annotated[
        str | None, typer.Option("--domain", metavar="DOMAIN", help="The domain that it is about.")
    ] = None,
) -> int:
    """Say what a reply, a bounce, an error or a symptom means; exit 3 when unknown.

    That is: who spoke, why, what to do about it, and with which command to go on; the most likely first. The text may
    be as it was found: an event of SES in any envelope, a bounce, a line of a log, an exception, a notice of Gmail, or
    a few words. Nothing is asked of AWS or DNS, and nothing is guessed.
    """
    name = parse_if_given(parse_domain, domain)
    found = explain(_said(text or []), name)
    if common.as_json:
        print_document({"explanations": [explanation.to_document() for explanation in found]})
    else:
        print_text("\n\n".join("\n".join(_lines(one)) for one in found) + _note(found) if found else _UNKNOWN)
    return 0 if found else NotDesired.exit_code


def _said(words: Sequence[str]) -> str:
    text = _from_stdin() if list(words) in ([], ["-"]) else " ".join(words)
    if not text.strip():
        raise InputError("no_text", "there is no text to explain", "give it as arguments, or on stdin")
    return text


def _from_stdin() -> str:
    if sys.stdin.isatty():
        hint = "give it as arguments, or let a file or a program write it to stdin"
        raise InputError("no_text", "there is no text to explain", hint)
    read = sys.stdin.buffer.read(_MOST + 1)
    if len(read) > _MOST:
        raise InputError(
            "text_too_long", "the text has more than 1 MB", "give the one message or the lines it is about"
        )
    return read.decode("utf-8", "replace")


def _lines(explanation: Explanation) -> Iterator[str]:
    yield f"{explanation.layer.speaker} ({explanation.layer})"
    yield from _field("cause:", explanation.cause)
    yield from _field("remedy:", explanation.remedy)
    for label, words in zip(_labels("next:"), explanation.commands, strict=False):
        yield f"  {label:<9}provisioner {' '.join(words)}"
    yield from _field("see:", explanation.reference)


def _labels(first: str) -> Iterator[str]:
    yield first
    while True:
        yield ""


def _field(label: str, text: str) -> Iterator[str]:
    lines = textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)
    yield from (f"  {head:<9}{line}" for head, line in zip(_labels(label), lines, strict=False))


def _note(found: Sequence[Explanation]) -> str:
    """Return what stands for what in commands that the text could not fill in."""
    words = {word for explanation in found for line in explanation.commands for word in line}
    return "\n\n(DOMAIN stands for yours: give --domain to have it filled in.)" if "DOMAIN" in words else ""
