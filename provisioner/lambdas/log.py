"""What a function writes to its log, which is its stdout."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping

from provisioner.core.audit.names import METRICS


class LogProgress:
    """See `ports.progress.Progress`: one line each."""

    def step(self, text: str) -> None:
        """Say what is being done now."""
        _write({"level": "info", "message": text})

    def detail(self, text: str) -> None:
        """Leave it out."""

    def tick(self) -> None:
        """Leave it out."""

    def note(self, text: str) -> None:
        """Say something worth knowing."""
        _write({"level": "info", "message": text})

    def warn(self, text: str) -> None:
        """Say something that somebody should act on."""
        _write({"level": "warning", "message": text})


def write_metrics(function: str, values: Mapping[str, int]) -> None:
    """Let CloudWatch count these values of a run that ended well.

    A line in its embedded metric format needs no permission; that none came is what an alarm can see.
    """
    metrics = [{"Name": name, "Unit": "Count"} for name in values]
    directive = {"Namespace": METRICS, "Dimensions": [["Function"]], "Metrics": metrics}
    head = {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}, "Function": function}
    _write({**head, **values})


def _write(document: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
