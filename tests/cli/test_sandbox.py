"""`sandbox run`, `sandbox serve` and `demo`, whatever of AWS the shell has set."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from provisioner.cli import demo

OF_THE_SHELL = {
    "AWS_PROFILE": "hosting",
    "AWS_DEFAULT_PROFILE": "hosting",
    "AWS_SESSION_TOKEN": "stale",
    "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/hosting",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/token",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/credentials",
    "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:9",
    "AWS_ENDPOINT_URL_ROUTE_53": "http://127.0.0.1:9",
    "AWS_CONFIG_FILE": "/nowhere/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials",
}
ASK = (
    "import boto3;"
    "print(boto3.client('sts').get_caller_identity()['Account']);"
    "print(boto3.client('route53').list_hosted_zones()['HostedZones']);"
    "print(boto3.client('sesv2').list_email_identities()['EmailIdentities'])"
)
Program = Callable[..., subprocess.CompletedProcess[str]]


def test_a_program_in_the_sandbox_meets_nothing_of_the_shells_account(program: Program) -> None:
    ran = program("sandbox", "run", "--", sys.executable, "-c", ASK, **OF_THE_SHELL)
    assert (ran.returncode, ran.stdout) == (0, "123456789012\n[]\n[]\n"), ran.stderr


def test_a_run_in_the_sandbox_finds_its_account_although_the_shell_names_a_profile(program: Program) -> None:
    plan = (sys.executable, "-m", "provisioner", "status", "example.com", "--json")
    ran = program("sandbox", "run", "--", *plan, AWS_PROFILE="hosting", AWS_REGION="us-east-1")
    assert "hosting" not in ran.stdout
    assert json.loads(ran.stdout)["error"]["code"] != "unknown_profile"


def test_serving_prints_what_to_unset_before_what_to_set(home: Path) -> None:
    command = [sys.executable, "-m", "provisioner", "sandbox", "serve"]
    with subprocess.Popen(command, env={**os.environ, **OF_THE_SHELL}, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        first, second = served.stdout.readline(), served.stdout.readline()
        served.send_signal(signal.SIGINT)
    assert first.startswith("unset AWS_PROFILE AWS_DEFAULT_PROFILE ")
    assert second.startswith("export AWS_ENDPOINT_URL=http://127.0.0.1:")


def test_the_tour_meets_nothing_of_the_shells_account(
    monkeypatch: pytest.MonkeyPatch, cli: Callable[..., object]
) -> None:
    ours = {"PROVISIONER_STATE": "s3://hosting/mail", "PROVISIONER_STORE": "ssm", "AWS_REGION": "us-gov-west-1"}
    for name, value in {**OF_THE_SHELL, **ours}.items():
        monkeypatch.setenv(name, value)
    met: list[Mapping[str, str]] = []
    monkeypatch.setattr(demo, "_step", lambda _title, _line, _domain, environment: met.append(environment))
    monkeypatch.setattr(demo, "_show_arrived", met.append)
    cli("demo")
    assert len(met) > 4
    for environment in met:
        assert not {"AWS_PROFILE", "AWS_ROLE_ARN", "PROVISIONER_STATE", "PROVISIONER_STORE"} & set(environment)
        assert environment["AWS_REGION"] == "us-east-1"
        assert environment["AWS_ENDPOINT_URL_STS"] == environment["AWS_ENDPOINT_URL"]
