import csv
import io
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.forms.plain import FORMATS, render
from provisioner.core.values.domain import DomainName
from provisioner.core.values.secret import Secret
from provisioner.errors import InputError

PASSWORD = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"
ODD = "a'b\"c $HOME `id` \\ +/="


@pytest.fixture
def odd(credential: SmtpCredential) -> SmtpCredential:
    return replace(credential, domain=DomainName("example.net"), password=Secret(ODD))


@pytest.mark.parametrize("fmt", FORMATS)
def test_every_format_carries_the_password_and_ends_with_a_line_break(credential: SmtpCredential, fmt: str) -> None:
    text = render([credential], fmt)
    assert PASSWORD in text
    assert text.endswith("\n")


def test_json_is_one_object_for_one_credential_and_a_list_for_several(
    credential: SmtpCredential, odd: SmtpCredential
) -> None:
    one = json.loads(render([credential], "json"))
    assert one == {
        "domain": "example.com",
        "region": "us-east-1",
        "host": "email-smtp.us-east-1.amazonaws.com",
        "port": 587,
        "security": "starttls",
        "user_name": "AKIAIOSFODNN7EXAMPLE",
        "password": PASSWORD,
        "iam_user": "example.com",
    }
    several = json.loads(render([credential, odd], "json"))
    assert [entry["domain"] for entry in several] == ["example.com", "example.net"]
    assert json.loads(render([], "json")) == []


def test_env_lines_need_no_quotes_so_that_docker_reads_them_too(credential: SmtpCredential) -> None:
    assert render([credential], "env").splitlines() == [
        "SMTP_HOST=email-smtp.us-east-1.amazonaws.com",
        "SMTP_PORT=587",
        "SMTP_SECURITY=starttls",
        "SMTP_USERNAME=AKIAIOSFODNN7EXAMPLE",
        f"SMTP_PASSWORD={PASSWORD}",
        "SMTP_DOMAIN=example.com",
    ]


@pytest.mark.skipif(shutil.which("sh") is None, reason="no POSIX shell")
def test_a_shell_reads_the_env_file_without_running_it(odd: SmtpCredential, tmp_path: Path) -> None:
    (tmp_path / "smtp.env").write_text(render([odd], "env"))
    script = '. ./smtp.env; printf %s "$SMTP_PASSWORD"'
    run = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout == ODD


def test_env_is_for_one_credential_only(credential: SmtpCredential, odd: SmtpCredential) -> None:
    with pytest.raises(InputError) as caught:
        render([credential, odd], "env")
    assert caught.value.code == "one_credential_only"
    assert PASSWORD not in caught.value.message


def test_csv_has_a_header_and_survives_a_reader(credential: SmtpCredential, odd: SmtpCredential) -> None:
    text = render([credential, odd], "csv")
    assert text.startswith("domain,region,host,port,security,user_name,password,iam_user,sender\r\n")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["password"] for row in rows] == [PASSWORD, ODD]
    assert rows[0]["port"] == "587"


def test_a_sender_s_credential_names_it_and_no_other_does(credential: SmtpCredential) -> None:
    shop = replace(credential, sender="shop", iam_user="example.com+shop")
    rows = list(csv.DictReader(io.StringIO(render([credential, shop], "csv"), newline="")))
    assert [row["sender"] for row in rows] == ["", "shop"]
    assert [entry.get("sender") for entry in json.loads(render([credential, shop], "json"))] == [None, "shop"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_csv_cell_is_a_formula(credential: SmtpCredential, start: str) -> None:
    text = render([replace(credential, user_name=f"{start}cmd|' /C calc'!A0")], "csv")
    [row] = csv.DictReader(io.StringIO(text, newline=""))
    assert row["user_name"] == f"'{start}cmd|' /C calc'!A0"


def test_an_unknown_format_is_refused_with_the_known_ones(credential: SmtpCredential) -> None:
    with pytest.raises(InputError) as caught:
        render([credential], "xml")
    assert (caught.value.code, caught.value.hint) == ("unknown_format", "Use one of: json, env, csv.")
