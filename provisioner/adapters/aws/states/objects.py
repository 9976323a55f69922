"""Terraform states, and the locks on them, as objects of an S3 bucket: what Terraform's S3 backend reads and writes.

Source: hashicorp/terraform v1.11, internal/backend/remote-state/s3/client.go.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import socket
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from provisioner import __version__
from provisioner.adapters.aws.session import AwsSession, in_our_words, refused_with, unless_absent
from provisioner.core.states.lock import StateLock
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError

_ABSENT = ("NoSuchKey", "404")
_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict")  # there already; somebody writes it right now
_ENCRYPTED = {"ServerSideEncryption": "AES256"}  # as `encrypt = true` does


@dataclass(frozen=True, slots=True)
class StateObjects:
    """Where the states are: `key` gives a domain's object, from its A-label; `region` is the bucket's."""

    session: AwsSession
    bucket: str
    region: str
    key: Callable[[str], str]

    def get(self, key: str) -> str | None:
        """Return an object's text, None when there is none."""
        client = self._client()
        with self._in_our_words("s3:GetObject"):
            answer = unless_absent(lambda: client.get_object(Bucket=self.bucket, Key=key), *_ABSENT)
            # What is no UTF-8 shall be no JSON either.
            return None if answer is None else str(answer["Body"].read().decode(errors="backslashreplace"))

    def put(self, key: str, text: str, **options: Any) -> None:
        """Write an object."""
        with self._in_our_words("s3:PutObject"):
            self._client().put_object(
                Bucket=self.bucket,
                Key=key,
                Body=text.encode(),
                ContentType="application/json",
                **_ENCRYPTED,
                **options,
            )

    def put_new(self, key: str, text: str) -> bool:
        """Write an object unless there is one; say whether it was written."""
        try:
            self.put(key, text, IfNoneMatch="*")
        except ProvisionerError as error:
            if refused_with(error) in _TAKEN:
                return False
            raise
        return True

    def delete(self, key: str) -> None:
        """Delete an object; nothing happens when it is gone already."""
        with self._in_our_words("s3:DeleteObject"):
            self._client().delete_object(Bucket=self.bucket, Key=key)

    def _client(self) -> Any:
        return self.session.client("s3", self.region or None)

    @contextmanager
    def _in_our_words(self, action: str) -> Iterator[None]:
        try:
            with in_our_words(f"{action} ({self.bucket})"):
                yield
        except ProvisionerError as error:
            if refused_with(error) == "NoSuchBucket":
                raise self._no_bucket() from error
            raise

    def _no_bucket(self) -> ProvisionerError:
        return ProvisionerError(
            "state_bucket_missing",
            f"the bucket for the states, {self.bucket}, does not exist",
            f"make it with `provisioner account bootstrap --bucket {self.bucket}`, or correct PROVISIONER_STATE",
        )


def new_lock(now: datetime, path: str) -> StateLock:
    """Return a lock that says who we are, in the way Terraform says it, with an id of its own."""
    command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]])
    return StateLock(
        id=str(uuid.uuid4()),
        who=f"{_user()}@{socket.gethostname()}",
        operation=command,
        info=f"process {os.getpid()}",
        version=__version__,
        created=now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        path=path,
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        return str(os.getuid())


class S3States:
    """`ports.states.States` in a bucket."""

    def __init__(self, objects: StateObjects) -> None:
        self._objects = objects

    def read(self, domain: DomainName) -> str | None:
        """Return the text of the domain's state, None when there is none, or an object without contents."""
        text = self._objects.get(self._key(domain))
        return text if text and text.strip() else None

    def write(self, domain: DomainName, text: str) -> None:
        """Keep the state."""
        self._objects.put(self._key(domain), text)

    def retire(self, domain: DomainName, serial: int) -> str:
        """Copy the state to a key that no run looks at, then delete it; a bucket may keep no old versions."""
        key = self._key(domain)
        text = self._objects.get(key)
        backup = f"{key}.{serial}.{hashlib.sha256((text or '').encode()).hexdigest()[:8]}.backup"
        if text is not None:
            self._objects.put(backup, text)
            self._objects.delete(key)
        return f"s3://{self._objects.bucket}/{backup}"

    def show_to(self, root: Path, domain: DomainName) -> None:
        """Do nothing: every root that is rendered for this place finds the state."""

    def _key(self, domain: DomainName) -> str:
        return self._objects.key(domain.ascii)


class S3StateLocks:
    """`ports.states.StateLocks` in a bucket."""

    def __init__(self, objects: StateObjects) -> None:
        self._objects = objects

    def path(self, domain: DomainName) -> str:
        """Return `bucket/key` of the domain's state."""
        return f"{self._objects.bucket}/{self._objects.key(domain.ascii)}"

    def take(self, domain: DomainName, lock: StateLock) -> StateLock:
        """Put the lock there unless there is one; return the lock that is there now.

        When our own first try was written and its answer lost, the lock that we find is ours.
        """
        if self._objects.put_new(self._key(domain), lock.to_json()):
            return lock
        # Dropped between the two calls: free again, so the caller's next try decides.
        return self.holder(domain) or StateLock("", "somebody who just dropped it", "", "", "", "", lock.path)

    def holder(self, domain: DomainName) -> StateLock | None:
        """Return the lock that is there, None when the state is free."""
        text = self._objects.get(self._key(domain))
        return None if text is None else StateLock.from_json(text, self.path(domain))

    def drop(self, domain: DomainName, lock_id: str) -> bool:
        """Remove the lock if it is still the one with this id."""
        holder = self.holder(domain)
        if holder is None or holder.id != lock_id:
            return False
        self._objects.delete(self._key(domain))
        return True

    def _key(self, domain: DomainName) -> str:
        return f"{self._objects.key(domain.ascii)}.tflock"
