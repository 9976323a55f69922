"""What the doctor says of SMTP logins: one state a row, and causes before what follows from them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from mail_users import KEY, MAIN, NOW, SHOP, VIRGINIA, state

from provisioner.core.checks.causes import with_causes
from provisioner.core.checks.observed import Observed
from provisioner.core.checks.smtp import check
from provisioner.core.checks.smtp_users import check_keys
from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.endpoint import endpoints_of
from provisioner.core.credentials.login import FoundKey, GivenLogin, LoginAnswer
from provisioner.core.credentials.login_kind import look_at_password
from provisioner.core.credentials.login_seen import LoginSeen, NotAsked
from provisioner.core.credentials.password import derive
from provisioner.core.credentials.smtp_reply import SmtpReply
from provisioner.core.findings import Finding
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser

STARTTLS, TLS = endpoints_of(VIRGINIA.smtp_host)
TAKEN = (LoginAnswer(STARTTLS), LoginAnswer(TLS))
ID = "AKIAIOSFODNN7EXAMPLE"
OFF, OTHER = AccessKey(ID, active=False, created=NOW - timedelta(days=9)), AccessKey("AKIAOTHER", active=True)
OURS = AccessKey(ID, active=True, created=NOW - timedelta(days=9))
DENIED = NotAsked("access_denied", "iam:ListAccessKeys: AccessDenied", "allow it")


def refused(code: int = 535, text: str = "Authentication Credentials Invalid") -> tuple[LoginAnswer, ...]:
    reply = SmtpReply(code, text)
    return tuple(LoginAnswer(endpoint, reply, reason=f"SES says {code} {text}") for endpoint in (STARTTLS, TLS))


def broken(fault: str) -> tuple[LoginAnswer, ...]:
    return tuple(LoginAnswer(endpoint, fault=fault, reason=f"{fault} at the endpoint") for endpoint in (STARTTLS, TLS))


def login(answers: tuple[LoginAnswer, ...] = (), user: SmtpUser = MAIN, text: str = "", **seen: Any) -> LoginSeen:
    password = Secret(text or derive("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", VIRGINIA.name))
    given = GivenLogin(ID, password, VIRGINIA, user)
    return LoginSeen(given, look_at_password(password, VIRGINIA.name), answers=answers, **seen)


def found(observed: Callable[..., Observed], *logins: LoginSeen, **facts: Any) -> tuple[Finding, ...]:
    gathered = observed(logins=logins, **facts)
    keys = list(check_keys(gathered)) if facts else []
    return with_causes([*keys, *check(gathered)])


def told(findings: tuple[Finding, ...]) -> list[str]:
    return [f"{one.id} {one.severity}" + (f" by {one.caused_by}" if one.caused_by else "") for one in findings]


def user(*keys: AccessKey, stored: str = ID) -> Any:
    return (state(keys=keys, uses=dict.fromkeys((key.id for key in keys), None), stored=stored),)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (login(TAKEN), ["smtp.ok ok"]),
        (login((TAKEN[0], *broken("smtp_timeout")[1:])), ["smtp.unreachable warning", "smtp.ok ok"]),
        (login(broken("smtp_unreachable")), ["smtp.unreachable error"]),
        (login(broken("smtp_certificate")), ["smtp.certificate error"]),
        (login(broken("smtp_no_starttls")), ["smtp.no_starttls error"]),
        (login(refused(454, "Temporary authentication failure")), ["check.not_run warning"]),
        (login(refused(421, "Too many concurrent SMTP connections")), ["check.not_run warning"]),
        (login(text="short"), ["smtp.password_form error"]),
        (login(refused(535, "Account not subscribed to SES")), ["account.not_subscribed error"]),
        (login(refused(), key=FoundKey(MAIN.iam_user, OURS)), ["smtp.login_refused error"]),
        (
            login(refused(), key=FoundKey(MAIN.iam_user, OURS), elsewhere=Region("eu-west-1")),
            ["smtp.wrong_region error"],
        ),
        (
            login(refused(), key=FoundKey(MAIN.iam_user, OURS), elsewhere=NotAsked("smtp_replaced", "replaced")),
            ["smtp.login_refused error", "check.not_run info by smtp.login_refused"],
        ),
        (
            login(refused(), key=FoundKey(MAIN.iam_user, OURS, is_young=True)),
            ["smtp.not_yet info", "smtp.login_refused info by smtp.not_yet"],
        ),
        (
            login(refused(), key=DENIED),
            ["smtp.login_refused error", "check.not_run warning"],
        ),
    ],
    ids=[
        "taken by both ways",
        "one way in is closed",
        "nobody answers",
        "certificate of another",
        "no STARTTLS",
        "try later",
        "too many at once",
        "wrong by its looks",
        "account without SES",
        "the key is active",
        "another region takes it",
        "other regions could not be asked",
        "the key is new",
        "nobody may look at the key",
    ],
)
def test_each_state_of_a_login_is_named(
    observed: Callable[..., Observed], seen: LoginSeen, expected: list[str]
) -> None:
    assert told(found(observed, seen)) == expected


@pytest.mark.parametrize(
    ("seen", "users", "expected"),
    [
        (login(refused(), key=FoundKey(MAIN.iam_user, OFF)), user(OFF), "key.inactive"),
        (login(refused(), key=FoundKey(None, None)), user(), "key.gone"),
        (login(refused(), key=FoundKey(None, None, (OTHER.id,))), user(OTHER), "key.gone"),
    ],
    ids=["switched off", "deleted", "another is there"],
)
def test_a_refusal_stands_below_the_fault_of_the_key_which_is_said_once(
    observed: Callable[..., Observed], seen: LoginSeen, users: Any, expected: str
) -> None:
    findings = found(observed, seen, users=users)
    assert told(findings) == [f"{expected} error", f"smtp.login_refused info by {expected}"]
    assert "535" in findings[1].message


def test_what_keeps_all_logins_out_is_said_once(observed: Callable[..., Observed]) -> None:
    closed = broken("smtp_unreachable")
    assert told(found(observed, login(closed), login(closed, SHOP))) == ["smtp.unreachable error"]


def test_what_is_wrong_with_a_sender_s_login_names_the_sender(observed: Callable[..., Observed]) -> None:
    bad = login(refused(), SHOP, key=FoundKey(SHOP.iam_user, KEY))
    findings = found(observed, login(TAKEN), bad)
    assert [(one.id, one.subject) for one in findings] == [
        ("smtp.login_refused", "smtp (sender shop)"),
        ("smtp.ok", "smtp"),
    ]
