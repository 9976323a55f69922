"""Every command and option that a message, a hint or a next step names is one that the program understands."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from program import every_command, options_of

from provisioner.core.values.hints import OPTIONS_OF_A_DOMAIN
from provisioner.usecases.batch.scheduler import _UNDERSTOOD

ROOT = Path(__file__).parents[2]
OTHER_PROGRAMS = ("engine/build.py", "terraform/command_line.py")  # their texts are command lines of docker, terraform
OWN = {name.split()[0] for name, _ in every_command()}

SAMPLES = {  # what stands for a value that is only known at run time, by a word in the expression
    "join(command)": "dmarc set example.com --policy none",
    "domain": "example.com",
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


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Go through the texts of a module but its docstrings, with samples in place of values."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
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


def told() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "provisioner").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.endswith(OTHER_PROGRAMS):
            yield from ((f"{name}:{line}", text) for line, text in texts(ast.parse(path.read_text())) if " " in text)
    yield from ((f"help of {name}", command.help or "") for name, command in every_command())


def argument_lists(tree: ast.AST) -> Iterator[tuple[int, list[str]]]:
    """Go through the command lines that findings carry as tuples: `("dmarc", "set", domain, "--policy", "none")`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and len(node.elts) > 1 and not any(isinstance(e, ast.Tuple) for e in node.elts):
            words = [_filled(part) for part in node.elts]
            if isinstance(node.elts[0], ast.Constant) and words[0] in OWN and all(" " not in word for word in words):
                yield node.lineno, words


def findings_commands() -> Iterator[Any]:
    for path in sorted((ROOT / "provisioner" / "core").rglob("*.py")) + sorted(
        (ROOT / "provisioner" / "usecases").rglob("*.py")
    ):
        for line, words in argument_lists(ast.parse(path.read_text())):
            yield pytest.param(words, id=f"{path.name}:{line}: {' '.join(words)}"[:100])


def commands() -> Iterator[Any]:
    for where, text in told():
        for code in _CODE.findall(text.replace("\n", " ")):
            first, _, rest = code.partition(" ")
            line = rest if first == "provisioner" else code if first in OWN and rest else ""
            if line not in ("", "...") and "<" not in line:
                yield pytest.param(line, id=f"{where}: {line}"[:110])


def options() -> Iterator[Any]:
    for where, text in told():
        if not text.startswith("-"):
            for option in dict.fromkeys(_OPTION.findall(_AWS.sub("", _CODE.sub("", text)))):
                yield pytest.param(option, id=f"{where}: {option}")


@pytest.fixture(scope="module")
def every_option() -> set[str]:
    return {"--help", *(option for _, command in every_command() for option in options_of(command))}


@pytest.mark.parametrize("line", list(commands()))
def test_a_command_that_a_text_names_exists(
    line: str, words: Callable[[str], list[str]], resolve: Callable[..., None]
) -> None:
    resolve([PLACEHOLDERS.get(word, word) for word in words(line)], complete=False)


@pytest.mark.parametrize("arguments", list(findings_commands()))
def test_a_command_that_a_finding_carries_exists(arguments: list[str], resolve: Callable[..., None]) -> None:
    resolve(arguments, complete=True)


@pytest.mark.parametrize("option", list(options()))
def test_an_option_that_a_text_names_exists(option: str, every_option: set[str]) -> None:
    assert option in every_option


def test_options_of_a_domain_that_hints_name_are_known_to_be_its() -> None:
    known = {name: options_of(command) for name, command in every_command()}
    named = {param.values[0] for param in options()} & (known["new-domain"] - known["batch run"] - {"--help"})
    assert named - {"--yes", "--wait", "--no-secret", "--update-registrar"} <= set(OPTIONS_OF_A_DOMAIN)
    assert set(OPTIONS_OF_A_DOMAIN) <= known["new-domain"]
    assert {name for name in OPTIONS_OF_A_DOMAIN if name in known["batch run"]} == set(_UNDERSTOOD)


def test_texts_are_found_at_all() -> None:
    assert len(list(commands())) > 30
    assert len(list(options())) > 50
    assert list(findings_commands())


def test_a_hint_that_is_not_true_would_be_noticed(resolve: Callable[..., None]) -> None:
    ((_, text),) = texts(ast.parse('hint = f"run `provisioner batch {manifest} --take-ovr`"'))
    with pytest.raises(Exception, match="No such option"):
        resolve(_CODE.findall(text)[0].split()[1:], complete=False)
