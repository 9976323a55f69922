"""SIGKILL at many moments: the same command afterwards ends with one of everything and a credential that works."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from integration.harness import Process, Ran, Site, wait_until
from integration.relay import RESET, Onwards, Reply, Request, relay_to

pytestmark = pytest.mark.timeout(1800)  # the first test waits for all cases

AT_A_TIME = 6
ONE_OF_EACH = {"zones": 1, "identities": 1, "sets": 1, "users": 1, "keys": 1}
RECORDS = 7


@dataclass(frozen=True)
class Moment:
    """When to kill: `step` on stderr, a `file` below the home, or an AWS `call`, before or after it is carried out."""

    name: str
    step: str | None = None
    file: str | None = None
    call: tuple[str, int] | None = None
    after: bool = False


CALLS = (  # the operation, the how manieth of its kind, and whether AWS has carried it out when the run dies
    ("sts:GetCallerIdentity", 1, False),
    ("route53:CreateHostedZone", 1, False),
    ("route53:CreateHostedZone", 1, True),
    ("route53:GetChange", 1, True),
    ("route53:ChangeTagsForResource", 1, False),
    ("route53:ChangeTagsForResource", 1, True),
    ("sesv2:CreateConfigurationSet", 1, True),
    ("sesv2:CreateEmailIdentity", 1, False),
    ("sesv2:CreateEmailIdentity", 1, True),
    ("sesv2:PutEmailIdentityMailFromAttributes", 1, True),
    ("iam:CreateUser", 1, True),
    ("iam:PutUserPolicy", 1, True),
    ("route53:ChangeResourceRecordSets", 1, True),
    ("route53:ChangeResourceRecordSets", 4, True),
    ("route53:ChangeResourceRecordSets", 7, True),
    ("iam:ListAccessKeys", 1, True),
    ("iam:CreateAccessKey", 1, False),
    ("iam:CreateAccessKey", 1, True),
    ("iam:CreateAccessKey", 1, True),  # once with the workspace kept, once with it lost
)
MOMENTS = [
    Moment("planning", step=": planning"),
    Moment("planned", file="domains/{domain}/provisioner.tfplan"),
    Moment("applying", step="applying"),
    Moment("1 of 13", step="[1/13]"),
    Moment("5 of 13", step="[5/13]"),
    Moment("10 of 13", step="[10/13]"),
    Moment("13 of 13", step="[13/13]"),
    Moment("key intended", file="domains/{domain}/key-intent.json"),
    Moment("key stored", file="credentials/{domain}/smtp.json"),
    *(Moment(f"{c} {n} {'done' if after else 'asked'}", call=(c, n), after=after) for c, n, after in CALLS),
]


@dataclass(frozen=True)
class Case:
    """A moment; whether Terraform dies with us or goes on alone, and whether the workspace is lost on top of it."""

    number: int
    moment: Moment
    terraform_too: bool
    lose_workspace: bool

    @property
    def domain(self) -> str:
        return f"killed-{self.number}.com"

    def __str__(self) -> str:
        who = "all" if self.terraform_too else "us"
        return f"{self.moment.name}, {who}{', workspace lost' if self.lose_workspace else ''}"


CASES = [
    Case(number, moment, terraform_too=number % 3 != 0, lose_workspace=number % 2 == 1)
    for number, moment in enumerate(MOMENTS)
]


@dataclass(frozen=True)
class Outcome:
    """The run that was killed, what it left, the same command again, and how everything stands after it."""

    killed: Ran
    left: dict[str, int]
    again: Ran
    owned: dict[str, int]
    records: int
    planned: Ran


@pytest.fixture(scope="module")
def outcomes(site: Site, request: pytest.FixtureRequest) -> Iterator[dict[int, Future[Outcome]]]:
    """All cases that were selected, played at the same time."""
    found = [getattr(item, "callspec", None) for item in request.session.items]
    selected = {spec.params["outcome"].number for spec in found if spec and "outcome" in spec.params}
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield {case.number: pool.submit(played, site, case) for case in CASES if case.number in selected}


def played(site: Site, case: Case) -> Outcome:
    with killed_run(site, case) as killed:
        left = site.owned(case.domain)
        if case.lose_workspace:
            wait_until(lambda: not processes(site, case.domain))  # the directory is theirs as long as they live
            rmtree(site.home / "domains" / case.domain, ignore_errors=True)
        again = site.run("new-domain", case.domain, "--json")  # at once: it has to wait for an orphan itself
    zones = site.zones(case.domain)
    records = len(site.record_sets(zones[0])) if zones else 0
    planned = site.run("plan", case.domain, "--json")
    return Outcome(killed, left, again, site.owned(case.domain), records, planned)


@contextmanager
def killed_run(site: Site, case: Case) -> Iterator[Ran]:
    """Start the command and kill it at its moment; a Terraform that lives on can reach AWS until the block ends."""
    running: list[Process] = []
    started, dead = threading.Event(), threading.Event()

    def kill() -> None:
        started.wait()
        if not dead.is_set():
            kill_all(site, case, running[0])
            dead.set()

    def meddle(request: Request, onwards: Onwards) -> Reply:
        if dead.is_set() and case.terraform_too:
            return RESET
        if dead.is_set() or (request.operation, request.number) != case.moment.call:
            return onwards()
        if case.moment.after:
            onwards()
        kill()
        return RESET

    with relay_to(site.sandbox.addresses.aws, meddle) as relay:
        running.append(site.start("new-domain", case.domain, "--json", AWS_ENDPOINT_URL=relay.url))
        started.set()
        if case.moment.call is None:
            watch(site, case, running[0])
            kill()
        yield running[0].end()


def watch(site: Site, case: Case, process: Process) -> None:
    moment = case.moment
    if moment.step is not None:
        process.wait_for(moment.step)
    if moment.file is not None:
        path = site.home / moment.file.format(domain=case.domain)
        end = time.monotonic() + 300
        while not path.exists() and time.monotonic() < end:
            time.sleep(0.001)


def kill_all(site: Site, case: Case, process: Process) -> None:
    """Kill our process group, and in part of the cases that of Terraform and its provider."""
    groups = {process.pid}
    if case.terraform_too:
        groups |= {os.getpgid(pid) for pid in processes(site, case.domain)}
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def processes(site: Site, domain: str) -> list[int]:
    """Return the processes that work in a domain's directory: Terraform and its provider."""
    root, found = (site.home / "domains" / domain).resolve(), []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (path / "cwd").readlink() == root and (path / "cmdline").read_bytes():
                found.append(int(path.name))
    return found


@pytest.fixture(params=CASES, ids=str)
def outcome(request: pytest.FixtureRequest, outcomes: dict[int, Future[Outcome]]) -> tuple[Case, Outcome]:
    case: Case = request.param
    return case, outcomes[case.number].result()


def test_the_same_command_ends_in_the_one_desired_state(outcome: tuple[Case, Outcome], site: Site) -> None:
    case, done = outcome
    assert done.killed.code == -signal.SIGKILL, done.killed
    document: Any = done.again.expect(0).document
    assert done.owned == ONE_OF_EACH, done.left
    assert done.records == RECORDS
    assert done.planned.expect(0).document["changes"] == dict.fromkeys(("add", "change", "destroy", "import"), 0)
    lost = document["smtp"]["password"] is None
    if lost:
        assert case.lose_workspace, "only a lost workspace may cost a key"
        assert any(key in step for step in document["next_steps"] for key in site.keys(case.domain))
    else:
        assert site.keys(case.domain) == [document["smtp"]["user_name"]]
        site.login(document["smtp"]["user_name"], document["smtp"]["password"]).quit()


def test_of_all_moments_only_those_between_making_and_storing_a_key_cost_its_secret(
    outcomes: dict[int, Future[Outcome]],
) -> None:
    documents = [outcome.result().again.expect(0).document for outcome in outcomes.values()]
    lost = [document["domain"] for document in documents if document["smtp"]["password"] is None]
    print(f"{len(documents)} moments killed, {len(lost)} keys lost with their workspace and said", file=sys.__stderr__)
    moments = {case.domain: case.moment.name for case in CASES}
    assert {moments[domain] for domain in lost} <= {"iam:CreateAccessKey 1 done", "key intended"}
