"""An emulated AWS in this process, for every test that calls boto3."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def start_aws() -> Iterator[Callable[..., str]]:
    """Start an emulated AWS with some settings of the sandbox, where right records verify at once; return its URL."""
    from provisioner.sandbox.aws.server import AwsServer  # noqa: PLC0415 - moto is slow to load, most tests need no AWS
    from provisioner.sandbox.settings import SandboxSettings  # noqa: PLC0415 - it comes with moto

    with ExitStack() as stack:

        def start(**settings: Any) -> str:
            server = AwsServer(SandboxSettings(**{"verification_delay": 0.0, **settings}), {})
            server.start()
            stack.callback(server.stop)
            return f"http://127.0.0.1:{server.port}"

        yield start


@pytest.fixture
def clock_of_ses(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Set the clock by which SES verifies and gives up so many seconds ahead of the real one."""
    ahead = 0.0

    def set_ahead(seconds: float) -> None:
        nonlocal ahead
        ahead = seconds

    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + ahead)
    monkeypatch.setattr("provisioner.sandbox.ses.verification.time", clock)
    return set_ahead
