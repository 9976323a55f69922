"""`credentials derive`."""

import io
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

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
