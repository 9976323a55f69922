"""Sessions of an emulated AWS, and an environment that has no other."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.adapters.aws.session import AwsSession


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Take every AWS setting of this machine away."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "aws-credentials"))


@pytest.fixture
def session(no_aws: None, monkeypatch: pytest.MonkeyPatch) -> AwsSession:
    """A session with credentials, whose clients can be stubbed: each service has one."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    return AwsSession(os.environ, "us-east-1", None)


@pytest.fixture
def aws_at(session: AwsSession, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], AwsSession]:
    """Return a session whose AWS is at this URL."""

    def at(url: str) -> AwsSession:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        return AwsSession(os.environ, "us-east-1", None)

    return at


@pytest.fixture
def emulated_with(aws_at: Callable[[str], AwsSession], start_aws: Callable[..., str]) -> Callable[..., AwsSession]:
    """Start an emulated AWS with some settings of the sandbox, and return a session of it."""
    return lambda **settings: aws_at(start_aws(**settings))


@pytest.fixture
def emulated(emulated_with: Callable[..., AwsSession]) -> AwsSession:
    """A session of an emulated AWS."""
    return emulated_with()


@pytest.fixture
def closed_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
