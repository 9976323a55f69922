"""The archive of SES's events in an S3 bucket, behind `ports.audit.Archive`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from provisioner.adapters.aws.audit.listing import list_objects
from provisioner.core.audit.archive import PREFIX, Damaged, day_of, prefix_of
from provisioner.errors import ProvisionerError
from provisioner.ports.audit import Stored

_NOT_TO_BE_HAD = {
    "NoSuchKey": "it is gone",
    "InvalidObjectState": "S3 has it in a storage class from which it must be restored first",
}
_THERE = "PreconditionFailed"
_BEING_WRITTEN = "ConditionalRequestConflict"  # by somebody else, at this moment


class S3Archive:
    """A bucket, and what stands before `events/` in its keys; `in_our_words` turns botocore's errors into ours."""

    def __init__(
        self, client: Any, bucket: str, prefix: str, in_our_words: Callable[[str], AbstractContextManager[None]]
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._in_our_words = in_our_words

    @property
    def place(self) -> str:
        """The URL that keys are below."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    def put(self, key: str, data: bytes) -> None:
        """Write an object unless it is there: its name says what is in it."""
        try:
            self._put(key, data, IfNoneMatch="*")
        except ProvisionerError as error:
            code = _code(error)
            if code == _BEING_WRITTEN:
                self._put(key, data)
            elif code != _THERE:
                raise

    def objects(self, day: date | None = None) -> Iterator[Stored]:
        """Go through the objects by their keys in order; an ETag says what is in one."""
        prefix = self._prefix + (prefix_of(day) if day else PREFIX)
        try:
            for item in list_objects(self._client, self._bucket, prefix, self._in_our_words):
                key = item["Key"].removeprefix(self._prefix)
                if day_of(key):
                    yield Stored(key, item["ETag"].strip('"'))
        except ProvisionerError as error:
            if _code(error) == "NoSuchBucket":
                message = f"there is no archive of events: the bucket {self._bucket} does not exist"
                hint = "name the region with --region, or the archive with --archive"
                raise ProvisionerError("no_archive", message, hint) from error
            raise

    def get(self, key: str) -> bytes:
        """Return an object. Raises `Damaged` for one that cannot be had any more, or not at once."""
        try:
            with self._in_our_words(f"s3:GetObject ({self._bucket}/{self._prefix}{key})"):
                data: bytes = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key)["Body"].read()
        except ProvisionerError as error:
            if reason := _NOT_TO_BE_HAD.get(_code(error)):
                raise Damaged(reason) from error
            raise
        return data

    def _put(self, key: str, data: bytes, **condition: str) -> None:
        with self._in_our_words(f"s3:PutObject ({self._bucket})"):
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._prefix + key,
                Body=data,
                ContentType="application/gzip",
                **condition,
            )


def _code(error: ProvisionerError) -> str:
    """Return AWS's own code behind one of our errors, empty when AWS did not answer."""
    response = getattr(error.__cause__, "response", {})
    return str(response.get("Error", {}).get("Code", ""))
