"""`credentials show`."""

import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential

Cli = Callable[..., Any]
Program = Callable[..., subprocess.CompletedProcess[str]]


def test_a_credential_is_shown_with_where_it_is_kept(cli: Cli, both: dict[str, SmtpCredential]) -> None:
    credential = both["example.com"]
    document = cli("credentials", "show", "example.com", "--json").document
    assert document["user_name"] == credential.user_name
    assert document["password"] == credential.password.reveal()
    assert document["stored_in"] == "file:credentials/example.com/smtp.json"
    assert credential.password.reveal() in cli("credentials", "show", "example.com").out


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_credential_is_shown_without_its_password_on_request(
    cli: Cli, both: dict[str, SmtpCredential], options: tuple[str, ...]
) -> None:
    out = cli("credentials", "show", "example.com", "--no-secret", *options).out
    assert both["example.com"].user_name in out
    assert both["example.com"].password.reveal() not in out


@pytest.mark.parametrize("command", ["show", "export"])
def test_a_credential_that_is_not_kept_is_a_failure_that_says_where_it_was_looked_for(
    cli: Cli, in_memory: World, command: str
) -> None:
    outcome = cli("credentials", command, "example.com", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "no_credential")
    assert "file:credentials/example.com/smtp.json" in outcome.error["message"]


def test_the_credential_of_a_sender_is_shown_with_its_name(cli: Cli, shop: dict[str, SmtpCredential]) -> None:
    document = cli("credentials", "show", "example.com", "--sender", "shop", "--json").document
    assert (document["sender"], document["iam_user"]) == ("shop", "example.com+shop")
    assert document["password"] == shop["example.com+shop"].password.reveal()
    assert document["stored_in"] == "file:credentials/example.com/smtp.shop.json"
    assert document["from"] == "orders@example.com"
    own = cli("credentials", "show", "example.com", "--json").document
    assert (own["sender"], own["from"]) == (None, "*@example.com")
    assert "from:" in cli("credentials", "show", "example.com").out
    assert "None" not in cli("credentials", "show", "example.com").out


@pytest.mark.parametrize("command", ["show", "export"])
@pytest.mark.parametrize(("name", "code"), [("shp", "unknown_sender"), ("../x", "invalid_sender")])
def test_a_sender_that_is_not_there_is_bad_input(
    cli: Cli, shop: dict[str, SmtpCredential], command: str, name: str, code: str
) -> None:
    outcome = cli("credentials", command, "example.com", "--sender", name, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, code)
