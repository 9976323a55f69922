import csv
import io
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.core.credentials.credential import Login, SmtpCredential
from provisioner.core.credentials.forms.catalogue import render
from provisioner.errors import InputError

PASSWORD = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"
ODD = "a'b\"c $HOME `id` \\ +/="


@pytest.mark.parametrize("fmt", ["json", "env", "csv"])
def test_every_plain_format_carries_the_password_and_ends_with_a_line_break(own: Login, fmt: str) -> None:
    text = render([own], fmt)
    assert PASSWORD in text
    assert text.endswith("\n")


def test_json_has_one_shape_whatever_the_number_of_credentials(own: Login, odd: Login) -> None:
    (one,) = json.loads(render([own], "json"))["credentials"]
    assert list(one.items()) == [
        ("domain", "example.com"),
        ("sender", None),
        ("from", "*@example.com"),
        ("region", "us-east-1"),
        ("host", "email-smtp.us-east-1.amazonaws.com"),
        ("port", 587),
        ("security", "starttls"),
        ("user_name", "AKIAIOSFODNN7EXAMPLE"),
        ("password", PASSWORD),
        ("iam_user", "example.com"),
    ]
    several = json.loads(render([own, odd], "json"))["credentials"]
    assert [entry["domain"] for entry in several] == ["example.com", "example.net"]
    assert json.loads(render([], "json")) == {"credentials": []}


def test_the_variables_of_a_sender_hold_its_address(shop: Login) -> None:
    assert render([shop], "env").splitlines()[-1] == "SMTP_FROM=orders@example.com"
    assert "SMTP_FROM" not in render([replace(shop, sends_from=None)], "env")


def test_env_lines_need_no_quotes_so_that_docker_reads_them_too(own: Login) -> None:
    assert render([own], "env").splitlines() == [
        "SMTP_HOST=email-smtp.us-east-1.amazonaws.com",
        "SMTP_PORT=587",
        "SMTP_SECURITY=starttls",
        "SMTP_USERNAME=AKIAIOSFODNN7EXAMPLE",
        f"SMTP_PASSWORD={PASSWORD}",
        "SMTP_DOMAIN=example.com",
    ]


@pytest.mark.skipif(shutil.which("sh") is None, reason="no POSIX shell")
def test_a_shell_reads_the_env_file_without_running_it(odd: Login, tmp_path: Path) -> None:
    (tmp_path / "smtp.env").write_text(render([odd], "env"))
    script = '. ./smtp.env; printf %s "$SMTP_PASSWORD"'
    run = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout == ODD


def test_env_is_for_one_credential_only(own: Login, odd: Login) -> None:
    with pytest.raises(InputError) as caught:
        render([own, odd], "env")
    assert caught.value.code == "one_credential_only"
    assert PASSWORD not in caught.value.message


def test_csv_has_a_header_and_survives_a_reader(own: Login, odd: Login) -> None:
    text = render([own, odd], "csv")
    assert text.startswith("domain,region,host,port,security,user_name,password,iam_user,sender,from\r\n")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["password"] for row in rows] == [PASSWORD, ODD]
    assert rows[0]["port"] == "587"


def test_a_sender_s_credential_names_it_and_no_other_does(own: Login, shop: Login) -> None:
    rows = list(csv.DictReader(io.StringIO(render([own, shop], "csv"), newline="")))
    assert [(row["sender"], row["from"]) for row in rows] == [("", "*@example.com"), ("shop", "orders@example.com")]
    entries = json.loads(render([own, shop], "json"))["credentials"]
    assert [(entry["sender"], entry["from"]) for entry in entries] == [
        (None, "*@example.com"),
        ("shop", "orders@example.com"),
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_csv_cell_is_a_formula(credential: SmtpCredential, start: str) -> None:
    text = render([Login(replace(credential, user_name=f"{start}cmd|' /C calc'!A0"), None)], "csv")
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert row["user_name"] == f"'{start}cmd|' /C calc'!A0"
