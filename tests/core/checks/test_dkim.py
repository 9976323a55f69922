"""The records of DKIM together: one fault is one finding, and what is so at some servers only is not so everywhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from fakes.aws import TOKENS, identity
from fakes.internet import SERVERS, FakeInternet, settled

from provisioner.core.checks import dkim
from provisioner.core.checks.catalogue import Area, Check, diagnose
from provisioner.core.checks.observed import Observed, Unseen
from provisioner.core.findings import Finding
from provisioner.core.mail_domain.identity import IdentityStatus

Build = Callable[..., Observed]
WELL = identity("example.com", "SUCCESS")
NAMES = [f"{token}._domainkey.example.com" for token in TOKENS]
RIGHT: Mapping[tuple[str, str], Sequence[str]] = {
    (name, "CNAME"): [f"{token}.dkim.amazonses.com"] for name, token in zip(NAMES, TOKENS, strict=True)
}
CHECKS = [Check("DKIM", Area.RECORDS, frozenset(), dkim.check)]


def zone(records: Mapping[tuple[str, str], Sequence[str]] = RIGHT) -> FakeInternet:
    return FakeInternet().zone("example.com", records)


def told(observed: Build, internet: FakeInternet, status: IdentityStatus = WELL, **facts: Any) -> tuple[Finding, ...]:
    found = settled(internet, lambda dns: diagnose(observed(identity=status, dns=dns, **facts), CHECKS))
    return tuple(one for one in found if one.severity != "ok" and one.caused_by is None)


def ids(findings: Sequence[Finding]) -> list[str]:
    return [one.id for one in findings]


def test_three_right_ones_are_no_finding(observed: Build) -> None:
    assert told(observed, zone()) == ()


def test_a_proxy_before_all_of_them_is_one_finding_with_every_name(observed: Build) -> None:
    (finding,) = told(observed, zone({(name, "A"): ["104.21.0.1"] for name in NAMES}))
    assert (finding.id, finding.subject) == ("dkim.proxied", "DKIM of example.com")
    assert all(name in finding.message for name in NAMES)


def test_what_one_server_lacks_is_not_gone(observed: Build) -> None:
    internet = zone()
    for name in NAMES:
        internet.says(SERVERS[0], name, "CNAME")
    findings = told(observed, internet)
    assert ids(findings) == ["record.absent"] * 3
    assert all("at 1 of 4" in one.message for one in findings)


@pytest.mark.parametrize(
    ("published", "found"),
    [
        ((), "dkim.all_absent"),
        (TOKENS, "dkim.all_absent"),
        (("d" * 32, "e" * 32, "f" * 32), "dkim.stale_tokens"),
        (Unseen("zone", "access_denied", "no"), "dkim.all_absent"),
    ],
    ids=["none in our zone", "ours, and not public", "of another identity", "nobody could look"],
)
def test_where_all_are_missing_the_zone_says_why(observed: Build, published: Any, found: str) -> None:
    assert ids(told(observed, zone({}), published_tokens=published)) == [found]


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ({(NAMES[0], "TXT"): ["p=MIGf"]}, ["dkim.txt_instead"]),
        ({(NAMES[0], "TXT"): ["p=MIGf"], (NAMES[0], "A"): ["192.0.2.1"]}, ["dkim.txt_instead"]),
        ({(NAMES[0], "AAAA"): ["2001:db8::1"]}, ["dkim.proxied"]),
        ({(NAMES[0], "TXT"): ["hello"]}, ["record.absent"]),
        ({("*.example.com", "A"): ["192.0.2.1"]}, ["record.absent"]),
        ({("*.example.com", "TXT"): ["p=MIGf"]}, ["record.absent"]),
        ({(NAMES[0], "CNAME"): ["elsewhere.example"]}, ["record.wrong"]),
    ],
    ids=[
        "a key", "a key behind a flattened name", "an address", "another text", "a wildcard's address",
        "a wildcard's text", "another alias",
    ],
)  # fmt: skip  # a table
def test_what_stands_in_the_place_of_one_is_named(
    observed: Build, records: Mapping[tuple[str, str], Sequence[str]], found: list[str]
) -> None:
    others = {key: values for key, values in RIGHT.items() if key[0] != NAMES[0]}
    assert ids(told(observed, zone({**others, **records}))) == found


@pytest.mark.parametrize(("state", "severity"), [("SUCCESS", "info"), ("PENDING", "warning")])
def test_an_alias_that_leads_there_by_another_is_judged_by_what_ses_makes_of_it(
    observed: Build, state: str, severity: str
) -> None:
    between = {(NAMES[0], "CNAME"): ["dkim.example.com"], ("dkim.example.com", "CNAME"): RIGHT[NAMES[0], "CNAME"]}
    (finding,) = told(observed, zone({**RIGHT, **between}), replace(WELL, dkim_status=state))
    assert (finding.id, finding.severity) == ("dkim.indirect", severity)


def test_aliases_in_a_circle_are_only_wrong(observed: Build) -> None:
    circle = {(NAMES[0], "CNAME"): ["a.example.com"], ("a.example.com", "CNAME"): ["a.example.com"]}
    assert ids(told(observed, zone({**RIGHT, **circle}))) == ["record.wrong"]
