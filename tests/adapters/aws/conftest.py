"""Answers of AWS that the emulated one cannot be brought to give."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from botocore.stub import Stubber

from provisioner.adapters.aws.session import AwsSession

Stub = Callable[..., Stubber]


@pytest.fixture
def stub(session: AwsSession) -> Iterator[Stub]:
    """Put a stub in front of the client that the adapter will get; every expected call must come."""
    with ExitStack() as stack:

        def start(service: str, *arguments: Any) -> Stubber:
            stubber: Stubber = stack.enter_context(Stubber(session.client(service, *arguments)))
            stack.callback(stubber.assert_no_pending_responses)
            return stubber

        yield start
