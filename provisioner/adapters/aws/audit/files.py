"""Raw events of others in an S3 bucket, behind `ports.audit.Files`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from provisioner.adapters.aws.audit.listing import list_objects
from provisioner.core.audit.foreign import is_likely


class S3Files:
    """What is below a prefix of a bucket; `in_our_words` turns botocore's errors into ours."""

    def __init__(
        self, client: Any, bucket: str, prefix: str, in_our_words: Callable[[str], AbstractContextManager[None]]
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._in_our_words = in_our_words

    @property
    def place(self) -> str:
        """The URL."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    def names(self) -> Iterator[str]:
        """Go through the keys that may hold events, in order."""
        found = list_objects(self._client, self._bucket, self._prefix, self._in_our_words)
        yield from (item["Key"] for item in found if is_likely(item["Key"]))

    def read(self, name: str) -> bytes:
        """Return an object."""
        with self._in_our_words(f"s3:GetObject ({self._bucket}/{name})"):
            data: bytes = self._client.get_object(Bucket=self._bucket, Key=name)["Body"].read()
        return data
