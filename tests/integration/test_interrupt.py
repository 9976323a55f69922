"""Ctrl-C and SIGTERM in the middle of an apply: a consistent state, no orphans, and the same command completes it."""

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from integration.harness import Ran, Site
from twice import answered_alike

IN_FLIGHT = "aws_iam_user_policy.send_as_domain: Creation complete"  # the zone's own 15 seconds have just begun
ONE_OF_EACH = {"zones": 1, "identities": 1, "sets": 1, "users": 1, "keys": 1}


@dataclass(frozen=True)
class Interrupted:
    """A run that was interrupted during its apply, what was left then, and the run that completed it."""

    domain: str
    ran: Ran
    orphans: list[str]
    in_state: set[str]
    owned: dict[str, int]
    log: str
    completed: Any


@pytest.fixture(scope="module")
def interrupted(site: Site) -> dict[int, Interrupted]:
    """Both signals, each for a domain of its own, by signal."""
    wanted = {signal.SIGINT: "example.com", signal.SIGTERM: "example.org"}
    with answered_alike(), ThreadPoolExecutor(2) as pool:
        return dict(zip(wanted, pool.map(lambda item: interrupt(site, *item), wanted.items()), strict=True))


def interrupt(site: Site, number: int, domain: str) -> Interrupted:
    process = site.start("new-domain", domain, "--json")
    process.wait_for(IN_FLIGHT)
    started = of_root(site, domain)
    assert any("apply" in line for line in started.values())
    process.signal(number)
    ran = process.end()
    root = site.home / "domains" / domain
    return Interrupted(
        domain,
        ran,
        [line for pid, line in of_root(site, domain).items() if pid in started],
        resources(root),
        site.owned(domain),
        (root / "logs" / "apply.log").read_text(),
        site.run("new-domain", domain, "--json").expect(0).document,
    )


def of_root(site: Site, domain: str) -> dict[int, str]:
    """Return the processes that work in a domain's directory: Terraform and its provider."""
    found = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if (path / "cwd").readlink() == (site.home / "domains" / domain).resolve():
                found[int(path.name)] = (path / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue  # it ended meanwhile
    return found


def resources(root: Path) -> set[str]:
    return {resource["type"] for resource in json.loads((root / "terraform.tfstate").read_text())["resources"]}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_exits_with_130_and_says_that_the_same_command_goes_on(
    interrupted: dict[int, Interrupted], number: int
) -> None:
    ran = interrupted[number].ran
    assert ran.code == 130
    assert ran.error["code"] == "interrupted"
    assert "same command" in ran.error["hint"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_terraform_is_interrupted_exactly_once(interrupted: dict[int, Interrupted], number: int) -> None:
    log = interrupted[number].log
    assert log.count("Interrupt received") == 1
    assert "Two interrupts received" not in log


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_no_process_is_left_over(interrupted: dict[int, Interrupted], number: int) -> None:
    assert interrupted[number].orphans == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_state_knows_what_was_made(interrupted: dict[int, Interrupted], number: int) -> None:
    left = interrupted[number]
    made = {"aws_sesv2_configuration_set", "aws_sesv2_email_identity", "aws_iam_user", "aws_iam_user_policy"}
    assert left.in_state >= made | ({"aws_route53_zone"} if left.owned["zones"] else set())
    assert left.owned == ONE_OF_EACH | {"zones": left.owned["zones"], "keys": 0}
    assert "aws_route53_record" not in left.in_state


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_same_command_completes_it_with_one_of_everything(
    interrupted: dict[int, Interrupted], number: int, site: Site
) -> None:
    left = interrupted[number]
    assert left.completed["changed"] is True
    assert site.owned(left.domain) == ONE_OF_EACH
    assert site.zones(left.domain) == [left.completed["zone"]["id"]]
    assert len(site.record_sets(left.completed["zone"]["id"])) == 7


def test_an_interrupt_before_anything_is_made_leaves_nothing(site: Site) -> None:
    process = site.start("new-domain", "example.net", "--json")
    process.wait_for("planning")
    process.signal(signal.SIGINT)
    ran = process.end()
    assert (ran.code, ran.error["code"]) == (130, "interrupted")
    assert site.owned("example.net") == dict.fromkeys(ONE_OF_EACH, 0)
    assert of_root(site, "example.net") == {}
