"""`destroy-domain`, and the confirmation that it needs."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential

Cli = Callable[..., Any]


def test_a_domain_is_destroyed_when_told_so(cli: Cli, in_memory: World, provisioned: SmtpCredential) -> None:
    outcome = cli("destroy-domain", "example.com", "--yes")
    assert (outcome.code, outcome.out) == (0, "example.com: destroyed 12 resources\n")
    assert in_memory.store.kept == {}
    assert cli("list", "--json").document == {"domains": []}


def test_a_dry_run_destroys_nothing_and_asks_nothing(cli: Cli, in_memory: World, provisioned: SmtpCredential) -> None:
    outcome = cli("destroy-domain", "example.com", "--dry-run")
    assert (outcome.code, outcome.out) == (3, "example.com: would destroy 12 resources\n")
    assert in_memory.store.kept


def test_destroying_without_a_terminal_needs_the_option(
    cli: Cli, in_memory: World, provisioned: SmtpCredential
) -> None:
    outcome = cli("destroy-domain", "example.com", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "not_confirmed")
    assert "--yes" in outcome.error["hint"]
    assert in_memory.store.kept
    assert in_memory.terraform.applied == 1


def test_a_kept_zone_is_named(cli: Cli, provisioned: SmtpCredential) -> None:
    outcome = cli("destroy-domain", "example.com", "--yes", "--keep-zone", "--json")
    assert outcome.document == {
        "domain": "example.com",
        "changes": {"add": 0, "change": 0, "destroy": 11, "import": 0},
        "kept_zone": "Z1",
    }


DESTROY = """
import sys
from contextlib import nullcontext
sys.path.insert(0, sys.argv[1])
from fakes.world import World
from provisioner.wiring import edges, worlds
from provisioner.cli.frame.app import run
world = World()
edges.build = lambda _settings, _progress: world.edges
worlds.open_domain = lambda _settings, _progress, **_: nullcontext(world.edges)
assert run(["new-domain", sys.argv[2], "--region", "us-east-1", "--json"]) == 0
code = run(["destroy-domain", sys.argv[2]])
print("KEPT", sorted(world.store.kept))
sys.exit(code)
"""


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    ("domain", "typed", "code", "kept"),
    [
        ("example.com", "example.com\n", 0, []),
        ("example.com", " EXAMPLE.com \n", 0, []),
        ("münchen.de", "münchen.de\n", 0, []),
        ("münchen.de", "xn--mnchen-3ya.de\n", 0, []),
        ("example.com", "example.org\n", 2, ["example.com"]),
        ("example.com", "y\n", 2, ["example.com"]),
        ("example.com", "\x03", 130, ["example.com"]),
        ("example.com", "\x04", 130, ["example.com"]),
    ],
)
def test_on_a_terminal_the_name_must_be_typed(
    on_a_terminal: Callable[[list[str], str, str], tuple[int, str]], domain: str, typed: str, code: int, kept: list[str]
) -> None:
    command = [sys.executable, "-c", DESTROY, str(Path(__file__).parents[2]), domain]
    status, shown = on_a_terminal(command, "Type its name to go on", typed)
    assert f"KEPT {kept}" in shown
    assert status == code
    assert "Traceback" not in shown
