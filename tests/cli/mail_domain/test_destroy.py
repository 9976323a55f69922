"""`destroy-domain`, and the confirmation that it needs."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.mail_domain.records import Record

Cli = Callable[..., Any]

WHERE = "(account 123456789012, us-east-1)"


def test_a_domain_is_destroyed_when_told_so(cli: Cli, in_memory: World, provisioned: SmtpCredential) -> None:
    outcome = cli("destroy-domain", "example.com", "--yes")
    assert (outcome.code, outcome.out) == (0, f"example.com: destroyed 13 resources and 1 access key {WHERE}\n")
    assert in_memory.store.kept == {}
    assert cli("list", "--json").document == {"domains": []}


def test_a_dry_run_destroys_nothing_and_asks_nothing(cli: Cli, in_memory: World, provisioned: SmtpCredential) -> None:
    outcome = cli("destroy-domain", "example.com", "--dry-run")
    assert outcome.code == 3
    head, *lines = outcome.out.splitlines()
    assert head == f"example.com: would destroy 13 resources and 1 access key {WHERE}"
    assert len(lines) == 14
    assert all(line.startswith("  - ") for line in lines)
    key = in_memory.store.kept["example.com"].user_name
    assert lines[-1] == f"  - access key {key} of IAM user example.com"
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
    (entry,) = outcome.document["domains"]
    assert len(entry.pop("plan")) == 12
    assert entry == {
        "domain": "example.com",
        "account": "123456789012",
        "region": "us-east-1",
        "destroyed": True,
        "changes": {"add": 0, "change": 0, "destroy": 12, "import": 0},
        "kept_zone": "Z1",
        "access_keys": [{"iam_user": "example.com", "id": provisioned.user_name}],
        "records": [],
        "next_steps": [],
        "error": None,
    }


def test_a_hint_with_options_of_another_command_names_that_command(
    cli: Cli, in_memory: World, provisioned: SmtpCredential
) -> None:
    in_memory.terraform.state.clear()
    in_memory.aws.user_tags["example.com"] = {}
    outcome = cli("destroy-domain", "example.com", "--yes", "--json")
    assert (outcome.code, outcome.error["code"]) == (5, "not_ours")
    assert outcome.error["hint"].endswith("(--take-over: of `provisioner new-domain`)")


def test_what_is_left_to_do_by_hand_is_told_before_and_after(
    cli: Cli, in_memory: World, provisioned: SmtpCredential
) -> None:
    in_memory.authority.delegates("example.com", *in_memory.aws.zones[0].name_servers)
    for outcome in (cli("destroy-domain", "example.com", "--dry-run"), cli("destroy-domain", "example.com", "--yes")):
        assert "Next steps\n  1. the zone above refers example.com to ns-1.z1.net" in outcome.out


def test_a_signed_zone_is_refused_before_anything_goes(cli: Cli, in_memory: World, provisioned: SmtpCredential) -> None:
    in_memory.aws.signing_keys["Z1"] = ["first"]
    outcome = cli("destroy-domain", "example.com", "--yes", "--json")
    assert (outcome.code, outcome.error["code"]) == (5, "zone_signed")
    assert in_memory.store.kept


@pytest.mark.parametrize("options", [(), ("--keep-zone",)])
def test_what_is_said_beforehand_is_what_happens(
    cli: Cli, provisioned: SmtpCredential, options: tuple[str, ...]
) -> None:
    (said,) = cli("destroy-domain", "example.com", "--dry-run", "--json", *options).document["domains"]
    (done,) = cli("destroy-domain", "example.com", "--yes", "--json", *options).document["domains"]
    assert (said.pop("destroyed"), done.pop("destroyed")) == (False, True)
    assert said == done


def test_what_is_neither_here_nor_on_aws_needs_nothing(cli: Cli, in_memory: World, provisioned: SmtpCredential) -> None:
    cli("destroy-domain", "example.com", "--yes")
    again = cli("destroy-domain", "example.com", "--yes")
    assert (again.code, again.out) == (
        0,
        f"example.com: nothing to do, neither this home nor SES knows it {WHERE}\n",
    )
    assert cli("destroy-domain", "example.com", "--dry-run").code == 0
    (entry,) = cli("destroy-domain", "example.com", "--yes", "--json").document["domains"]
    assert (entry["destroyed"], entry["changes"]["destroy"]) == (False, 0)


def test_a_zone_that_was_kept_is_no_reason_to_fail_the_next_time(cli: Cli, provisioned: SmtpCredential) -> None:
    assert cli("destroy-domain", "example.com", "--yes", "--keep-zone").code == 0
    again = cli("destroy-domain", "example.com", "--yes")
    assert again.code == 0
    assert again.out.endswith("; zone Z1 of ours stands: it was kept, or a run died\n")


def test_without_a_region_nobody_can_say_that_a_domain_is_not_on_aws(
    cli: Cli, in_memory: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION")
    outcome = cli("destroy-domain", "example.com", "--yes", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "no_region")


def test_several_domains_are_destroyed_and_one_that_fails_does_not_keep_the_others(
    cli: Cli, in_memory: World, provisioned: SmtpCredential
) -> None:
    assert cli("new-domain", "b.com").code == cli("new-domain", "c.com").code == 0
    zone = next(zone.id for zone in in_memory.aws.zones if zone.name == "b.com")
    in_memory.aws.sets[zone].append(Record("www.b.com", "A", 60, ("192.0.2.1",)))
    outcome = cli("destroy-domain", "example.com", "b.com", "c.com", "C.com", "--yes", "--json")
    assert outcome.code == 4
    ended = {entry["domain"]: (entry["destroyed"], entry["error"] and entry["error"]["code"]) for entry in
             outcome.document["domains"]}  # fmt: skip  # one line of a table
    assert ended == {"example.com": (True, None), "b.com": (False, "zone_holds_records"), "c.com": (True, None)}
    assert set(in_memory.store.kept) == {"b.com"}
    assert cli("destroy-domain", "b.com", "--yes").code == 5


def test_the_domains_of_a_manifest_are_destroyed(cli: Cli, in_memory: World, provisioned: SmtpCredential) -> None:
    Path("leaving.yaml").write_text("domains: [example.com, gone.com]")
    dry = cli("destroy-domain", "--manifest", "leaving.yaml", "--dry-run", "--json")
    assert (dry.code, [entry["domain"] for entry in dry.document["domains"]]) == (3, ["example.com", "gone.com"])
    assert cli("destroy-domain", "--manifest", "leaving.yaml", "--yes").code == 0
    assert in_memory.store.kept == {}


def test_without_a_domain_there_is_nothing_to_do(cli: Cli, in_memory: World) -> None:
    outcome = cli("destroy-domain", "--yes", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "no_domain")


@pytest.fixture(scope="module")
def loaded() -> Iterator[subprocess.Popen[str]]:
    """`destroy-domain`, loaded, for a fork to each test."""
    tests = Path(__file__).parents[2]
    command, path = [sys.executable, str(Path(__file__).with_name("destroying.py"))], f"{tests}:{tests.parent}"
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as process:
        assert process.stdout is not None
        while process.stdout.readline() != "ready\n":
            assert process.poll() is None
        yield process


@pytest.fixture
def destroy_on_a_terminal(
    loaded: subprocess.Popen[str], home: Path, watch: Callable[[int, int, str, str], str]
) -> Callable[[str, str], tuple[int, str]]:
    """Destroy a domain on a terminal of its own, type when asked; the exit code and what was to be seen."""

    def call(domain: str, typed: str) -> tuple[int, str]:
        assert loaded.stdin is not None
        assert loaded.stdout is not None
        ours, theirs = os.openpty()
        asked = {"terminal": os.ttyname(theirs), "environment": dict(os.environ), "folder": str(Path.cwd())}
        loaded.stdin.write(json.dumps({**asked, "domain": domain}) + "\n")
        loaded.stdin.flush()
        pid = int(loaded.stdout.readline())
        os.close(theirs)
        shown = watch(ours, pid, "Type its name to go on", typed)
        code = int(loaded.stdout.readline())
        os.close(ours)
        return code, shown

    return call


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
    destroy_on_a_terminal: Callable[[str, str], tuple[int, str]], domain: str, typed: str, code: int, kept: list[str]
) -> None:
    status, shown = destroy_on_a_terminal(domain, typed)
    assert f"KEPT {kept}" in shown
    assert "  - access key AKIA" in shown.partition("Type its name")[0]
    assert "account 123456789012, us-east-1" in shown.partition("Type its name")[0]
    assert status == code
    assert "Traceback" not in shown
