"""How far SES is, by what it says of itself and by when it says it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fakes.aws import identity

from provisioner.core.checks import ses_view
from provisioner.core.checks.catalogue import Area, Check, diagnose
from provisioner.core.checks.observed import Observed
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.identity import IdentityStatus, LastLook, SigningKey

Build = Callable[..., Observed]
NOW = datetime(2026, 11, 28, tzinfo=UTC)
WELL = identity("example.com", "SUCCESS")
PENDING = replace(WELL, dkim_status="PENDING", verified=False)
BY_CHECK = Check("SES", Area.IDENTITY, frozenset(), ses_view.check)


def made(hours: float, status: IdentityStatus = PENDING, **looks: Any) -> IdentityStatus:
    return replace(status, key=SigningKey(made=NOW - timedelta(hours=hours)), look=LastLook(**looks))


def said(observed: Observed) -> list[tuple[str, str, str]]:
    return [(one.id, one.severity, one.subject) for one in diagnose(observed, [BY_CHECK])]


@pytest.mark.parametrize(
    ("status", "severity", "words"),
    [
        (made(0.2), "info", "(12 minutes), and 71 hours more"),
        (made(23), "info", "(23 hours)"),
        (made(50), "warning", "(50 hours), and 22 hours more"),
        (made(100), "info", "it does not say since when"),
        (PENDING, "info", "it does not say since when"),
        (made(50, succeeded=NOW - timedelta(hours=1)), "info", "it does not say since when"),
        (made(50, succeeded=NOW - timedelta(hours=90)), "warning", "(50 hours)"),
    ],
    ids=[
        "made minutes ago", "made yesterday", "made two days ago", "its key is older than SES looks",
        "SES says nothing of a key", "seen since the key was made", "seen with the key before",
    ],
)  # fmt: skip  # a table
def test_since_when_ses_looks_is_what_it_tells_and_no_more(
    observed: Build, status: IdentityStatus, severity: str, words: str
) -> None:
    (found,) = diagnose(observed(identity=status), [BY_CHECK])
    assert (found.id, found.severity) == ("ses.pending", severity)
    assert words in found.message
    assert found.command == ("status", "example.com", "--wait", "1h")


@pytest.mark.parametrize(
    ("status", "found"),
    [
        (WELL, []),
        (replace(WELL, mail_from_status="PENDING"), [("ses.pending", "info", "MAIL FROM of example.com")]),
        (replace(WELL, mail_from_status=None, mail_from_domain=None), []),
        (replace(WELL, dkim_status="TEMPORARY_FAILURE"), [("ses.behind", "info", "DKIM of example.com")]),
        (replace(WELL, mail_from_status="TEMPORARY_FAILURE"), [("ses.behind", "info", "MAIL FROM of example.com")]),
        (replace(WELL, dkim_status="NOT_STARTED"), [("dkim.not_started", "error", "DKIM of example.com")]),
        (
            replace(made(1), fault="DNS_SERVER_ERROR"),
            [("ses.sees_otherwise", "warning", "DKIM of example.com"), ("ses.pending", "info", "DKIM of example.com")],
        ),
    ],
    ids=["well", "MX sought", "no MAIL FROM", "DKIM lost", "MX lost", "never signed", "no answer to SES"],
)
def test_each_state_is_said_once(observed: Build, status: IdentityStatus, found: list[tuple[str, str, str]]) -> None:
    assert said(observed(identity=status)) == found


def test_what_becomes_of_mail_without_mx_is_as_it_was_set(observed: Build) -> None:
    lost = replace(WELL, mail_from_status="TEMPORARY_FAILURE")
    falls_back, refused = (
        diagnose(observed(identity=one), [BY_CHECK])[0].message
        for one in (lost, replace(lost, refuses_without_mx=True))
    )
    assert falls_back.endswith("until then SPF of the mail is that of amazonses.com")
    assert refused.endswith("until then mail is refused")


WRONG_CNAME = Finding("record.wrong", Severity.ERROR, "CNAME a._domainkey.example.com", "it is wrong")
NO_MX = Finding("record.absent", Severity.ERROR, "MX bounce.example.com", "there is none")
NO_SPF = Finding("record.absent", Severity.ERROR, "TXT bounce.example.com", "there is none")


@pytest.mark.parametrize(
    ("cause", "status", "words"),
    [
        (WRONG_CNAME, made(50), "(50 hours)"),
        (WRONG_CNAME, replace(WELL, dkim_status="TEMPORARY_FAILURE"), "looks again by itself"),
        (WRONG_CNAME, WELL, "SES has not noticed: it says SUCCESS"),
        (NO_MX, replace(WELL, mail_from_status="PENDING"), "does not say since when"),
        (NO_MX, WELL, "SES has not noticed"),
        (NO_SPF, WELL, "speaks of the MX alone"),
        (Finding("dns.not_delegated", Severity.ERROR, "example.com", "nobody refers to it"), made(50), "(50 hours)"),
    ],
)
def test_what_ses_says_follows_from_a_record_that_is_wrong(
    observed: Build, cause: Finding, status: IdentityStatus, words: str
) -> None:
    def records(_: Observed) -> Iterator[Finding]:
        yield cause

    first, second = diagnose(observed(identity=status), [Check("DNS", Area.RECORDS, frozenset(), records), BY_CHECK])
    assert first == cause
    assert (second.caused_by, second.severity, second.remedy) == (cause.id, "info", "")
    assert words in second.message


def test_of_an_identity_that_nobody_looked_at_nothing_follows(observed: Build) -> None:
    def records(_: Observed) -> Iterator[Finding]:
        yield WRONG_CNAME

    assert diagnose(observed(), [Check("DNS", Area.RECORDS, frozenset(), records)]) == (WRONG_CNAME,)
