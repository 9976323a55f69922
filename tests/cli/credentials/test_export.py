"""`credentials export`."""

import csv
import errno
import io
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from fakes.world import World

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


def test_a_file_takes_the_form_in_place_of_stdout_and_is_private(
    cli: Cli, both: dict[str, SmtpCredential], tmp_path: Path
) -> None:
    file = tmp_path / "smtp.env"
    file.write_text("old")
    file.chmod(0o644)
    outcome = cli("credentials", "export", "example.com", "--format", "env", "--output", str(file))
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == f"wrote 1 credential to {file} (env, readable by you only)\n"
    assert file.read_text() == cli("credentials", "export", "example.com", "--format", "env").out
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["smtp.env"]


def test_with_json_the_document_says_where_and_holds_no_password(
    cli: Cli, both: dict[str, SmtpCredential], tmp_path: Path
) -> None:
    file = tmp_path / "all.csv"
    outcome = cli("credentials", "export", "--format", "csv", "--output", str(file), "--json")
    assert (outcome.document["output"], outcome.document["format"]) == (str(file), "csv")
    assert [entry["domain"] for entry in outcome.document["credentials"]] == ["example.com", "example.org"]
    for credential in both.values():
        assert credential.password.reveal() in file.read_text()
        assert credential.password.reveal() not in outcome.out + outcome.err


def test_nothing_is_said_about_a_file_under_quiet(cli: Cli, both: dict[str, SmtpCredential], tmp_path: Path) -> None:
    outcome = cli("credentials", "export", "--output", str(tmp_path / "all.json"), "--quiet")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")


@pytest.mark.parametrize("place", ["folder", "link", "pipe", "none/file", "folder/"])
def test_only_a_file_is_replaced(cli: Cli, both: dict[str, SmtpCredential], tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "target").write_text("kept")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    os.mkfifo(tmp_path / "pipe")
    before = sorted(tmp_path.rglob("*"))
    outcome = cli("credentials", "export", "--output", f"{tmp_path}/{place}", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "invalid_output")
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "target").read_text() == "kept"


def test_a_place_that_takes_no_file_is_said_before_any_credential_is_looked_for(cli: Cli, in_memory: World) -> None:
    outcome = cli("credentials", "export", "example.com", "--output", "/none/of/these", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "invalid_output")


@pytest.mark.parametrize(("port", "security"), [("2587", "starttls"), ("465", "tls")])
def test_a_port_is_chosen_with_what_belongs_to_it(
    cli: Cli, both: dict[str, SmtpCredential], port: str, security: str
) -> None:
    (entry,) = cli("credentials", "export", "example.com", "--port", port).document["credentials"]
    assert (entry["port"], entry["security"]) == (int(port), security)
    env = cli("credentials", "export", "example.com", "--port", port, "--format", "env").out
    assert f"SMTP_PORT={port}\nSMTP_SECURITY={security}\n" in env


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--port", "2525"), "unknown_port"),
        (("--from", "info@example.org"), "not_its_address"),
        (("--from", "info"), "invalid_address"),
        (("--port", "2587", "--format", "gmail"), "port_of_gmail"),
    ],
)
def test_what_no_form_can_say_is_bad_input(
    cli: Cli, both: dict[str, SmtpCredential], options: tuple[str, ...], code: str, tmp_path: Path
) -> None:
    outcome = cli("credentials", "export", "example.com", *options, "--output", str(tmp_path / "file"))
    assert (outcome.code, outcome.out) == (2, "")
    assert not (tmp_path / "file").exists()
    plain = tuple(option for option in options if option not in ("--format", "gmail"))
    if code != "port_of_gmail":
        assert cli("credentials", "export", "example.com", *plain, "--json").error["code"] == code


def test_the_address_is_chosen_for_every_form(cli: Cli, both: dict[str, SmtpCredential]) -> None:
    asked = ("credentials", "export", "example.com", "--from", "info@example.com", "--format")
    assert "SMTP_FROM=info@example.com\n" in cli(*asked, "env").out
    assert "define( 'WPMS_MAIL_FROM', 'info@example.com' );" in cli(*asked, "wp-mail-smtp").out


@pytest.mark.parametrize("fmt", ["wp-mail-smtp", "postfix", "gmail", "docker-secret"])
def test_a_format_for_one_names_the_formats_for_several(cli: Cli, both: dict[str, SmtpCredential], fmt: str) -> None:
    outcome = cli("credentials", "export", "--format", fmt)
    assert (outcome.code, outcome.out) == (2, "")
    assert f"the {fmt} format holds one domain" in outcome.err


def test_a_format_for_several_has_those_of_the_senders_too(cli: Cli, shop: dict[str, SmtpCredential]) -> None:
    out = cli("credentials", "export", "--format", "k8s-secret").out
    names = [document["metadata"]["name"] for document in yaml.safe_load_all(out)]
    assert names == ["smtp-example.com", "smtp-example.com--shop", "smtp-example.org"]
    assert "account default : example.com\n" in cli("credentials", "export", "--format", "msmtp").out


def test_a_disk_that_is_full_leaves_the_old_file(
    cli: Cli, both: dict[str, SmtpCredential], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "smtp.json"
    file.write_text("old")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("provisioner.adapters.disk.files.os.fsync", full)
    outcome = cli("credentials", "export", "--output", str(file), "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "output_failed")
    assert "No space left" in outcome.error["message"]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["smtp.json"]
    assert file.read_text() == "old"
