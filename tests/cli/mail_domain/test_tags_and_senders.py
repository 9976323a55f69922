"""Tags and senders of `new-domain`: remembered, changed, taken away, shown."""

from collections.abc import Callable
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential

Cli = Callable[..., Any]


def test_tags_are_remembered_changed_and_taken_away(cli: Cli, in_memory: World) -> None:
    def tags() -> Any:
        return cli("show", "example.com", "--json").document["tags"]

    assert cli("new-domain", "example.com", "--tag", "Team=web", "--tag", "CostCenter=0042").code == 0
    assert tags() == {"CostCenter": "0042", "Team": "web"}
    assert "tags:              CostCenter=0042, Team=web\n" in cli("show", "example.com").out
    assert in_memory.aws.user_tags["example.com"]["CostCenter"] == "0042"
    cli("plan", "example.com", "--no-tag", "Team")
    cli("new-domain", "example.com")
    assert tags() == {"CostCenter": "0042", "Team": "web"}
    cli("new-domain", "example.com", "--no-tag", "team", "--tag", "CostCenter=")
    assert tags() == {"CostCenter": ""}


def test_what_was_asked_can_be_taken_back(cli: Cli, in_memory: World) -> None:
    def remembered() -> Any:
        shown = cli("show", "example.com", "--json").document
        return [shown[name] for name in ("customer", "contact", "dmarc_rua")]

    given = ("--customer", "Ada", "--contact", "ada@example.org", "--dmarc-rua", "dmarc@example.com")
    assert cli("new-domain", "example.com", *given).code == 0
    assert cli("new-domain", "example.com").code == 0
    assert remembered() == ["Ada", "ada@example.org", "dmarc@example.com"]
    assert cli("plan", "example.com", "--no-dmarc-rua").code == 3
    assert cli("new-domain", "example.com", "--no-customer", "--no-dmarc-rua").code == 0
    assert remembered() == [None, "ada@example.org", None]
    assert "rua" not in cli("dns", "records", "example.com").out
    assert cli("new-domain", "example.com", "--no-contact").code == 0
    assert remembered() == [None, None, None]
    assert cli("plan", "example.com", "--no-contact").code == 0


def test_what_is_given_is_not_taken_back(cli: Cli, in_memory: World) -> None:
    outcome = cli("new-domain", "example.com", "--customer", "Ada", "--no-customer", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "invalid_customer")


def test_senders_are_remembered_changed_and_taken_away(cli: Cli, in_memory: World) -> None:
    def senders() -> dict[str, str]:
        return {s["name"]: s["address"] for s in cli("show", "example.com", "--json").document["senders"]}

    assert cli("new-domain", "example.com", "--sender", "shop=Orders", "--sender", "scanner=scan").code == 0
    assert senders() == {"scanner": "scan@example.com", "shop": "Orders@example.com"}
    assert "senders:           scanner=scan@example.com, shop=Orders@example.com\n" in cli("show", "example.com").out
    planned = cli("plan", "example.com", "--no-sender", "shop")
    assert planned.out.splitlines()[0].endswith("2 to destroy")
    assert "  - example.com+shop\n" in planned.out
    cli("new-domain", "example.com")
    assert len(senders()) == 2
    assert cli("new-domain", "example.com", "--no-sender", "shop", "--sender", "scanner=fax").code == 0
    assert senders() == {"scanner": "fax@example.com"}
    assert cli("new-domain", "example.com", "--no-sender", "shop", "--json").document["changed"] is False


def test_a_domain_without_senders_has_an_empty_list_of_them(cli: Cli, provisioned: SmtpCredential) -> None:
    assert cli("new-domain", "example.com", "--json").document["senders"] == []
    assert cli("show", "example.com", "--json").document["senders"] == []
    assert "senders:           -\n" in cli("show", "example.com").out
    assert "Sender" not in cli("new-domain", "example.com").out


@pytest.mark.parametrize("secret", [True, False])
def test_senders_are_told_each_with_its_address_and_its_credentials(cli: Cli, in_memory: World, secret: bool) -> None:
    options = ("--sender", "shop=orders", *([] if secret else ["--no-secret"]))
    outcome = cli("new-domain", "example.com", *options)
    shop = in_memory.store.kept["example.com+shop"]
    _, _, block = outcome.out.partition("\nSender shop: orders@example.com only\n")
    assert f"user name: {shop.user_name}" in block
    assert "stored in: file:credentials/example.com/smtp.shop.json" in block
    assert (shop.password.reveal() in block) == secret
    (sender,) = cli("new-domain", "example.com", *options, "--json").document["senders"]
    assert (sender["name"], sender["address"], "password" in sender["smtp"]) == ("shop", "orders@example.com", secret)


def test_a_domain_without_tags_of_its_own_shows_none(cli: Cli, provisioned: SmtpCredential) -> None:
    assert cli("show", "example.com", "--json").document["tags"] == {}
    assert "tags:              -\n" in cli("show", "example.com").out
