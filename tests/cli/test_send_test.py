"""`send-test` over the world in memory."""

from collections.abc import Callable
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential

Cli = Callable[..., Any]


def test_a_test_message_goes_out_as_a_sender(cli: Cli, in_memory: World) -> None:
    cli("new-domain", "example.com", "--sender", "shop=orders")
    assert cli("send-test", "example.com", "--sender", "shop", "--to", "me@example.org").code == 0
    shop = in_memory.store.kept["example.com+shop"]
    assert in_memory.mailer.sent == [(shop.user_name, "orders@example.com", "me@example.org")]
    outcome = cli("send-test", "example.com", "--sender", "shp", "--to", "me@example.org", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "unknown_sender")
    assert "its senders are shop" in outcome.error["message"]


def test_a_test_message_goes_out_with_the_stored_credential(
    cli: Cli, in_memory: World, provisioned: SmtpCredential
) -> None:
    outcome = cli("send-test", "example.com", "--to", "ada@example.org")
    assert (outcome.code, outcome.out) == (0, "accepted: Ok 0100\n")
    assert in_memory.mailer.sent == [(provisioned.user_name, "test@example.com", "ada@example.org")]


def test_a_test_message_without_a_credential_is_a_failure_with_a_remedy(cli: Cli, in_memory: World) -> None:
    outcome = cli("send-test", "example.com", "--to", "ada@example.org", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "no_credential")


@pytest.mark.parametrize(
    ("simulator", "recipient"),
    [
        ([], "success@simulator.amazonses.com"),
        (["--simulator", "success"], "success@simulator.amazonses.com"),
        (["--simulator", "bounce"], "bounce@simulator.amazonses.com"),
        (["--simulator", "complaint"], "complaint@simulator.amazonses.com"),
        (["--simulator", "ooto"], "ooto@simulator.amazonses.com"),
        (["--simulator", "suppressed"], "suppressionlist@simulator.amazonses.com"),
    ],
)
def test_the_simulator_gets_the_message_unless_somebody_is_named(
    cli: Cli, in_memory: World, provisioned: SmtpCredential, simulator: list[str], recipient: str
) -> None:
    outcome = cli("send-test", "example.com", *simulator, "--json")
    assert (outcome.code, outcome.document["to"]) == (0, recipient)
    assert (outcome.document["from"], outcome.document["message_id"]) == ("test@example.com", "0100")
    assert in_memory.mailer.sent == [(provisioned.user_name, "test@example.com", recipient)]
    assert "what becomes of it: SES" in outcome.err


@pytest.mark.usefixtures("provisioned")
def test_what_contradicts_itself_is_bad_input_and_nothing_is_sent(cli: Cli, in_memory: World) -> None:
    for arguments, code in (
        (["--to", "me@example.org", "--simulator", "bounce"], "to_or_simulator"),
        (["--from", "info@example.org"], "from_not_allowed"),
        (["--subject", "two\nlines"], "invalid_subject"),
        (["--subject", " "], "invalid_subject"),
        (["--subject", "x" * 201], "invalid_subject"),
        (["--simulator", "lost"], "usage"),
    ):
        outcome = cli("send-test", "example.com", *arguments, "--json")
        assert (outcome.code, outcome.error["code"]) == (2, code)
    assert in_memory.mailer.sent == []
