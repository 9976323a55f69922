"""The queue and the archive of SES's events, and what asks the archive."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.audit.archive import S3Archive
from provisioner.adapters.aws.audit.files import S3Files
from provisioner.adapters.aws.audit.queue import SqsQueue
from provisioner.adapters.aws.session import AwsSession, in_our_words, refused_with
from provisioner.adapters.clock import SystemClock
from provisioner.adapters.disk.archive import DirectoryArchive
from provisioner.adapters.disk.event_files import EventFiles
from provisioner.adapters.disk.files import found_home, private_directory
from provisioner.adapters.duckdb import DuckDb
from provisioner.core.audit.names import DEAD_LETTER_QUEUE, QUEUE, archive_bucket
from provisioner.core.values.region import Region
from provisioner.core.values.wording import quoted
from provisioner.errors import InputError, ProvisionerError
from provisioner.ports.audit import Archive, AuditEdges, Copies, Files
from provisioner.ports.progress import Progress
from provisioner.wiring.settings import Settings

_URL = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?")
_NO_QUEUE = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")


def audit_edges(settings: Settings, progress: Progress) -> AuditEdges:
    """Return the real world of the audit commands; nothing outside is asked yet."""
    session = settings.aws()
    places = _Places(settings, session)
    return AuditEdges(
        queue=places.queue, archive=places.archive, copies=places.copies, files=places.files, engine=DuckDb(),
        clock=SystemClock(), progress=progress,
    )  # fmt: skip  # one world


@dataclass(frozen=True, slots=True)
class _Places:
    settings: Settings
    session: AwsSession

    def queue(self, region: Region, *, dead_letters: bool) -> SqsQueue:
        client = self.session.client("sqs", region.name)
        dead = self._url(client, DEAD_LETTER_QUEUE, region)
        if dead_letters:
            return SqsQueue(client, dead, None, in_our_words)
        return SqsQueue(client, self._url(client, QUEUE, region), dead, in_our_words)

    def archive(self, region: Callable[[], Region], place: str | None) -> Archive:
        if place is None:
            where = region()
            bucket = archive_bucket(AwsAccount(self.session).caller().account, where.name)
            return S3Archive(self.session.client("s3", where.name), bucket, "", in_our_words)
        named = _bucket_of(place)
        if named is None:
            return DirectoryArchive(Path(place))
        bucket, prefix = named
        prefix = f"{prefix.removesuffix('/').removesuffix('events').removesuffix('/')}/".removeprefix("/")
        return S3Archive(self.session.client("s3"), bucket, prefix, in_our_words)

    def copies(self, archive: Archive) -> Copies | None:
        if isinstance(archive, DirectoryArchive):
            return None
        found_home(self.settings.home)
        root = self.settings.home / "archive" / archive.place.removeprefix("s3://")
        return DirectoryArchive(private_directory(root))

    def files(self, place: str) -> Files:
        named = _bucket_of(place)
        if named is None:
            return EventFiles(Path(place))
        return S3Files(self.session.client("s3"), *named, in_our_words)

    def _url(self, client: Any, name: str, region: Region) -> str:
        try:
            with in_our_words("sqs:GetQueueUrl"):
                return str(client.get_queue_url(QueueName=name)["QueueUrl"])
        except ProvisionerError as error:
            if refused_with(error) not in _NO_QUEUE:
                raise
            message = f"nothing collects the events of {region}: the queue {name} does not exist"
            raise ProvisionerError("audit_not_deployed", message, "name the region with --region") from error


def _bucket_of(place: str) -> tuple[str, str] | None:
    """Return bucket and prefix of `s3://BUCKET/PREFIX`; None for a path. Raises `InputError("invalid_place")`."""
    if not place.lower().startswith("s3:"):
        return None
    found = _URL.fullmatch(place)
    if not found:
        raise InputError("invalid_place", f"{quoted(place)} is no place on S3", "give it as s3://BUCKET/PREFIX")
    return found.group(1), found.group(2) or ""
