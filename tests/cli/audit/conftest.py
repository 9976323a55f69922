"""The audit commands over a queue and an archive in memory, and the real engine."""

from pathlib import Path

import pytest
from fakes.audit import SENT, FakeArchive, FakeQueue
from fakes.clock import FakeClock, FakeProgress

from provisioner.adapters.disk.archive import DirectoryArchive
from provisioner.adapters.disk.event_files import EventFiles
from provisioner.adapters.duckdb import DuckDb
from provisioner.ports.audit import AuditEdges


@pytest.fixture
def queue() -> FakeQueue:
    return FakeQueue()


@pytest.fixture
def archive() -> FakeArchive:
    return FakeArchive()


@pytest.fixture
def audited(queue: FakeQueue, archive: FakeArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AuditEdges:
    """Let the audit commands meet the queue and the archive in memory."""
    clock = FakeClock()
    clock.seconds = SENT.timestamp()
    (tmp_path / "copies").mkdir()
    dead = FakeQueue().has("letter")
    edges = AuditEdges(
        queue=lambda _region, *, dead_letters: dead if dead_letters else queue,
        archive=lambda region, place: DirectoryArchive(Path(place)) if place else _of(region(), archive),
        copies=lambda opened: None if isinstance(opened, DirectoryArchive) else DirectoryArchive(tmp_path / "copies"),
        files=lambda place: EventFiles(Path(place)),
        engine=DuckDb(),
        clock=clock,
        progress=FakeProgress(),
    )
    monkeypatch.setattr("provisioner.wiring.audit.audit_edges", lambda _settings, _progress: edges)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return edges


def _of(_region: object, archive: FakeArchive) -> FakeArchive:
    return archive
