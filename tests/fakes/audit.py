"""A queue and an archive in memory: messages are hidden, come again, and are counted; calls can be made to fail."""

from __future__ import annotations

import itertools
import json
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from provisioner.core.audit.archive import day_of, lines_in, prefix_of
from provisioner.errors import ProvisionerError
from provisioner.ports.audit import Message, Stored

SENT = datetime(2026, 11, 28, 12, tzinfo=UTC)


class Calls:
    """What every call passes before it does something, and after."""

    def __init__(self) -> None:
        self.before: Callable[[str], None] = lambda _: None
        self.after: Callable[[str], None] = lambda _: None
        self.made: Counter[str] = Counter()
        self._down: dict[str, int] = {}

    def fails(self, name: str, times: int = 10**9) -> None:
        """Let a call fail so many times, beginning with the next."""
        self._down[name] = times

    def recovers(self) -> None:
        self._down.clear()

    def begin(self, name: str) -> None:
        self.made[name] += 1
        self.before(name)
        if self._down.get(name, 0) > 0:
            self._down[name] -= 1
            raise ProvisionerError("throttled", f"{name}: SlowDown: reduce your request rate", "run it again later")


class FakeQueue:
    """SQS as it is: at least once, ten at a time, what was received is hidden until `time_passes`."""

    def __init__(self) -> None:
        self.calls = Calls()
        self.sent: dict[str, str] = {}
        self.hidden: set[str] = set()
        self.dead: list[tuple[str, str]] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def has(self, *bodies: Any) -> FakeQueue:
        for body in bodies:
            self.sent[f"id-{next(self._numbers)}"] = body if isinstance(body, str) else json.dumps(body)
        return self

    def time_passes(self) -> None:
        """Let what was received and not deleted be received again."""
        self.hidden.clear()

    def receive(self) -> Sequence[Message]:
        self.calls.begin("receive")
        with self._lock:
            found = list(itertools.islice((one for one in self.sent if one not in self.hidden), 10))
            self.hidden.update(found)
        self.calls.after("receive")
        return [Message(one, one, self.sent[one], SENT) for one in found]

    def delete(self, messages: Sequence[Message]) -> int:
        self.calls.begin("delete")
        gone = sum(self.sent.pop(message.handle, None) is not None for message in messages)
        self.calls.after("delete")
        return gone

    def set_aside(self, message: Message, reason: str) -> None:
        self.calls.begin("set_aside")
        self.dead.append((message.body, reason))
        self.calls.after("set_aside")
        self.sent.pop(message.handle, None)

    def release(self, messages: Sequence[Message]) -> None:
        self.calls.begin("release")
        self.hidden.difference_update(message.handle for message in messages)

    def waiting(self) -> int:
        self.calls.begin("waiting")
        return len(self.sent)


class FakeArchive:
    """Objects in memory."""

    def __init__(self) -> None:
        self.calls = Calls()
        self.kept: dict[str, bytes] = {}
        self.place = "s3://archive"
        self.is_there = True

    def put(self, key: str, data: bytes) -> None:
        self.calls.begin("put")
        assert self.kept.get(key, data) == data
        self.kept[key] = data
        self.calls.after("put")

    def objects(self, day: date | None = None) -> Iterator[Stored]:
        self.calls.begin("objects")
        if not self.is_there:
            raise ProvisionerError("no_archive", "there is no archive of events", "name another")
        prefix = prefix_of(day) if day else ""
        keys = sorted(key for key in self.kept if key.startswith(prefix) and day_of(key))
        yield from (Stored(key, f"{zlib.crc32(self.kept[key]):08x}") for key in keys)

    def get(self, key: str) -> bytes:
        self.calls.begin("get")
        return self.kept[key]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every line of every object, doubles too."""
        return [json.loads(line) for data in self.kept.values() for line in lines_in(data)]
