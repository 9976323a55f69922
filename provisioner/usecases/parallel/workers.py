"""Bounded parallelism: threads take items in their order until there are no more, or somebody says stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from provisioner.errors import ProvisionerError, defect
from provisioner.usecases.parallel.stopping import Stop, Urgency

Item = TypeVar("Item")

_TICK = 0.1  # seconds between two looks at signals
_LAST_PATIENCE = 50  # ticks that workers have to notice that their Terraform was killed


def _nothing(_: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Workers:
    """`count` threads at most; `on_tick` runs ten times a second in the calling thread."""

    count: int
    stop: Stop
    on_tick: Callable[[], None] = lambda: None

    def run(
        self, items: Sequence[Item], work: Callable[[int, Item], None], taken: Callable[[Item], None] = _nothing
    ) -> None:
        """Return when all is done, or as soon as the urgency of `stop` allows.

        `taken` is called with each item in the order of the items; `work` with the worker's number too, and it must not
        raise.
        """
        queue, lock = iter(items), threading.Lock()
        threads = [
            threading.Thread(target=self._work, args=(number, queue, lock, work, taken), daemon=True)
            for number in range(min(self.count, len(items)))
        ]
        for thread in threads:
            thread.start()
        self._wait(threads)

    def _work(
        self,
        number: int,
        queue: Iterator[Item],
        lock: threading.Lock,
        work: Callable[[int, Item], None],
        taken: Callable[[Item], None],
    ) -> None:
        for item in self._takings(queue, lock, taken):
            work(number, item)

    def _takings(self, queue: Iterator[Item], lock: threading.Lock, taken: Callable[[Item], None]) -> Iterator[Item]:
        while True:
            with lock:
                if self.stop.level >= Urgency.DRAIN:
                    return
                try:
                    item = next(queue)
                except StopIteration:
                    return
                taken(item)
            yield item

    def _wait(self, threads: Sequence[threading.Thread]) -> None:
        patience = _LAST_PATIENCE
        while (alive := [thread for thread in threads if thread.is_alive()]) and patience:
            alive[0].join(_TICK)
            self.on_tick()
            patience -= self.stop.level >= Urgency.KILL


def domain_defect(domain: str, error: Exception) -> ProvisionerError:
    """Return a defect of ours that ended the work on one domain."""
    hint = f"repeat it with `provisioner new-domain {domain}` and PROVISIONER_TRACEBACK=1, and report it"
    return defect(error, hint)
