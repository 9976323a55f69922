"""A policy that is against all mail of the domain is an error before what that comes from."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import SimpleNamespace

import pytest
from fakes.aws import TOKENS
from fakes.dns import FakeResolver

from provisioner.core.checks.observed import Observed
from provisioner.core.checks.own_mail import check
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.records import dkim_records

Build = Callable[..., Observed]
SUFFIX = "dkim.amazonses.com"
NAMES = [f"{token}._domainkey.example.com" for token in TOKENS]

SES = IdentityStatus("arn", True, "SUCCESS", "SUCCESS", TOKENS, SUFFIX, "bounce.example.com", "FAILED", None, {})


def found(build: Build, status: IdentityStatus, records: Mapping[tuple[str, str], str], text: str) -> list[Finding]:
    resolver = FakeResolver().answers("_dmarc.example.com", "TXT", text)
    for (name, rtype), value in records.items():
        resolver.answers(name, rtype, value)
    return list(check(build(identity=status, dns=SimpleNamespace(holds=resolver.lookup))))


@pytest.mark.parametrize("policy", ["reject", "quarantine"])
def test_neither_dkim_nor_mail_from(observed: Build, policy: str) -> None:
    (finding,) = found(observed, SES, {}, f"v=DMARC1; p={policy}")
    assert (finding.id, finding.severity) == ("dmarc.rejects_own_mail", Severity.ERROR)
    assert finding.subject == "TXT _dmarc.example.com"
    assert finding.command == ("dmarc", "set", "example.com", "--policy", "none")


@pytest.mark.parametrize(
    "records",
    [
        {(NAMES[2], "CNAME"): f"{TOKENS[2]}.{SUFFIX}"},
        {(NAMES[0], "CNAME"): "key.corp.example", (NAMES[0], "TXT"): "p=MIGf"},
        {(NAMES[0], "TXT"): "p=MIGf"},
    ],
)
def test_one_signature_that_can_be_verified_is_enough(observed: Build, records: Mapping[tuple[str, str], str]) -> None:
    assert found(observed, SES, records, "v=DMARC1; p=reject") == []


@pytest.mark.parametrize(
    ("status", "text", "rejects"),
    [
        (SES, "v=DMARC1; p=none", False),
        (SES, "v=DMARC1; p=quarantine; t=y", False),
        (SES, "v=spf1 -all", False),
        (replace(SES, mail_from_status="SUCCESS"), "v=DMARC1; p=reject", False),
        (replace(SES, mail_from_status="SUCCESS"), "v=DMARC1; p=reject; aspf=s", True),
        (replace(SES, dkim_tokens=(), signing_origin="EXTERNAL"), "v=DMARC1; p=reject", False),
        (replace(SES, dkim_tokens=(), dkim_status="FAILED"), "v=DMARC1; p=reject", True),
    ],
)
def test_it_depends_on_what_receivers_are_asked_for(
    observed: Build, status: IdentityStatus, text: str, rejects: bool
) -> None:
    assert bool(found(observed, status, {}, text)) is rejects


def test_mail_that_is_not_signed_is_none_whatever_stands_in_dns(observed: Build) -> None:
    right = dkim_records(observed().spec.domain, TOKENS, SUFFIX)
    records = {(record.name, "CNAME"): record.values[0] for record in right}
    (finding,) = found(observed, replace(SES, signing_enabled=False), records, "v=DMARC1; p=reject")
    assert finding.id == "dmarc.rejects_own_mail"


def test_what_dns_does_not_say_is_no_fault(observed: Build) -> None:
    resolver = FakeResolver().answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject").times_out(NAMES[1], "CNAME")
    assert list(check(observed(identity=SES, dns=SimpleNamespace(holds=resolver.lookup)))) == []


def test_without_an_identity_there_is_no_mail(observed: Build) -> None:
    assert list(check(observed(identity=None, dns=SimpleNamespace(holds=FakeResolver().lookup)))) == []
