"""Every command and option that a message, a hint or a next step names is one that the program understands."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import pytest
from program import every_command, options_of
from sources import ROOT, nodes, sources

from provisioner.core.values.hints import OPTIONS_OF_A_DOMAIN
from provisioner.usecases.batch.scheduler import _UNDERSTOOD

OTHER_PROGRAMS = ("engine/build.py", "terraform/command_line.py")  # their texts are command lines of docker, terraform

SAMPLES = {  # what stands for a value that is only known at run time, by a word in the expression
    "join(command)": "dmarc set example.com --policy none",
    "domain": "example.com",
    "policy": "reject",
    "sender": "shop",
    "region": "us-east-1",
    "total": "3",
    "entry": "tag",
    "line": "list",
}
PLACEHOLDERS = {"...": "none", "N": "3"}  # what a user has to fill in, where not every word will do

_CODE = re.compile(r"`([^`]+)`")
_AWS = re.compile(r"\baws [a-z0-9]+ .*")  # the AWS CLI's, to the end of the text
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


@cache
def own() -> frozenset[str]:
    return frozenset(name.split()[0] for name, _ in every_command())


def texts(tree: Iterable[ast.AST]) -> Iterator[tuple[int, str]]:
    """Go through the texts of a module but its docstrings, with samples in place of values."""
    skipped: set[int] = set()
    for node in tree:
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                skipped.add(id(first.value))
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(node)}
            yield node.lineno, "".join(_filled(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def _filled(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    source = ast.unparse(part).lower()
    return next((sample for word, sample in SAMPLES.items() if word in source), "x")


@cache
def told() -> tuple[tuple[str, str], ...]:
    """Return every text with where it stands: those of the sources, and the helps of the commands."""
    found = []
    for path in sources("provisioner"):
        name = path.relative_to(ROOT).as_posix()
        if not name.endswith(OTHER_PROGRAMS):
            found += [(f"{name}:{line}", text) for line, text in texts(nodes(path)) if " " in text]
    return (*found, *((f"help of {name}", command.help or "") for name, command in every_command()))


def argument_lists(tree: Iterable[ast.AST]) -> Iterator[tuple[int, list[str]]]:
    """Go through the command lines that findings carry as tuples: `("dmarc", "set", domain, "--policy", "none")`."""
    for node in tree:
        if isinstance(node, ast.Tuple) and len(node.elts) > 1 and not any(isinstance(e, ast.Tuple) for e in node.elts):
            words = [_filled(part) for part in node.elts]
            if isinstance(node.elts[0], ast.Constant) and words[0] in own() and all(" " not in word for word in words):
                yield node.lineno, words


@cache
def findings_commands() -> tuple[tuple[str, list[str]], ...]:
    """Return the command lines of findings, each with where it stands."""
    places = sources("provisioner/core", "provisioner/usecases")
    return tuple((f"{path}:{line}", words) for path in places for line, words in argument_lists(nodes(path)))


@cache
def commands() -> tuple[tuple[str, str], ...]:
    """Return the command lines within texts, without the name of the program, each with where it stands."""
    found = []
    for where, text in told():
        for code in _CODE.findall(text.replace("\n", " ")):
            first, _, rest = code.partition(" ")
            line = rest if first == "provisioner" else code if first in own() and rest else ""
            if line not in ("", "...") and "<" not in line:
                found.append((where, line))
    return tuple(found)


@cache
def options() -> tuple[tuple[str, str], ...]:
    """Return the options that sentences name, each with where it stands."""
    found = []
    for where, text in told():
        if not text.startswith("-"):
            found += [(where, option) for option in dict.fromkeys(_OPTION.findall(_AWS.sub("", _CODE.sub("", text))))]
    return tuple(found)


def refused(resolve: Callable[..., None], lines: Iterable[tuple[str, list[str]]], *, complete: bool) -> list[str]:
    """Return which of some command lines the program does not understand, where they stand, and why."""
    found = []
    for where, words in lines:
        try:
            resolve(words, complete=complete)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the others are looked at too
            found.append(f"{where}: {words}: {error!r}")
    return found


# Each of these looks at hundreds of places: as a test for each, all workers would have to collect all of them.
def test_every_command_that_a_text_names_exists(
    words: Callable[[str], list[str]], resolve: Callable[..., None]
) -> None:
    lines = ((where, [PLACEHOLDERS.get(word, word) for word in words(line)]) for where, line in commands())
    assert refused(resolve, lines, complete=False) == []


def test_every_command_that_a_finding_carries_exists(resolve: Callable[..., None]) -> None:
    assert refused(resolve, findings_commands(), complete=True) == []


def test_every_option_that_a_text_names_exists() -> None:
    known = {"--help", *(option for _, command in every_command() for option in options_of(command))}
    assert [f"{where}: {option}" for where, option in options() if option not in known] == []


def test_options_of_a_domain_that_hints_name_are_known_to_be_its() -> None:
    known = {name: options_of(command) for name, command in every_command()}
    named = {option for _, option in options()} & (known["new-domain"] - known["batch run"] - {"--help"})
    assert named - {"--yes", "--wait", "--no-secret", "--update-registrar"} <= set(OPTIONS_OF_A_DOMAIN)
    assert set(OPTIONS_OF_A_DOMAIN) <= known["new-domain"]
    assert {name for name in OPTIONS_OF_A_DOMAIN if name in known["batch run"]} == set(_UNDERSTOOD)


def test_texts_are_found_at_all() -> None:
    assert len(commands()) > 30
    assert len(options()) > 50
    assert findings_commands()


def test_a_hint_that_is_not_true_would_be_noticed(resolve: Callable[..., None]) -> None:
    ((_, text),) = texts(ast.walk(ast.parse('hint = f"run `provisioner batch {manifest} --take-ovr`"')))
    line = _CODE.findall(text)[0].split()[1:]
    with pytest.raises(Exception, match="No such option"):
        resolve(line, complete=False)
    (said,) = refused(resolve, [("here", ["list"]), ("there", line)], complete=False)
    assert said.startswith("there: ['batch', ")
