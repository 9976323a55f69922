"""`credentials move` on the command line."""

from collections.abc import Callable
from typing import Any

import pytest
from fakes.stores import FakeStore
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.slot import Slot
from provisioner.core.credentials.store_kind import StoreKind

Cli = Callable[..., Any]
Kept = dict[str, SmtpCredential]


@pytest.fixture
def ssm(in_memory: World, monkeypatch: pytest.MonkeyPatch) -> FakeStore:
    """The Parameter Store; the files are the store of the world."""
    stores = {
        StoreKind.FILE: in_memory.store,
        StoreKind.SSM: FakeStore("ssm"),
        StoreKind.SECRETSMANAGER: FakeStore("secretsmanager"),
    }
    monkeypatch.setattr("provisioner.wiring.stores.open_store", lambda _, kind: stores[kind])
    return stores[StoreKind.SSM]


def test_what_moves_is_told_with_the_next_step(cli: Cli, ssm: FakeStore, shop: Kept) -> None:
    key = shop["example.com"].user_name
    outcome = cli("credentials", "move", "example.com", "--to", "ssm")
    assert outcome.code == 0
    first, head, main, sender, _, *steps = outcome.out.splitlines()
    assert first == "moved 2 credentials from file to ssm"
    assert head.split() == ["WHOSE", "ACCESS", "KEY", "FROM", "TO"]
    place = "credentials/example.com/smtp.json"
    assert main.split() == ["example.com", key, f"file:{place}", f"ssm:{place}"]
    assert sender.startswith("example.com (sender shop)")
    assert steps[0] == "Next steps"
    assert "1. set PROVISIONER_STORE=ssm and AWS_REGION=us-east-1 wherever provisioner works" in steps[1]
    assert "2. a run looks in one store only: move those of example.org too" in steps[2]
    assert sorted(ssm.kept) == ["example.com", "example.com+shop"]


def test_both_keys_of_a_rotation_that_is_under_way_are_told(cli: Cli, ssm: FakeStore, both: Kept) -> None:
    assert cli("credentials", "rotate", "example.com", "--prepare", "--no-secret").code == 0
    old, new = both["example.com"].user_name, "AKIA0000000000000002"
    assert f"{old}, pending {new}" in cli("credentials", "move", "--to", "ssm").out
    assert ssm.beside[Slot.PENDING]["example.com"].user_name == new


def test_json_has_all_of_it_and_no_password(cli: Cli, ssm: FakeStore, shop: Kept) -> None:
    password = shop["example.com"].password.reveal()
    document = cli("credentials", "move", "--to", "ssm", "--json").document
    assert list(document) == ["from", "to", "moved", "reencrypted", "already_there", "absent", "next_steps"]
    assert [(one["domain"], one["sender"]) for one in document["moved"]] == [
        ("example.com", None),
        ("example.com", "shop"),
        ("example.org", None),
    ]
    assert password not in str(document)
    again = cli("credentials", "move", "--to", "ssm", "--json").document
    assert (again["moved"], len(again["already_there"])) == ([], 3)
    assert cli("credentials", "move", "--to", "ssm").out.splitlines()[0] == (
        "moved 0 credentials from file to ssm, 3 there already"
    )


def test_the_variable_may_name_the_target_already(
    cli: Cli, ssm: FakeStore, shop: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVISIONER_STORE", "ssm")
    document = cli("credentials", "move", "--to", "ssm", "--json").document
    assert (document["from"], document["to"], document["next_steps"]) == ("file", "ssm", [])
    back = cli("credentials", "move", "--to", "file", "--json").document
    assert (back["from"], len(back["moved"]), not ssm.kept) == ("ssm", 3, True)
    assert back["next_steps"][0].startswith("set PROVISIONER_STORE=file wherever")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--to", "file"), "same_store"),
        (("--to", "ssm", "--from", "ssm"), "same_store"),
        (("--to", "s3"), "usage"),
        ((), "usage"),
        (("--to", "ssm", "a..b"), "invalid_domain"),
    ],
)
def test_bad_input_moves_nothing(cli: Cli, ssm: FakeStore, shop: Kept, options: tuple[str, ...], code: str) -> None:
    outcome = cli("credentials", "move", *options, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, code)
    assert not ssm.kept


def test_another_kms_key_encrypts_what_is_there_already_and_is_to_be_set_for_later(
    cli: Cli, ssm: FakeStore, both: Kept
) -> None:
    assert cli("credentials", "move", "--to", "ssm").code == 0
    ssm.encrypted_otherwise = {"example.org"}
    options = ("credentials", "move", "--to", "ssm", "--kms-key", "alias/mail")
    dry = cli(*options, "--dry-run")
    assert (dry.code, dry.out.splitlines()[1]) == (3, "example.org: would be encrypted with the other KMS key")
    document = cli(*options, "--json").document
    assert (document["moved"], document["reencrypted"]) == ([], [{"domain": "example.org", "sender": None}])
    assert document["next_steps"][1] == (
        "set PROVISIONER_STORE_KMS_KEY=alias/mail there too, or what is stored later has another key"
    )
    assert cli(*options, "--dry-run").code == 0


@pytest.mark.parametrize("key", ["mail", "arn:aws:kms:us-east-1:1:key/x"])
def test_a_kms_key_that_is_none_is_bad_input(cli: Cli, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    outcome = cli("credentials", "move", "--to", "ssm", "--kms-key", key, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "invalid_kms_key")
    monkeypatch.setenv("PROVISIONER_STORE_KMS_KEY", key)
    assert cli("list").code == 0
    monkeypatch.setenv("PROVISIONER_STORE", "secretsmanager")
    outcome = cli("new-domain", "example.com", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "invalid_kms_key")


def test_a_kms_key_for_files_is_bad_input(cli: Cli) -> None:
    outcome = cli("credentials", "move", "--from", "ssm", "--to", "file", "--kms-key", "alias/mail", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "kms_key_without_aws")


def test_another_credential_at_the_target_is_exit_5(cli: Cli, ssm: FakeStore, both: Kept) -> None:
    ssm.kept["example.org"] = both["example.com"]
    outcome = cli("credentials", "move", "--to", "ssm", "--json")
    assert (outcome.code, outcome.error["code"]) == (5, "credential_differs")
    assert list(ssm.kept) == ["example.org"]


def test_a_home_without_domains_has_nothing_to_move(cli: Cli, ssm: FakeStore) -> None:
    assert cli("credentials", "move", "--to", "ssm").out == "moved 0 credentials from file to ssm\n"
    assert cli("credentials", "move", "--to", "ssm", "--dry-run").code == 0
