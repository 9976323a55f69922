from pathlib import Path
from typing import Any

import boto3
import pytest

from provisioner.sandbox.environment import FOREIGN, Addresses, variables, without_foreign

BUNDLE = Path("/tmp/ca-bundle.pem")  # noqa: S108 - only a name here
SERVERS = ("http://127.0.0.1:4566", "127.0.0.1:5353", "127.0.0.1:2587", "127.0.0.1:2465")
ADDRESSES = Addresses(*SERVERS, "eu-west-1", BUNDLE)
HOME = Path("/srv/provisioner")


def _variables(directory: Path, **base: str) -> dict[str, str]:
    return variables(ADDRESSES, directory, base, HOME)


def test_the_variables_of_the_interface_are_there(tmp_path: Path) -> None:
    given = _variables(tmp_path)
    assert given["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert (given["AWS_REGION"], given["AWS_DEFAULT_REGION"]) == ("eu-west-1", "eu-west-1")
    assert given["PROVISIONER_DNS_SERVER"] == "127.0.0.1:5353"
    assert given["PROVISIONER_SMTP_SERVER"] == "127.0.0.1:2587"
    assert given["PROVISIONER_SMTPS_SERVER"] == "127.0.0.1:2465"
    assert given["PROVISIONER_HOME"] == "/srv/provisioner"
    assert given["SSL_CERT_FILE"] == str(BUNDLE)
    assert given["AWS_EC2_METADATA_DISABLED"] == "true"


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ({"AWS_SESSION_TOKEN": "stale"}, {"AWS_SESSION_TOKEN": ""}),
        ({"AWS_ENDPOINT_URL_SESV2": "https://real"}, {"AWS_ENDPOINT_URL_SESV2": "http://127.0.0.1:4566"}),
        ({"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"}),
        ({"AWS_CA_BUNDLE": "/nowhere"}, {"AWS_CA_BUNDLE": str(BUNDLE)}),
        ({"HTTP_PROXY": "http://proxy", "NO_PROXY": "corp"}, {"NO_PROXY": "corp,127.0.0.1,localhost"}),
        ({}, {}),
    ],
)
def test_what_would_lead_elsewhere_is_overruled(tmp_path: Path, base: dict[str, str], expected: dict[str, str]) -> None:
    given = _variables(tmp_path, **base)
    assert {name: given[name] for name in expected} == expected
    suspicious = {"AWS_SESSION_TOKEN", "AWS_CA_BUNDLE", "NO_PROXY", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"}
    assert not (suspicious & set(given)) - set(expected)


@pytest.mark.parametrize(
    "base",
    [
        {},
        {"AWS_PROFILE": "customer"},
        {"AWS_DEFAULT_PROFILE": "customer"},
        {"AWS_PROFILE": "default", "AWS_SESSION_TOKEN": "stale"},
    ],
)
def test_an_sdk_ends_up_in_the_sandbox_whatever_the_caller_had_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aws: Any, base: dict[str, str]
) -> None:
    addresses = Addresses(aws.url, "", "", "", "eu-west-1", BUNDLE)
    for name, value in {**base, **variables(addresses, tmp_path, base, HOME)}.items():
        monkeypatch.setenv(name, value)
    session = boto3.session.Session(profile_name=base.get("AWS_PROFILE"))
    assert session.client("sts").get_caller_identity()["Account"] == "123456789012"
    assert session.client("sesv2").meta.region_name == "eu-west-1"


def test_what_leads_to_other_credentials_is_taken_away() -> None:
    base = dict.fromkeys((*FOREIGN, "PATH", "AWS_REGION"), "x")
    assert without_foreign(base) == {"PATH": "x", "AWS_REGION": "x"}
    assert {"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"} <= set(FOREIGN)
