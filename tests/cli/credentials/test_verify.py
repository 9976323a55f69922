"""`credentials verify` over the world in memory."""

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.password import derive
from provisioner.core.values.secret import Secret

Cli = Callable[..., Any]
ID, KEY = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
PASSWORD = derive(KEY, "us-east-1")


@pytest.fixture
def on_stdin(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def put(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    return put


def test_a_login_that_works_exits_with_0_and_says_by_which_ports(cli: Cli, provisioned: SmtpCredential) -> None:
    outcome = cli("credentials", "verify", "example.com")
    assert outcome.code == 0
    assert outcome.out == "ok\nok       smtp: SES takes the login, on ports 587 and 465\n"
    document = cli("credentials", "verify", "example.com", "--json").document
    assert list(document) == ["domain", "sender", "user_name", "region", "verdict", "findings"]
    assert (document["domain"], document["verdict"]) == ("example.com", "ok")


def test_one_that_does_not_exits_with_3_and_the_words_for_a_script(
    cli: Cli, in_memory: World, provisioned: SmtpCredential
) -> None:
    in_memory.store.kept["example.com"] = replace(provisioned, password=Secret(KEY))
    outcome = cli("credentials", "verify", "example.com", "--json")
    assert (outcome.code, outcome.document["verdict"]) == (3, "raw_secret_key")
    [finding] = outcome.document["findings"]
    assert finding["command"] == ["credentials", "derive", "--region", "us-east-1"]
    assert set(finding) >= {"id", "severity", "subject", "message", "remedy", "reference", "evidence", "command"}
    text = cli("credentials", "verify", "example.com")
    assert text.code == 3
    assert text.out.startswith("raw_secret_key\nerror    smtp: this is not the SMTP password")
    assert KEY not in outcome.out + outcome.err + text.out + text.err


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_another_login_gives_its_password_on_stdin(
    cli: Cli, in_memory: World, on_stdin: Callable[[str], None], end: str
) -> None:
    on_stdin(PASSWORD + end)
    outcome = cli("credentials", "verify", "--user-name", ID, "--region", "eu-west-1", "--json")
    assert (outcome.code, outcome.document["verdict"], outcome.document["domain"]) == (0, "ok", None)
    endpoint, user_name, password = in_memory.mailer.logins[0]
    assert (endpoint.host, user_name) == ("email-smtp.eu-west-1.amazonaws.com", ID)
    assert password == Secret(PASSWORD)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (f"{PASSWORD}\n\n", "malformed"),
        (f"'{PASSWORD}'", "malformed"),
        (f"password={PASSWORD}", "malformed"),
        (KEY, "raw_secret_key"),
        ("An60U4ZD3sd4fg+FvXUjayOipTt8LO4rUUmhpdX6ctDy", "old_algorithm"),
    ],
)
def test_what_came_on_stdin_is_judged_and_never_shown(
    cli: Cli, in_memory: World, on_stdin: Callable[[str], None], text: str, verdict: str
) -> None:
    on_stdin(text)
    outcome = cli("credentials", "verify", "--user-name", ID, "--region", "us-east-1", "--json")
    assert (outcome.code, outcome.document["verdict"]) == (3, verdict)
    assert text.strip() not in outcome.out + outcome.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], "no_login"),
        (["example.com", "--user-name", ID], "stored_or_given"),
        (["--sender", "shop", "--user-name", ID], "stored_or_given"),
        (["--user-name", ID, "--region", "eu-south-1"], "region_without_smtp"),
        (["--user-name", ID], "no_password"),
        (["example.com", "--sender", "shop"], "unknown_sender"),
    ],
)
@pytest.mark.usefixtures("provisioned")
def test_what_makes_no_sense_is_bad_input_and_nobody_is_asked(
    cli: Cli, in_memory: World, on_stdin: Callable[[str], None], arguments: list[str], code: str
) -> None:
    on_stdin("")
    outcome = cli("credentials", "verify", *arguments, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, code)
    assert in_memory.mailer.logins == []


def test_the_region_of_the_password_must_be_known(
    cli: Cli, in_memory: World, on_stdin: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    on_stdin(PASSWORD)
    outcome = cli("credentials", "verify", "--user-name", ID, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "no_region")
