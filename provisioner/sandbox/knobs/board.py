"""Where the knobs stand: changed while the sandbox runs, read with every question."""

import threading
import time
from collections.abc import Iterable
from dataclasses import replace

from provisioner.sandbox.knobs.dns import DnsFault, DnsFaults, added, is_within


class Board:
    """How DNS and the clock are off. `clock_skew` is how many seconds the clock of AWS is ahead of the machine's."""

    def __init__(self, dns: DnsFaults | None = None, clock_skew: float = 0.0) -> None:
        self._lock = threading.Lock()
        self._first = self.dns = dns or DnsFaults()
        self._first_skew = self.clock_skew = clock_skew

    def add(self, faults: Iterable[DnsFault]) -> None:
        """Let DNS be odd; what was said about the same before is replaced."""
        with self._lock:
            for fault in faults:
                kept = added(self.dns.faults, fault)
                self.dns = replace(self.dns, faults=kept, changed=self._dated(fault.zone))

    def clear(self, zone: str | None = None) -> None:
        """Forget what is said about a zone and names in it, or everything: back to how the sandbox was started."""
        with self._lock:
            gone = [fault for fault in self.dns.faults if zone is None or (fault.zone and is_within(fault.zone, zone))]
            kept = tuple(fault for fault in self.dns.faults if fault not in gone)
            faults, changed = self._first.faults if zone is None else kept, self._dated(*(one.zone for one in gone))
            self.dns = replace(self.dns, faults=faults, changed=changed)
            if zone is None:
                self.clock_skew = self._first_skew

    def settle(self) -> None:
        """Take how it is now for how the sandbox was started."""
        with self._lock:
            self._first, self._first_skew = self.dns, self.clock_skew

    def _dated(self, *zones: str) -> dict[str, float]:
        return {**self.dns.changed, **dict.fromkeys(zones, time.monotonic())}
