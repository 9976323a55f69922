"""An emulated AWS in this process, for every test that calls boto3."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
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
