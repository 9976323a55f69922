"""Every AWS call of a provision and a destroy fails once, in five ways: runs succeed or fail clean, then complete."""

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from integration.harness import Ran, Site
from integration.relay import RESET, Onwards, Reply, Request, refused, relay_to

from provisioner.sandbox.http.errors import speaks_json

pytestmark = pytest.mark.timeout(1800)  # the first test of a kind waits for its whole story

SEED = 4
MOST_RUNS = 8  # until a verb is through
SILENCE = 2.0  # seconds until a connection on which no answer comes is closed
PATIENT = 31.0  # one that is longer than our own client waits
OFTEN = ("route53:GetHostedZone", "route53:GetChange", "route53:ChangeResourceRecordSets")
ONE_OF_EACH = {"zones": 1, "identities": 1, "sets": 1, "users": 1, "keys": 1}
SKEWED = "Signature expired: 20260101T080000Z is now earlier than 20260101T085500Z (20260101T090000Z - 5 min.)"

Kind = Callable[[Request, Onwards], Reply]


def throttled(request: Request, _: Onwards) -> Reply:
    code = "TooManyRequestsException" if speaks_json(request.service) else "Throttling"
    return refused(request, 429 if speaks_json(request.service) else 400, code, "Rate exceeded")


def failed_inside(request: Request, _: Onwards) -> Reply:
    return refused(request, 503, "ServiceUnavailable", "Service is unavailable")


def reset(_: Request, __: Onwards) -> Reply:
    return RESET


def answer_lost(_: Request, onwards: Onwards) -> Reply:
    onwards()
    return RESET


def timed_out(request: Request, onwards: Onwards) -> Reply:
    onwards()
    time.sleep(PATIENT if request.operation == "iam:ListAccessKeys" else SILENCE)
    return RESET


KINDS: Mapping[str, Kind] = {
    "throttled": throttled,
    "failed-inside": failed_inside,
    "reset": reset,
    "answer-lost": answer_lost,
    "timed-out": timed_out,
}


@dataclass
class Faults:
    """One kind of fault, once for each operation and each of its two callers: our own client, and the provider's."""

    kind: Kind
    random: random.Random
    injected: list[str] = field(default_factory=list)
    spared: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def meddle(self, request: Request, onwards: Onwards) -> Reply:
        """Let the call of the seed's choice fail, and all others pass."""
        return self.kind(request, onwards) if self._is_due(request) else onwards()

    def _is_due(self, request: Request) -> bool:
        name = f"{request.operation} of {'boto3' if request.from_boto else 'the provider'}"
        with self.lock:
            if name not in self.spared:
                self.spared[name] = self.random.randrange(3) if request.operation in OFTEN else 0
            self.spared[name] -= 1
            if self.spared[name] != -1:
                return False
            self.injected.append(name)
            return True


@dataclass(frozen=True)
class Verb:
    """One verb, repeated until it is through: its runs, the faults injected in each, and what AWS holds then."""

    runs: list[tuple[Ran, list[str]]]
    owned: dict[str, int]

    @property
    def injected(self) -> list[str]:
        """All faults of the verb."""
        return [name for _, injected in self.runs for name in injected]


@dataclass(frozen=True)
class Story:
    """A domain that was provisioned and destroyed under one kind of fault, with the SMTP login between."""

    provision: Verb
    logged_in: bool
    records: int
    destroy: Verb


@pytest.fixture(scope="module")
def stories(site: Site) -> Iterator[dict[str, Future[Story]]]:
    with ThreadPoolExecutor(len(KINDS)) as pool:
        yield {name: pool.submit(told, site, name) for name in KINDS}


def told(site: Site, name: str) -> Story:
    domain = f"{name}.com"
    provision = repeated(site, name, domain, "new-domain", domain, "--json")
    zones = site.zones(domain)
    records = len(site.record_sets(zones[0])) if zones else 0
    smtp: Any = provision.runs[-1][0].document.get("smtp", {})
    logged_in = bool(smtp.get("password")) and site.login(smtp["user_name"], smtp["password"]).quit()[0] == 221
    destroy = repeated(site, name, domain, "destroy-domain", domain, "--yes", "--yes-it-sends", "--json")
    return Story(provision, logged_in, records, destroy)


def repeated(site: Site, name: str, domain: str, *command: str) -> Verb:
    faults = Faults(KINDS[name], random.Random(f"{SEED} {name} {command[0]}"))  # noqa: S311 - no secret
    runs: list[tuple[Ran, list[str]]] = []
    with relay_to(site.sandbox.addresses.aws, faults.meddle) as relay:
        while len(runs) < MOST_RUNS and (not runs or runs[-1][0].code):
            before = len(faults.injected)
            ran = site.run(*command, AWS_ENDPOINT_URL=relay.url)
            runs.append((ran, faults.injected[before:]))
    return Verb(runs, site.owned(domain))


def check(verb: Verb) -> None:
    """Each run succeeded or failed clean, and one in which nothing failed succeeded."""
    for ran, injected in verb.runs:
        assert ran.code in (0, 1), f"exit {ran.code}\n{ran.stdout}\n{ran.stderr}"
        assert ran.code == 0 or injected, f"failed without a fault\n{ran.stderr}"
        if ran.code:
            assert ran.error["code"] != "defect", ran.error
            assert ran.error["hint"], ran.error
    assert verb.runs[-1][0].code == 0, verb.runs[-1][0].stderr


@pytest.mark.parametrize("kind", KINDS)
def test_provisioning_succeeds_or_fails_clean_and_then_completes(stories: dict[str, Future[Story]], kind: str) -> None:
    story = stories[kind].result()
    check(story.provision)
    assert story.provision.owned == ONE_OF_EACH
    assert story.records == 7
    assert story.logged_in


@pytest.mark.parametrize("kind", KINDS)
def test_destroying_succeeds_or_fails_clean_and_then_leaves_nothing(
    stories: dict[str, Future[Story]], kind: str, site: Site
) -> None:
    story = stories[kind].result()
    check(story.destroy)
    assert story.destroy.owned == dict.fromkeys(ONE_OF_EACH, 0)
    assert not (site.home / "domains" / f"{kind}.com").exists()
    assert not (site.home / "credentials" / f"{kind}.com").exists()


def test_every_operation_of_both_callers_has_failed(stories: dict[str, Future[Story]]) -> None:
    told = {kind: story.result() for kind, story in stories.items()}
    verbs = [verb for story in told.values() for verb in (story.provision, story.destroy)]
    runs = [ran for verb in verbs for ran, injected in verb.runs if injected]
    through = sum(ran.code == 0 for ran in runs)
    injected = sum(len(verb.injected) for verb in verbs)
    print(
        f"{injected} faults injected (seed {SEED}) in {len(runs)} runs: {through} succeeded in spite of them, "
        f"{len(runs) - through} failed clean and were completed by the same command",
        file=sys.__stderr__,
    )
    for story in told.values():
        names = {*story.provision.injected, *story.destroy.injected}
        assert {name.partition(":")[0] for name in names} >= {"iam", "route53", "sesv2", "sts"}
        assert "iam:CreateAccessKey of boto3" in names
        assert "route53:CreateHostedZone of the provider" in names
        assert "sesv2:DeleteEmailIdentity of the provider" in names


@pytest.mark.parametrize("of_boto", [True, False], ids=["seen by us", "seen by Terraform"])
def test_a_clock_that_is_wrong_by_an_hour_is_named_as_the_cause(site: Site, of_boto: bool) -> None:
    def meddle(request: Request, onwards: Onwards) -> Reply:
        if request.from_boto is of_boto:
            return refused(request, 403, "SignatureDoesNotMatch", SKEWED)
        return onwards()

    with relay_to(site.sandbox.addresses.aws, meddle) as relay:
        ran = site.run("new-domain", "clock.com", "--json", AWS_ENDPOINT_URL=relay.url).expect(1)
    assert ran.error["code"] == "clock_skew"
    assert "clock" in ran.error["hint"]
    assert site.owned("clock.com") == dict.fromkeys(ONE_OF_EACH, 0)
