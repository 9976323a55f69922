"""`credentials show|export|derive`."""

import csv
import io
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential

Cli = Callable[..., Any]
Program = Callable[..., subprocess.CompletedProcess[str]]

AWS_EXAMPLE = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
VECTORS = [
    (AWS_EXAMPLE, "us-east-1", "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"),
    (AWS_EXAMPLE, "us-west-2", "BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd"),
    (AWS_EXAMPLE, "eu-west-1", "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk"),
    (AWS_EXAMPLE, "eu-central-1", "BF0/eIJm0ruTHsSjOkRuOGzGF+zeSyE3aiRzrzUQ8LwG"),
]


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Put something on stdin, which is no terminal."""
    return lambda typed: monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8"))


@pytest.fixture
def both(cli: Cli, in_memory: World) -> dict[str, SmtpCredential]:
    """Two provisioned domains and their credentials."""
    for domain in ("example.com", "example.org"):
        assert cli("new-domain", domain).code == 0
    return in_memory.store.kept


@pytest.mark.parametrize(("secret", "region", "password"), VECTORS)
@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_the_password_of_a_secret_key_on_stdin_is_derived(  # noqa: PLR0913, PLR0917 - a vector has three parts
    cli: Cli, type_in: Callable[[bytes], None], secret: str, region: str, password: str, ending: str
) -> None:
    type_in((secret + ending).encode())
    outcome = cli("credentials", "derive", "--region", region)
    assert (outcome.code, outcome.out, outcome.err) == (0, f"{password}\n", "")


def test_a_derived_password_comes_with_its_host_as_json(cli: Cli, type_in: Callable[[bytes], None]) -> None:
    secret, region, password = VECTORS[0]
    type_in(secret.encode())
    assert cli("credentials", "derive", "--region", region, "--json").document == {
        "region": region,
        "host": f"email-smtp.{region}.amazonaws.com",
        "password": password,
    }


def test_the_region_of_the_environment_is_good_enough(
    cli: Cli, type_in: Callable[[bytes], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    type_in(AWS_EXAMPLE.encode())
    assert cli("credentials", "derive").out == f"{VECTORS[0][2]}\n"


def test_without_any_region_there_is_no_password(cli: Cli, type_in: Callable[[bytes], None]) -> None:
    type_in(AWS_EXAMPLE.encode())
    outcome = cli("credentials", "derive", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "no_region")


@pytest.mark.parametrize(
    "typed",
    [
        b"",
        b"\n",
        b"AKIAIOSFODNN7EXAMPLE\n",
        b"ASIAIOSFODNN7EXAMPLE",
        b"two words",
        b"some+secret+key",
        VECTORS[0][2].encode(),
        b"\xff\xfe",
    ],
)
def test_what_is_no_secret_key_is_refused_without_showing_it(
    cli: Cli, type_in: Callable[[bytes], None], typed: bytes
) -> None:
    type_in(typed)
    outcome = cli("credentials", "derive", "--region", "us-east-1", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "invalid_secret")
    if len(typed) > 2:
        assert typed.decode().strip() not in outcome.out + outcome.err


def test_the_program_itself_derives_from_a_pipe(program: Program) -> None:
    secret, region, password = VECTORS[0]
    run = program("credentials", "derive", "--region", region, stdin=secret)
    assert (run.returncode, run.stdout, run.stderr) == (0, f"{password}\n", "")


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


@pytest.fixture
def shop(cli: Cli, in_memory: World) -> dict[str, SmtpCredential]:
    """A domain with one sender, and another without any; the credentials by IAM user."""
    assert cli("new-domain", "example.com", "--sender", "shop=orders").code == 0
    assert cli("new-domain", "example.org").code == 0
    return in_memory.store.kept


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


@pytest.mark.parametrize("command", ["show", "export"])
@pytest.mark.parametrize(("name", "code"), [("shp", "unknown_sender"), ("../x", "invalid_sender")])
def test_a_sender_that_is_not_there_is_bad_input(
    cli: Cli, shop: dict[str, SmtpCredential], command: str, name: str, code: str
) -> None:
    outcome = cli("credentials", command, "example.com", "--sender", name, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, code)
