"""The command lines: what is on stdout, and the exit code."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from fakes.world import World

from provisioner.cli.frame.app import run
from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import ZoneMode
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.usecases.dns.records import records_of
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")

Cli = Callable[..., tuple[int, str]]


@pytest.fixture
def cli(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command line over the world in memory and return its exit code and stdout."""
    monkeypatch.setattr("provisioner.wiring.edges.build", lambda *_: world.edges)
    monkeypatch.setattr("provisioner.wiring.doctor.doctor_edges", lambda *_: world.of_doctor)
    capsys.readouterr()

    def called(*arguments: str) -> tuple[int, str]:
        return run(arguments), capsys.readouterr().out

    return called


@pytest.fixture
def domain(world: World) -> World:
    new_domain(world.edges, EXAMPLE, Asked(region=Region.parse("us-east-1")))
    return world


def document(result: tuple[int, str]) -> Any:
    return json.loads(result[1])


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_failed_check_exits_with_3_and_its_findings_are_one_document(domain: World, cli: Cli) -> None:
    domain.authority.delegates("example.com", *domain.aws.zones[0].name_servers)
    result = cli("dns", "check", "example.com", "--json")
    assert result[0] == 3
    assert document(result)["ok"] is False
    absent = next(f for f in document(result)["findings"] if f["id"] == "record.absent")
    told = {"id", "severity", "subject", "message", "remedy", "reference"}
    assert set(absent) == told | {"evidence", "command", "repairable", "caused_by"}
    assert absent["evidence"]["found"] == []


def test_a_check_without_faults_exits_with_0(domain: World, cli: Cli) -> None:
    domain.authority.delegates("example.com", *domain.aws.zones[0].name_servers)
    for record in records_of(domain.edges, EXAMPLE).records:
        domain.resolver.answers(record.name, record.type, *record.values)
    code, printed = cli("dns", "check", "example.com")
    assert code == 0
    assert "ok       MX bounce.example.com: 10 feedback-smtp.us-east-1.amazonses.com" in printed
    assert "info     TXT _dmarc.example.com: no rua" in printed


def test_a_dry_run_prints_old_and_new_and_changes_nothing(domain: World, cli: Cli) -> None:
    code, printed = cli("dmarc", "set", "example.com", "--policy", "reject", "--dry-run")
    assert code == 3
    assert printed.splitlines() == [
        "example.com: would change",
        "  TXT _dmarc.example.com",
        "  - v=DMARC1; p=none",
        "  + v=DMARC1; p=reject",
        "  note: all else that differs at the domain is put right too, see `provisioner plan example.com`",
    ]
    assert domain.workspaces.spaces["example.com"].kept.request.dmarc is None  # type: ignore[union-attr]  # it was kept above


def test_nothing_is_changed_without_a_confirmation(domain: World, cli: Cli) -> None:
    result = cli("dmarc", "set", "example.com", "--policy", "reject", "--json")
    assert result[0] == 2
    assert document(result)["error"]["code"] == "not_confirmed"


@pytest.mark.parametrize(("answer", "outcome"), [("y\n", (0, "reject")), ("n\n", (2, None))])
def test_on_a_terminal_it_asks(
    domain: World, cli: Cli, monkeypatch: pytest.MonkeyPatch, answer: str, outcome: tuple[int, str | None]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    code, _ = cli("dmarc", "set", "example.com", "--policy", "reject")
    kept = domain.workspaces.spaces["example.com"].kept
    assert (code, kept and kept.request.dmarc) == outcome


def test_advancing_without_evidence_is_refused_with_5(domain: World, cli: Cli) -> None:
    result = cli("dmarc", "advance", "example.com", "--reports", "reports", "--json")
    assert result[0] == 5
    assert document(result)["error"]["code"] == "not_enough_evidence"
    assert "0 messages reported, 100 needed" in document(result)["error"]["message"]


def test_advancing_by_force_goes_one_step(domain: World, cli: Cli) -> None:
    found = document(cli("dmarc", "advance", "example.com", "--force", "--yes", "--json"))
    assert (found["after"], found["applied"], found["evidence"]) == (["v=DMARC1; p=quarantine"], True, None)


def test_the_record_that_applies_is_shown_for_any_domain(world: World, cli: Cli) -> None:
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject; sp=none; rua=mailto:a@example.com")
    code, printed = cli("dmarc", "show", "blog.example.com")
    assert code == 0
    assert "found at: _dmarc.example.com (inherited)" in printed
    assert "policy:   none" in printed
    nothing = cli("dmarc", "show", "example.org")[1]
    assert nothing.startswith("record: none applies\n")
    assert "there is none at the resolver" in nothing
    assert "change it where DNS of example.org is kept" in nothing


def test_for_a_zone_elsewhere_it_says_what_to_publish(world: World, cli: Cli) -> None:
    new_domain(world.edges, EXAMPLE, Asked(region=Region.parse("us-east-1"), zone=ZoneMode.EXTERNAL))
    _, printed = cli("dmarc", "set", "example.com", "--policy", "reject", "--yes")
    assert printed.splitlines()[0] == "example.com: publish this at your DNS host"
    assert cli("dmarc", "tidy", "example.com")[0] == 2


def test_for_a_record_behind_a_cname_it_says_where_it_is_and_asks_nothing(world: World, cli: Cli) -> None:
    new_domain(world.edges, EXAMPLE, Asked(region=Region.parse("us-east-1"), zone=ZoneMode.EXTERNAL))
    world.resolver.answers("_dmarc.example.com", "CNAME", "d.example.net")
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=none")
    code, printed = cli("dmarc", "set", "example.com", "--policy", "reject")
    assert code == 0
    assert printed.splitlines() == [
        "example.com: nothing was changed; change the record where it is kept",
        "  TXT d.example.net",
        "  - v=DMARC1; p=none",
        "  + v=DMARC1; p=reject",
        "  note: _dmarc.example.com is a CNAME, beside which no TXT can stand; it leads to d.example.net",
    ]
