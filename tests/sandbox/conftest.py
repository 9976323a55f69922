"""An emulated AWS for each test, and what it must refuse."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_clients import Aws
from botocore.exceptions import ClientError


@pytest.fixture
def aws_with(start_aws: Callable[..., str]) -> Callable[..., Aws]:
    """Start an emulated AWS with some settings of the sandbox."""
    return lambda **settings: Aws(start_aws(**settings))


@pytest.fixture
def aws(aws_with: Callable[..., Aws]) -> Aws:
    """An emulated AWS in which right records verify at once."""
    return aws_with()


@pytest.fixture
def refusal() -> Callable[..., tuple[str, str, int]]:
    """Call something that AWS must refuse, and return the error's code, message and HTTP status."""

    def call(operation: Callable[..., Any], *args: Any, **kwargs: Any) -> tuple[str, str, int]:
        with pytest.raises(ClientError) as caught:
            operation(*args, **kwargs)
        error = caught.value.response
        return error["Error"]["Code"], error["Error"]["Message"], error["ResponseMetadata"]["HTTPStatusCode"]

    return call
