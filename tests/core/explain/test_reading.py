"""What the reader does with any text: wrapped texts, names for commands, codes that contradict each other."""

import re

import pytest

from provisioner.core.explain.codes import code_in
from provisioner.core.explain.explanation import Layer, Row
from provisioner.core.explain.reading import TABLES, explain
from provisioner.core.explain.said import one_line
from provisioner.core.explain.status_code import REGISTERED, Enhanced
from provisioner.core.values.domain import DomainName

INVALID = "535 Authentication Credentials Invalid"
DENIED = (
    "554 Access denied: User `arn:aws:iam::123456789012:user/u' is not authorized to perform `ses:SendRawEmail' on "
)
DENIED += "resource `arn:aws:ses:eu-west-1:123456789012:identity/example.org'"


def test_commands_name_the_domain_that_is_given() -> None:
    assert ("credentials", "verify", "example.com") in explain(INVALID, DomainName.parse("example.com"))[0].commands


def test_commands_have_a_placeholder_where_nobody_says_which_domain_it_is() -> None:
    assert ("credentials", "verify", "DOMAIN") in explain(INVALID)[0].commands


@pytest.mark.parametrize(
    "text",
    [
        DENIED,
        "554 Message rejected: Email address is not verified. The following identities failed the check in region "
        "EU-WEST-1: Ann <ann@example.org>, ann@example.org",
        "550 5.7.515 Access denied, sending domain EXAMPLE.ORG does not meet the required authentication level",
        "550-5.7.26 Unauthenticated email from example.org is not accepted due to domain's DMARC policy",
        "from=<shop@example.org>, status=bounced (host mx said: 550 5.7.26 unauthenticated)",
    ],
)
def test_commands_name_the_domain_that_the_text_says_to_be_ours(text: str) -> None:
    assert {command[-1] for command in explain(text)[0].commands if command[0] in ("status", "doctor")} == {
        "example.org"
    }


def test_the_domain_that_is_given_outweighs_the_one_of_the_text() -> None:
    found = explain(DENIED, DomainName.parse("example.com"))
    assert ("doctor", "example.com") in found[0].commands


def test_a_free_mail_provider_is_nobody_s_own_domain() -> None:
    text = "554 Message rejected: Email address is not verified. The following identities failed the check in region "
    assert {"gmail.com"}.isdisjoint(
        word for one in explain(f"{text}EU-WEST-1: b@gmail.com") for c in one.commands for word in c
    )


def test_suppression_is_asked_about_the_recipient_in_its_own_case() -> None:
    text = "to=<Bob.Smith@example.net>, dsn=5.1.1, status=bounced (host mx said: 550 5.1.1 user unknown)"
    assert ("suppression", "get", "Bob.Smith@example.net") in explain(text)[0].commands


def test_the_inner_text_is_the_cause_and_the_outer_is_named() -> None:
    found = explain(f"SMTP Error: data not accepted. Detail: {INVALID} SMTP code: 535")
    assert [str(one.layer) for one in found] == ["smtp_endpoint", "client"]


def test_a_code_that_the_alias_s_server_says_is_not_the_recipient_s() -> None:
    text = (
        "The settings for your 'Send mail as' account are misconfigured or out of date. The response was: 550 5.3.5 no"
    )
    assert [str(one.layer) for one in explain(text)] == ["smtp_endpoint", "gmail_alias"]


@pytest.mark.parametrize("reply", [450, 550])
@pytest.mark.parametrize("kind", [4, 5])
def test_the_enhanced_code_decides(reply: int, kind: int) -> None:
    cause = explain(f"{reply} {kind}.2.4 no")[0].cause
    assert ("for now" if kind == 4 else "for good") in cause
    assert ("decides" in cause) == (reply // 100 != kind)


@pytest.mark.parametrize("code", list(REGISTERED))
def test_every_code_of_the_registry_is_explained_in_its_words(code: str) -> None:
    assert REGISTERED[code] in Enhanced(5, *code.split(".")).row(550).cause
    assert explain(f"550 5.{code} xyz")


def test_a_code_that_is_not_registered_is_explained_by_its_subject() -> None:
    assert "mailbox" in explain("550 5.2.99 xyz")[0].cause
    assert code_in("550 5.2.99 xyz") is not None


def test_a_reply_of_several_lines_becomes_one() -> None:
    said = "550-5.1.1 The account\r\n550-5.1.1 does not\r\n550 5.1.1 exist"
    assert one_line(said) == "550-5.1.1 The account does not exist"
    assert one_line("550-The account\n550-does not\n550 exist") == "550-The account does not exist"
    assert one_line("> said:\\n\u201cno\u201d\u00a0&lt;x&gt;") == 'said: "no" <x>'


def test_codes_are_values() -> None:
    code = code_in(one_line("(550, b'5.1.1 user unknown')"))
    assert code is not None
    assert (code.reply, code.enhanced) == (550, Enhanced(5, "1", "1"))


@pytest.mark.parametrize(
    "row", [*TABLES, *(more for row in TABLES for more in row.also)], ids=lambda row: row.cause[:50]
)
def test_a_row_is_complete(row: Row) -> None:
    assert row.cause
    assert row.remedy
    assert row.reference
    assert isinstance(row.layer, Layer)
    assert not row.cause.endswith(".")
    assert not re.search(r"\bDOMAIN\b(?!S)", row.cause.replace("smtp.DOMAIN", ""))


def test_an_explanation_says_everything_in_json() -> None:
    document = explain(INVALID)[0].to_document()
    assert list(document) == ["layer", "cause", "remedy", "commands", "reference"]
    assert document["layer"] == "smtp_endpoint"
    assert document["commands"] == [
        ["credentials", "verify", "DOMAIN"],
        ["credentials", "export", "DOMAIN", "--format", "env"],
    ]


@pytest.mark.parametrize(
    "text", ["{", "}{", "%s %d {0} {x}", "\x00\x01", "a" * 200_000, "550-" * 20_000, "<@" * 20_000]
)
def test_no_text_is_a_fault(text: str) -> None:
    explain(text)
