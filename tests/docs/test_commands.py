"""Every command line that the documents show is one that the program understands."""

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from provisioner.cli.frame.app import app
from provisioner.cli.frame.commands import COMMANDS

Resolve = Callable[..., None]
Words = Callable[[str], list[str]]

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
OWN_NAMES = ("new-domain", "destroy-domain", "send-test")  # no other program's

_FENCE = re.compile(r"^```.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^(?: {4}|\t)(.+)$", re.MULTILINE)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_START = re.compile(r"(?:^|[|;&(]\s*|\$\s+|--\s+)(provisioner\s.*)$")


def blocks(document: Path) -> Iterator[str]:
    """Go through the command lines of the document's code blocks, continued lines joined."""
    text = document.read_text().replace("\\\n", " ")
    code = "\n".join(_FENCE.findall(text)) + "\n" + "\n".join(_INDENTED.findall(_FENCE.sub("", text)))
    for line in code.splitlines():
        start = _START.search(re.sub(r"^\s*(?:[A-Z_]+=\S+\s+)*", "", line))
        if start:
            yield start.group(1)


def inline(document: Path) -> Iterator[str]:
    """Go through the code within sentences."""
    yield from _INLINE.findall(_FENCE.sub("", document.read_text()))


def shown(find: Callable[[Path], Iterator[str]]) -> list[Any]:
    found = [(document.relative_to(ROOT).as_posix(), text) for document in DOCUMENTS for text in find(document)]
    return [pytest.param(text, id=f"{name}: {text}"[:90]) for name, text in dict.fromkeys(found)]


def in_sentences(document: Path) -> Iterator[str]:
    for text in inline(document):
        first, _, rest = text.partition(" ")
        if first == "provisioner" and rest:
            yield text
        elif first in OWN_NAMES and rest:
            yield f"provisioner {text}"


def options_in_sentences(document: Path) -> Iterator[str]:
    yield from (text.split()[0].partition("=")[0] for text in inline(document) if re.match("--[a-z]", text))


@functools.cache
def every_option() -> set[str]:
    root: Any = typer.main.get_command(app)
    context = root.make_context("provisioner", ["list"])
    groups = [root.get_command(context, name) for _, commands in COMMANDS for name, _, _ in commands]
    commands = [command for group in groups for command in getattr(group, "commands", {"": group}).values()]
    return {
        text for command in commands for option in command.params for text in (*option.opts, *option.secondary_opts)
    }


def examples() -> Iterator[Any]:
    root: Any = typer.main.get_command(app)
    context = root.make_context("provisioner", ["list"])
    for _, commands in COMMANDS:
        for name, _, _ in commands:
            group = root.get_command(context, name)
            for command in (group, *getattr(group, "commands", {}).values()):
                lines = (command.epilog or "").partition("\b\n")[2].splitlines()
                yield from (pytest.param(line.strip(), id=line.strip()[:90]) for line in lines)


@pytest.mark.parametrize("line", shown(blocks))
def test_a_command_line_of_the_documents_exists(line: str, words: Words, resolve: Resolve) -> None:
    resolve(words(line)[1:], complete=True)


@pytest.mark.parametrize("line", shown(in_sentences))
def test_a_command_within_a_sentence_exists(line: str, words: Words, resolve: Resolve) -> None:
    resolve(words(line)[1:], complete=False)


@pytest.mark.parametrize("option", shown(options_in_sentences))
def test_an_option_within_a_sentence_exists(option: str) -> None:
    assert option in every_option()


@pytest.mark.parametrize("line", list(examples()))
def test_an_example_of_the_help_exists(line: str, words: Words, resolve: Resolve) -> None:
    start = _START.search(line)
    assert start is not None
    resolve(words(start.group(1))[1:], complete=True)


@pytest.mark.parametrize(
    "line",
    [
        "provisioner new-domian example.com",
        "provisioner new-domain example.com --dmrac none",
        "provisioner new-domain example.com --dmarc maybe",
        "provisioner new-domain",
        "provisioner credentials exprot",
        "provisioner sandbox run -- provisioner lits",
    ],
)
def test_a_stale_command_line_would_be_noticed(line: str, words: Words, resolve: Resolve) -> None:
    with pytest.raises(Exception, match=r"No such|Missing|is not one of"):
        resolve(words(line)[1:], complete=True)


def test_the_documents_show_commands_at_all() -> None:
    assert len(list(blocks(ROOT / "README.md"))) > 5
    assert len(list(in_sentences(ROOT / "README.md"))) > 5


def test_links_between_the_documents_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
