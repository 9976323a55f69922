"""Terraform's events as progress."""

from __future__ import annotations

from provisioner.ports.progress import Progress
from provisioner.ports.terraform import TICK, WARM, Event


class ProgressTeller:
    """Turns Terraform's events into progress: each finished resource a step, `n of total`, most else a detail."""

    def __init__(self, progress: Progress, total: int = 0) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def __call__(self, event: Event) -> None:
        """Report one event."""
        if event.kind == "apply_complete":
            self._done += 1
            self._progress.step(f"[{self._done}/{self._total}] {event.text}")
        elif event.kind == "apply_errored":
            self._progress.step(event.text)
        elif event.kind == WARM:
            self._progress.warn(event.text)
        elif event == TICK:
            self._progress.tick()
        else:
            self._progress.detail(event.text)
