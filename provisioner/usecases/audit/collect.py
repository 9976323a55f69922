"""Bring the events that wait in the queue into the archive.

A message is deleted only after its lines are in the archive. So a run that dies leaves messages that are in both; the
next one finds their lines there, and deletes them.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from provisioner.core.audit.archive import Entry, entries_in
from provisioner.core.audit.envelope import Unreadable
from provisioner.errors import ProvisionerError
from provisioner.ports.audit import Archive, Message, Queue
from provisioner.ports.progress import Progress
from provisioner.usecases.audit.keep import Keeper

_BATCH = 10  # of SQS


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may take.

    `remaining` returns the seconds that it has left. No round begins in the last `reserve` of them; a round has at most
    so many messages with so many characters in all, which bounds its memory and its time.
    """

    remaining: Callable[[], float] = lambda: float("inf")
    reserve: float = 60.0
    receivers: int = 4
    messages: int = 5_000
    characters: int = 24_000_000


@dataclass(slots=True)
class Collected:
    """What a run did: each message that it received is collected, a duplicate, rejected or ignored."""

    collected: int = 0
    duplicates: int = 0
    rejected: int = 0
    ignored: int = 0
    lines: int = 0
    left: int | None = None
    objects: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)

    def to_document(self) -> dict[str, Any]:
        """Return the document of `audit collect --json`."""
        return {
            "collected": self.collected,
            "duplicates": self.duplicates,
            "rejected": self.rejected,
            "ignored": self.ignored,
            "lines": self.lines,
            "left": self.left,
            "objects": self.objects,
            "reasons": dict(self.reasons),
        }


def collect(queue: Queue, archive: Archive, limits: Limits, today: date, progress: Progress) -> Collected:
    """Drain the queue as far as the limits allow; what is left stays for the next run.

    When the queue or the archive fails, what was received is released for the next run, and `ProvisionerError` says how
    far it came.
    """
    next(archive.objects(today), None)  # nothing is received that could not be kept
    run = _Run(queue, limits, Keeper(archive, progress, lambda: _has_time(limits)), progress)
    try:
        while _has_time(limits) and run.round():
            pass
        run.done.left = queue.waiting()
    except ProvisionerError as error:
        error.message += f"; {run.done.collected} events were collected before" if run.done.collected else ""
        raise
    run.done.objects = run.keeper.objects
    return run.done


def _has_time(limits: Limits) -> bool:
    return limits.remaining() > limits.reserve


@dataclass(slots=True)
class _Run:
    queue: Queue
    limits: Limits
    keeper: Keeper
    progress: Progress
    done: Collected = field(default_factory=Collected)
    _seen: set[str] = field(default_factory=set)
    _aside: set[str] = field(default_factory=set)

    def round(self) -> bool:
        """Receive, keep and delete once; say whether there was anything that this run had not received before."""
        received = _Round(self.queue, self.limits)
        try:
            received.fill()
            if received.messages:
                self._take(received.messages)
        except BaseException:
            self._release(received.messages)
            raise
        if received.failure:
            raise received.failure
        ids = {message.id for message in received.messages}
        new, self._seen = ids - self._seen, self._seen | ids
        return bool(new)

    def _take(self, messages: Sequence[Message]) -> None:
        fresh: list[Entry] = []
        unreadable, counts = [], Counter[str]()
        for message in messages:
            try:
                entries = entries_in(message.body, message.sent)
            except Unreadable as fault:
                unreadable.append((message, str(fault)))
                continue
            except Exception as fault:  # noqa: BLE001 - whatever is wrong with one, the others are kept
                unreadable.append((message, f"it could not be read: {type(fault).__name__}"))
                continue
            new = self.keeper.new(entries or ())
            counts["ignored" if entries is None else "collected" if new else "duplicates"] += 1
            fresh += new
        self.keeper.put(fresh)
        refused = {message.id for message, _ in unreadable}
        self._delete([message for message in messages if message.id not in refused])
        self._count(counts, len(fresh))
        self._set_aside(unreadable)

    def _count(self, counts: Counter[str], lines: int) -> None:
        self.done.collected += counts["collected"]
        self.done.duplicates += counts["duplicates"]
        self.done.ignored += counts["ignored"]
        self.done.lines += lines
        self.progress.step(f"{self.done.collected} events collected")

    def _set_aside(self, unreadable: Iterable[tuple[Message, str]]) -> None:
        for message, reason in unreadable:
            if message.id in self._aside:
                continue
            try:
                self.queue.set_aside(message, reason)
            except ProvisionerError as error:
                self.progress.warn(f"message {message.id} comes again, although {reason}: {error.message}")
                continue
            self._aside.add(message.id)
            self.done.rejected += 1
            self.done.reasons[reason] += 1

    def _delete(self, messages: Sequence[Message]) -> None:
        with ThreadPoolExecutor(self.limits.receivers) as pool:
            gone = sum(pool.map(self.queue.delete, _batches(messages)))
        if gone < len(messages):
            self.progress.warn(f"{len(messages) - gone} messages could not be deleted; they come again")

    def _release(self, messages: Sequence[Message]) -> None:
        try:
            for batch in _batches(messages):
                self.queue.release(batch)
        except ProvisionerError as error:
            self.progress.warn(f"messages come again later only: {error.message}")


@dataclass(slots=True)
class _Round:
    """The messages of one round, received by several threads; `failure` ended it early."""

    queue: Queue
    limits: Limits
    messages: list[Message] = field(default_factory=list)
    failure: ProvisionerError | None = None
    _room: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fill(self) -> None:
        """Receive until the round is full, the queue empty, or there is no time."""
        self._room = self.limits.characters
        with ThreadPoolExecutor(self.limits.receivers) as pool:
            receivers = [pool.submit(self._receive) for _ in range(self.limits.receivers)]
            try:
                for receiver in receivers:
                    receiver.result()
            finally:
                self._room = 0  # whatever ends one ends the others

    def _receive(self) -> None:
        try:
            while self._is_open() and (messages := self.queue.receive()):
                self._add(messages)
        except ProvisionerError as error:
            self.failure = error

    def _is_open(self) -> bool:
        full = self._room <= 0 or len(self.messages) >= self.limits.messages
        return not full and self.failure is None and _has_time(self.limits)

    def _add(self, messages: Iterable[Message]) -> None:
        with self._lock:
            for message in messages:
                self.messages.append(message)
                self._room -= len(message.body)


def _batches(messages: Sequence[Message]) -> Iterator[list[Message]]:
    rest = iter(messages)
    while batch := list(islice(rest, _BATCH)):
        yield batch
