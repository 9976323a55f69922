"""The function that brings SES's events from the queue into the archive, by its schedule."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from provisioner.adapters.aws.audit.archive import S3Archive
from provisioner.adapters.aws.audit.queue import SqsQueue
from provisioner.core.audit.names import ARCHIVE_BUCKET, COLLECTOR, DEAD_LETTER_QUEUE_URL, QUEUE_URL
from provisioner.lambdas.clients import in_our_words, open_client
from provisioner.lambdas.log import LogProgress, write_metrics
from provisioner.usecases.audit.collect import Limits, collect


def handler(_event: object, context: Any) -> dict[str, Any]:
    """Collect until the queue is empty or the function's time is nearly over; return what `audit collect` returns.

    Raises `ProvisionerError` when the queue or the archive fails; the messages are still there then.
    """
    environment = os.environ
    queue = SqsQueue(open_client("sqs"), environment[QUEUE_URL], environment.get(DEAD_LETTER_QUEUE_URL), in_our_words)
    archive = S3Archive(open_client("s3"), environment[ARCHIVE_BUCKET], "", in_our_words)
    limits = Limits(remaining=lambda: float(context.get_remaining_time_in_millis()) / 1000)
    done = collect(queue, archive, limits, datetime.now(UTC).date(), LogProgress())
    write_metrics(
        COLLECTOR, {"Runs": 1, "Collected": done.collected, "Rejected": done.rejected, "Left": done.left or 0}
    )
    return done.to_document()
