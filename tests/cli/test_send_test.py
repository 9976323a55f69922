"""`send-test` over the world in memory."""

from collections.abc import Callable
from typing import Any

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
