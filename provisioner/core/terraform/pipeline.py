"""The audit pipeline of an account and region as it should be, and the variables of its two Terraform roots."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Self

from provisioner.core.audit.names import COLLECTOR, DEAD_LETTER_QUEUE, QUEUE, TOPIC, archive_bucket
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.duration import in_words, parse_duration
from provisioner.core.values.region import Region
from provisioner.core.values.wording import quoted
from provisioner.errors import InputError

FUNCTIONS_ZIP = "functions.zip"  # in the root of the pipeline: a path that is the same in every home
OPERATOR = "module.feedback.aws_sns_topic_subscription.operator"
NOBODY = "none"
EVENTS = frozenset({"SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "DELIVERY_DELAY"})  # what domains tell it
LEAVING = "leaving"  # a member of what is remembered of a pipeline that is being taken away

_TAGS = {"ManagedBy": "provisioner"}
_LEAST, _MOST = timedelta(minutes=15), timedelta(days=1)
_DAILY = timedelta(days=1)
_UNITS = ((1440, "day"), (60, "hour"), (1, "minute"))


@dataclass(frozen=True, slots=True)
class Functions:
    """The zip of the Lambda functions, and what of it the collector calls."""

    zip: bytes
    collector: str


class Part(StrEnum):
    """The roots, in the order in which they are made; the text is that of the variable and of the directory."""

    ARCHIVE = "archive"
    FEEDBACK = "feedback"


MODULES: Mapping[Part, str] = {Part.ARCHIVE: "feedback-archive", Part.FEEDBACK: "feedback"}


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What is deployed; `operator` is whom alarms are mailed to, None for nobody."""

    account: str
    region: Region
    collect_every: timedelta = _DAILY
    operator: EmailAddress | None = None

    def to_document(self) -> dict[str, Any]:
        """Return what is remembered of it."""
        return {
            "collect_every": in_words(self.collect_every),
            "operator": str(self.operator) if self.operator else None,
        }

    @property
    def topic_arn(self) -> str:
        """What event destinations publish to."""
        return f"arn:{self.region.partition}:sns:{self.region}:{self.account}:{TOPIC}"

    @property
    def bucket(self) -> str:
        """The archive."""
        return archive_bucket(self.account, self.region.name)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command line asks of the pipeline; None keeps what was asked before."""

    collect_every: timedelta | None = None
    operator: EmailAddress | None = None
    no_operator: bool = False

    @classmethod
    def parse(cls, collect_every: str | None, operator: str | None) -> Self:
        """Read the options; raises `InputError`."""
        every = parse_interval(collect_every) if collect_every is not None else None
        if operator == NOBODY:
            return cls(every, None, no_operator=True)
        return cls(every, EmailAddress.parse(operator) if operator is not None else None)

    @classmethod
    def recall(cls, document: Mapping[str, Any]) -> Self:
        """Read what was remembered; raises `InputError`."""
        return cls.parse(document.get("collect_every"), document.get("operator"))

    def over(self, before: Pipeline) -> Pipeline:
        """Return the pipeline with what is asked in place of what was."""
        operator = None if self.no_operator else self.operator or before.operator
        return replace(before, collect_every=self.collect_every or before.collect_every, operator=operator)


def parse_interval(text: str) -> timedelta:
    """Read how often is collected; raises `InputError("invalid_interval")`."""
    interval = parse_duration(text)
    if not _LEAST <= interval <= _MOST or interval % timedelta(minutes=1):
        message = f"{quoted(text)} is no interval for the collector: it runs for up to 15 minutes, and at least daily"
        raise InputError("invalid_interval", message, "give whole minutes from 15m to 1d, for example 6h")
    return interval


def rate(interval: timedelta) -> str:
    """Return the expression of EventBridge Scheduler, in its largest whole unit: `rate(1 day)`, `rate(90 minutes)`."""
    minutes = int(interval.total_seconds()) // 60
    size, unit = next((size, unit) for size, unit in _UNITS if minutes % size == 0)
    count = minutes // size
    return f"rate({count} {unit if count == 1 else f'{unit}s'})"


def variables_of(pipeline: Pipeline, part: Part, functions: Functions) -> dict[str, Any]:
    """Return the variables of a root, beside which the zip of the functions is."""
    own = _archive(pipeline) if part is Part.ARCHIVE else _feedback(pipeline, functions)
    return {
        "account": pipeline.account,
        "region": pipeline.region.name,
        "ignore_tags": {"keys": [], "key_prefixes": []},
        part.value: own,
    }


def _archive(pipeline: Pipeline) -> dict[str, Any]:
    return {"bucket": pipeline.bucket, "tags": _TAGS}


def _feedback(pipeline: Pipeline, functions: Functions) -> dict[str, Any]:
    return {
        "account": pipeline.account,
        "partition": pipeline.region.partition,
        "region": pipeline.region.name,
        "topic": TOPIC,
        "queue": QUEUE,
        "dead_letter_queue": DEAD_LETTER_QUEUE,
        "bucket": pipeline.bucket,
        "operator": str(pipeline.operator) if pipeline.operator else None,
        "tags": _TAGS,
        "collector": {
            "name": COLLECTOR,
            "zip": FUNCTIONS_ZIP,
            "hash": base64.b64encode(hashlib.sha256(functions.zip).digest()).decode(),
            "handler": functions.collector,
            "schedule": rate(pipeline.collect_every),
        },
    }
