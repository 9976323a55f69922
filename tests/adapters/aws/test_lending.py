"""Whose credentials Terraform works with: always ours, whatever else the environment holds."""

import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.credentials import EnvProvider

from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.lending import TOKEN, URI, lend_credentials, without_credentials
from provisioner.adapters.aws.session import AwsSession
from provisioner.errors import InputError

OTHER_SOURCES = {
    "AWS_ACCESS_KEY_ID": "AKIAOTHER",
    "AWS_SECRET_ACCESS_KEY": "other",
    "AWS_SESSION_TOKEN": "other",
    "AWS_SECURITY_TOKEN": "other",
    "AWS_ACCESS_KEY": "AKIAOTHER",
    "AWS_SECRET_KEY": "other",
    "AWS_PROFILE": "other",
    "AWS_DEFAULT_PROFILE": "other",
    "AWS_ROLE_ARN": "arn:aws:iam::210987654321:role/other",
    "AWS_ROLE_SESSION_NAME": "other",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/token",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/other",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/other",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/var/run/token",
    "AWS_CONFIG_FILE": "/home/other/.aws/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/home/other/.aws/credentials",
    "AWS_SHARED_CONFIG_FILE": "/home/other/.aws/config",
    "AWS_EC2_METADATA_DISABLED": "false",
}
NO_OTHER_SOURCE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def ask(environment: Mapping[str, str], token: str | None = None) -> tuple[int, Any]:
    """Ask as Go's SDK does; return the status and the document."""
    address = urlsplit(environment[URI])
    connection = HTTPConnection(address.netloc, timeout=10)
    connection.request("GET", address.path, headers={"Authorization": environment[TOKEN] if token is None else token})
    answer = connection.getresponse()
    try:
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def fetch(environment: Mapping[str, str]) -> Any:
    status, document = ask(environment)
    assert status == 200
    return document


def caller(document: Mapping[str, str]) -> str:
    """Return who AWS says has these credentials."""
    keys = {"aws_access_key_id": document["AccessKeyId"], "aws_secret_access_key": document["SecretAccessKey"]}
    return str(boto3.client("sts", "us-east-1", **keys).get_caller_identity()["Arn"])  # type: ignore[call-overload]  # its stubs want each option by name


def helper(folder: Path, *seconds: int) -> str:
    """Write a program for `credential_process` whose credentials hold so many seconds: the first time, the second."""
    documents = [
        {
            "Version": 1,
            "AccessKeyId": f"ASIA{number}",
            "SecretAccessKey": "secret",
            "SessionToken": "token",
            "Expiration": (datetime.now(UTC) + timedelta(seconds=held)).isoformat(),
        }
        for number, held in enumerate(seconds)
    ]
    script = folder / "helper"
    texts = "\n".join(f"[ -e {folder}/asked{n} ] || {{ touch {folder}/asked{n}; echo '{json.dumps(d)}'; exit; }}"
                      for n, d in enumerate(documents))  # fmt: skip  # a script, a line for each time
    script.write_text(f"#!/bin/sh\n{texts}\nexit 1\n")
    script.chmod(stat.S_IRWXU)
    return str(script)


@pytest.fixture
def profile(no_aws: None) -> Iterator[Callable[[str], AwsSession]]:
    """Return a session of a profile with these lines."""

    def write(lines: str) -> AwsSession:
        Path(os.environ["AWS_CONFIG_FILE"]).write_text(f"[profile hosting]\n{lines}\n")
        return AwsSession(os.environ, None, "hosting")

    return write


@pytest.fixture
def users(no_aws: None, start_aws: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two IAM users: the keys of one are in the environment, those of the other in the profile `hosting`."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", start_aws())
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    iam, keys = boto3.client("iam", "us-east-1"), {}
    for name in ("in-env", "in-profile"):
        iam.create_user(UserName=name)
        keys[name] = iam.create_access_key(UserName=name)["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys["in-env"]["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys["in-env"]["SecretAccessKey"])
    Path(os.environ["AWS_SHARED_CREDENTIALS_FILE"]).write_text(
        f"[hosting]\naws_access_key_id = {keys['in-profile']['AccessKeyId']}\n"
        f"aws_secret_access_key = {keys['in-profile']['SecretAccessKey']}\n"
    )


@pytest.mark.parametrize(
    ("option", "variable", "who"),
    [
        ("hosting", None, "in-profile"),  # as `aws --profile`
        (None, "hosting", "in-env"),  # as the AWS CLI and Go's SDK do with AWS_PROFILE
        (None, None, "in-env"),
        ("hosting", "nobody", "in-profile"),
    ],
)
def test_both_sides_of_a_run_are_the_same_caller(
    users: None, monkeypatch: pytest.MonkeyPatch, option: str | None, variable: str | None, who: str
) -> None:
    if variable:
        monkeypatch.setenv("AWS_PROFILE", variable)
    session = AwsSession(os.environ, "us-east-1", option)
    ours = AwsAccount(session).caller().arn
    with lend_credentials(session, os.environ) as environment:
        terraforms = fetch(environment)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    assert ours == caller(terraforms) == f"arn:aws:iam::123456789012:user/{who}"


def test_no_other_source_of_credentials_reaches_terraform(session: AwsSession) -> None:
    with lend_credentials(session, {**OTHER_SOURCES, "PATH": "/bin"}) as environment:
        door = {URI: environment[URI], TOKEN: environment[TOKEN]}
        assert environment == {**NO_OTHER_SOURCE, **door, "AWS_REGION": "us-east-1", "PATH": "/bin"}
        assert EnvProvider(dict(environment)).load() is None
        assert fetch(environment)["AccessKeyId"] == "AKIAIOSFODNN7EXAMPLE"


def test_a_terraform_that_needs_no_credentials_gets_none() -> None:
    assert without_credentials({**OTHER_SOURCES, "AWS_REGION": "eu-west-1"}) == {
        **NO_OTHER_SOURCE,
        "AWS_REGION": "eu-west-1",
    }


def test_where_and_how_aws_is_asked_stays(session: AwsSession) -> None:
    asked = {
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_ENDPOINT_URL_ROUTE_53": "http://127.0.0.1:4567",
        "AWS_CA_BUNDLE": "/etc/ca.pem",
        "AWS_USE_FIPS_ENDPOINT": "false",
        "AWS_USE_DUALSTACK_ENDPOINT": "false",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false",
        "AWS_MAX_ATTEMPTS": "3",
        "HTTPS_PROXY": "http://proxy.example.com:3128",
    }
    with lend_credentials(session, asked) as environment:
        assert asked.items() <= environment.items()


def test_what_the_profile_says_of_aws_reaches_terraform_in_variables(profile: Callable[[str], AwsSession]) -> None:
    session = profile(
        "region = eu-north-1\nuse_fips_endpoint = true\nca_bundle = /etc/ca.pem\n"
        "endpoint_url = http://127.0.0.1:1\nservices = mine\n"
        "[services mine]\nsesv2 =\n  endpoint_url = http://127.0.0.1:2\nroute_53 =\n  endpoint_url = http://127.0.0.1:3"
    )
    with lend_credentials(session, {}) as environment:
        said = {name: value for name, value in environment.items() if name not in {*NO_OTHER_SOURCE, URI, TOKEN}}
    assert said == {
        "AWS_REGION": "eu-north-1",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_CA_BUNDLE": "/etc/ca.pem",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ENDPOINT_URL_SESV2": "http://127.0.0.1:2",
        "AWS_ENDPOINT_URL_ROUTE_53": "http://127.0.0.1:3",
    }


def test_an_endpoint_in_the_environment_wins_over_those_of_the_profile(profile: Callable[[str], AwsSession]) -> None:
    session = profile("services = mine\n[services mine]\nsesv2 =\n  endpoint_url = http://127.0.0.1:2")
    given = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_REGION": "eu-west-1"}
    with lend_credentials(session, given) as environment:
        assert {name: value for name, value in environment.items() if "ENDPOINT_URL" in name} == {
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9"
        }


def test_credentials_that_end_say_when(profile: Callable[[str], AwsSession], tmp_path: Path) -> None:
    session = profile(f"credential_process = {helper(tmp_path, 3600)}")
    with lend_credentials(session, {}) as environment:
        document = fetch(environment)
    left = datetime.strptime(document.pop("Expiration"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    assert document == {"AccessKeyId": "ASIA0", "SecretAccessKey": "secret", "Token": "token"}


def test_credentials_renew_themselves_before_they_end(profile: Callable[[str], AwsSession], tmp_path: Path) -> None:
    session = profile(f"credential_process = {helper(tmp_path, 120, 3600)}")
    with lend_credentials(session, {}) as environment:
        assert fetch(environment)["AccessKeyId"] == "ASIA1"
        assert fetch(environment)["AccessKeyId"] == "ASIA1"


def test_credentials_that_do_not_end_name_no_time(session: AwsSession) -> None:
    with lend_credentials(session, {}) as environment:
        assert fetch(environment).keys() == {"AccessKeyId", "SecretAccessKey"}


def test_who_does_not_know_the_token_gets_nothing(session: AwsSession) -> None:
    with lend_credentials(session, {}) as environment:
        for guess in ("", "x", environment[TOKEN][:-1], f"Bearer {environment[TOKEN]}"):
            status, document = ask(environment, guess)
            assert (status, document["code"]) == (403, "AccessDenied")


def test_each_run_has_a_token_of_its_own(session: AwsSession) -> None:
    with lend_credentials(session, {}) as one, lend_credentials(session, {}) as other:
        assert one[TOKEN] != other[TOKEN]
        assert ask(one, other[TOKEN])[0] == 403


def test_what_is_wrong_with_the_credentials_is_told_once(profile: Callable[[str], AwsSession]) -> None:
    with lend_credentials(profile("credential_process = /bin/false"), {}) as environment:
        status, document = ask(environment)
    assert (status, document["code"]) == (403, "no_credentials")  # 5xx would be asked for again
    assert "AWS_ACCESS_KEY_ID" in document["message"]


def test_a_profile_that_does_not_exist_is_said_before_anything_runs(no_aws: None) -> None:
    session = AwsSession(os.environ, None, "nobody")
    with pytest.raises(InputError, match="'nobody'"), lend_credentials(session, {}):
        raise AssertionError("nothing runs")
