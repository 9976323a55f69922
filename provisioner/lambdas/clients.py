"""boto3 as the Lambda runtime brings it along."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from provisioner.errors import ProvisionerError

_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 10},
    connect_timeout=5,
    read_timeout=30,
    max_pool_connections=20,  # of several threads
)


def open_client(service: str) -> Any:
    """Return a client with the function's own role, in its own region."""
    make: Any = boto3.client  # the stubs know a client only by a literal name
    return make(service, config=_CONFIG)


@contextmanager
def in_our_words(action: str) -> Iterator[None]:
    """Turn botocore's errors into ours; `action` is in AWS's spelling."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        hint = "see the message; the messages stay in the queue"
        raise ProvisionerError("aws_error", f"{action}: {error}", hint) from error
