"""Help: of the program, of every group and of every command."""

import functools
import importlib
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import typer

from provisioner.cli.frame.commands import COMMANDS, module_of, top_level_help

Cli = Callable[..., Any]
Program = Callable[..., subprocess.CompletedProcess[str]]

TABLE = [(name, module_of(name), text) for _, commands in COMMANDS for name, _, text in commands]


@functools.cache
def offered(module: str) -> Mapping[str, Any]:
    """Return the commands and groups that a module offers, by name; each worker needs them to tell the tests apart."""
    return typer.main.get_group(importlib.import_module(module).app).commands


def subcommands(name: str) -> list[str]:
    module = module_of(name)
    found: Any = offered(module)[name] if module else None
    return list(getattr(found, "commands", {}))


def every_command() -> Iterator[tuple[str, ...]]:
    for name, _, _ in TABLE:
        yield (name,)
        yield from ((name, below) for below in subcommands(name))


@pytest.mark.parametrize("command", list(every_command()), ids=" ".join)
def test_the_help_of_every_command_says_what_it_does_and_ends_with_examples(cli: Cli, command: tuple[str, ...]) -> None:
    outcome = cli(*command, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith(f"Usage: provisioner {' '.join(command)} ")
    examples = outcome.out.partition("Examples:\n")[2].strip().splitlines()
    assert examples
    assert all(f"provisioner {command[0]}" in line for line in examples)
    assert cli(*command, "-h").out == outcome.out


@pytest.mark.parametrize("group", [name for name, _, _ in TABLE if subcommands(name)])
def test_a_group_without_a_command_prints_its_help(cli: Cli, group: str) -> None:
    bare = cli(group)
    assert (bare.code, bare.out.rstrip(), bare.err) == (2, cli(group, "--help").out.rstrip(), "")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("--region", "us-east-1", "list"), "provisioner list --region us-east-1"),
        (("--json", "dns", "records", "a.com"), "provisioner dns records a.com --json"),
        (("--json",), None),
        (("--jsn", "lst"), None),
    ],
)
def test_options_in_front_of_the_command_are_told_where_they_belong(
    cli: Cli, typed: tuple[str, ...], told: str | None
) -> None:
    outcome = cli(*typed)
    assert outcome.code == 2
    assert ("options stand behind the command" in outcome.err) is (told is not None)
    assert f"`{told or 'provisioner --help'}`" in outcome.err


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, _, text in TABLE])
def test_the_line_in_the_table_is_the_first_line_of_the_commands_own_help(cli: Cli, name: str, text: str) -> None:
    paragraphs = cli(name, "--help").out.split("\n\n")
    assert " ".join(paragraphs[1].split()) == text


def test_every_command_of_the_modules_is_in_the_table() -> None:
    for module in {module for _, module, _ in TABLE}:
        listed = {name for name, where, _ in TABLE if where == module}
        assert listed == set(offered(str(module))), module


def test_the_table_fits_an_ordinary_terminal() -> None:
    table = top_level_help().partition("Domains:")[2].partition("Every command")[0]
    assert max(len(line) for line in table.splitlines()) <= 100


@pytest.mark.parametrize("command", [c for c in every_command() if not subcommands(c[-1])], ids=" ".join)
def test_every_command_understands_the_common_options(cli: Cli, command: tuple[str, ...]) -> None:
    text = cli(*command, "--help").out
    for option in ("--json", "--home", "--region", "--profile", "--quiet", "--verbose"):
        assert re.search(rf"^  {option} ", text, re.MULTILINE), option


def test_the_fast_help_is_the_groups_own_help(cli: Cli, program: Program) -> None:
    fast = program("--help")
    assert fast.returncode == 0
    assert fast.stdout == cli("--help").out.rstrip("\n") + "\n"
    assert fast.stdout == program("-h").stdout == program("help").stdout


def test_no_arguments_at_all_print_the_help_as_a_usage_error(program: Program) -> None:
    run = program()
    assert run.returncode == 2
    assert run.stdout == top_level_help()


def test_the_help_imports_neither_typer_nor_any_library(python: Callable[..., str]) -> None:
    loaded = (
        python(
            "import sys, runpy; sys.argv = ['provisioner', '--help']\n"
            "before = set(sys.modules)\n"
            "try: runpy.run_module('provisioner', run_name='__main__')\n"
            "except SystemExit: pass\n"
            "print('LOADED', *sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
        )
        .partition("LOADED ")[2]
        .split()
    )
    assert "provisioner" in loaded
    assert not {"typer", "click", "rich", "boto3", "botocore", "dns", "jinja2", "python_terraform"} & set(loaded)


def test_a_command_that_asks_nothing_of_aws_does_not_load_boto3(python: Callable[..., str]) -> None:
    loaded = (
        python(
            "import sys; from provisioner.cli.frame.app import run; code = run(['list'])\n"
            "print('LOADED', code, *sorted({name.partition('.')[0] for name in sys.modules}))"
        )
        .partition("LOADED ")[2]
        .split()
    )
    assert loaded[0] == "0"
    assert not {"boto3", "botocore", "dns", "moto"} & set(loaded)


def test_help_needs_neither_an_aws_account_nor_a_writable_home(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVISIONER_HOME", "/proc/nowhere")
    assert cli("new-domain", "--help").code == 0
