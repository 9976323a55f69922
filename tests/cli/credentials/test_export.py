"""`credentials export`."""

import csv
import io
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from provisioner.core.credentials.credential import SmtpCredential

Cli = Callable[..., Any]
Program = Callable[..., subprocess.CompletedProcess[str]]


def test_exported_credentials_are_a_list_whatever_their_number(cli: Cli, both: dict[str, SmtpCredential]) -> None:
    (one,) = cli("credentials", "export", "example.com").document["credentials"]
    assert one["password"] == both["example.com"].password.reveal()
    assert (one["sender"], one["from"]) == (None, "*@example.com")
    every = cli("credentials", "export").document["credentials"]
    assert [entry["domain"] for entry in every] == ["example.com", "example.org"]
    assert every[0] == one


def test_a_credential_is_exported_as_variables(cli: Cli, both: dict[str, SmtpCredential]) -> None:
    out = cli("credentials", "export", "example.com", "--format", "env").out
    variables = dict(line.split("=", 1) for line in out.splitlines())
    assert variables == {
        "SMTP_HOST": "email-smtp.us-east-1.amazonaws.com",
        "SMTP_PORT": "587",
        "SMTP_SECURITY": "starttls",
        "SMTP_USERNAME": both["example.com"].user_name,
        "SMTP_PASSWORD": both["example.com"].password.reveal(),
        "SMTP_DOMAIN": "example.com",
    }


@pytest.mark.parametrize("domains", [(), ("example.com", "example.org")])
def test_variables_are_of_one_domain(cli: Cli, both: dict[str, SmtpCredential], domains: tuple[str, ...]) -> None:
    outcome = cli("credentials", "export", *domains, "--format", "env")
    assert (outcome.code, outcome.out) == (2, "")
    assert "--format csv" in outcome.err


def test_credentials_are_exported_as_a_table_of_values(cli: Cli, both: dict[str, SmtpCredential]) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("credentials", "export", "--format", "csv").out)))
    assert [(row["domain"], row["password"]) for row in rows] == [
        (domain, credential.password.reveal()) for domain, credential in both.items()
    ]


@pytest.mark.parametrize("fmt", ["csv", "env"])
def test_json_and_another_format_exclude_each_other(cli: Cli, both: dict[str, SmtpCredential], fmt: str) -> None:
    outcome = cli("credentials", "export", "example.com", "--format", fmt, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "json_or_format")
    assert f"--format {fmt}" in outcome.error["message"]


def test_json_may_be_said_twice(cli: Cli, both: dict[str, SmtpCredential]) -> None:
    asked = ("credentials", "export", "example.com")
    assert cli(*asked, "--format", "json", "--json").document == cli(*asked).document


def test_variables_are_the_domain_s_own_or_those_of_the_sender_that_is_named(
    cli: Cli, shop: dict[str, SmtpCredential]
) -> None:
    own = cli("credentials", "export", "example.com", "--format", "env").out
    assert f"SMTP_USERNAME={shop['example.com'].user_name}\n" in own
    sender = cli("credentials", "export", "example.com", "--sender", "shop", "--format", "env").out
    assert f"SMTP_PASSWORD={shop['example.com+shop'].password.reveal()}\n" in sender
    assert "SMTP_FROM=orders@example.com\n" in sender
    assert cli("credentials", "export", "--sender", "shop", "--format", "env").code == 2


def test_every_credential_is_exported_and_a_sender_s_is_named(cli: Cli, shop: dict[str, SmtpCredential]) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("credentials", "export", "--format", "csv").out)))
    named = [("example.com", ""), ("example.com", "shop"), ("example.org", "")]
    assert [(row["domain"], row["sender"]) for row in rows] == named
    both = cli("credentials", "export", "example.com", "--json").document["credentials"]
    assert [(entry["sender"], entry["from"]) for entry in both] == [
        (None, "*@example.com"),
        ("shop", "orders@example.com"),
    ]
    (other,) = cli("credentials", "export", "example.org", "--json").document["credentials"]
    assert other["sender"] is None
    (only,) = cli("credentials", "export", "--sender", "shop", "--json").document["credentials"]
    assert only["sender"] == "shop"
