"""What a function printed, in CloudWatch Logs; and the metrics that it embedded there.

Source: Lambda developer guide, "Sending Lambda function logs to CloudWatch Logs"; CloudWatch user guide, "Embedded
metric format".
"""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from moto.logs.models import logs_backends
from moto.utilities.utils import get_partition

from provisioner.sandbox.aws.metrics import put
from provisioner.sandbox.lambdas.process import Ending, Invocation
from provisioner.sandbox.policy.roles import may
from provisioner.sandbox.zones import ACCOUNT


def keep(asked: Invocation, ending: Ending, role: str, region: str) -> Ending:
    """Write the log of an invocation, if the function's role may, and return the ending with all of its lines."""
    lines = (*_begin(asked), *ending.lines, *_end(asked, ending))
    if _may_write(asked, role, region):
        backend: Any = logs_backends[ACCOUNT][region]
        backend.ensure_log_group(asked.log_group)
        backend.create_log_stream(asked.log_group, asked.log_stream)
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": line} for line in lines if line]
        backend.put_log_events(asked.log_group, asked.log_stream, events)
        _embedded(ending.lines, region)
    return replace(ending, lines=lines)


def _may_write(asked: Invocation, role: str, region: str) -> bool:
    group = f"arn:{get_partition(region)}:logs:{region}:{ACCOUNT}:log-group:{asked.log_group}"
    stream = f"{group}:log-stream:{asked.log_stream}"
    backend: Any = logs_backends[ACCOUNT][region]
    exists = asked.log_group in backend.groups or may(role, "logs:CreateLogGroup", group, region)
    return exists and all(may(role, f"logs:{action}", stream, region) for action in ("CreateLogStream", "PutLogEvents"))


def _begin(asked: Invocation) -> Iterator[str]:
    yield f"START RequestId: {asked.request_id} Version: {asked.version}"


def _end(asked: Invocation, ending: Ending) -> Iterator[str]:
    yield f"END RequestId: {asked.request_id}"
    took = f"Duration: {ending.seconds * 1000:.2f} ms\tBilled Duration: {ending.seconds * 1000:.0f} ms"
    memory = f"Memory Size: {asked.memory} MB\tMax Memory Used: {ending.memory or asked.memory} MB"
    yield f"REPORT RequestId: {asked.request_id}\t{took}\t{memory}\t"


def _embedded(lines: Iterable[str], region: str) -> None:
    for line in lines:
        if not line.startswith("{"):
            continue
        try:
            told = json.loads(line)
            for directive in told["_aws"]["CloudWatchMetrics"]:
                _put(told, directive, region)
        except (ValueError, LookupError, TypeError):
            continue  # no metrics


def _put(told: dict[str, Any], directive: dict[str, Any], region: str) -> None:
    for names in directive.get("Dimensions") or [[]]:
        dimensions = [{"Name": name, "Value": str(told[name])} for name in names]
        for metric in directive["Metrics"]:
            values = told[metric["Name"]]
            for value in values if isinstance(values, list) else [values]:
                unit = metric.get("Unit", "None")
                put(directive["Namespace"], metric["Name"], float(value), region, dimensions, unit)
