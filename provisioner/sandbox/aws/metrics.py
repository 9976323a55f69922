"""Metrics that AWS's services put into CloudWatch by themselves."""

from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core.utils import utcnow

from provisioner.sandbox.zones import ACCOUNT


def put(  # noqa: PLR0913, PLR0917 reason: what a datum consists of
    namespace: str, name: str, value: float, region: str, dimensions: list[dict[str, str]], unit: str = "Count"
) -> None:
    """Put one value."""
    datum = {"MetricName": name, "Value": value, "Unit": unit, "Dimensions": dimensions, "Timestamp": utcnow()}
    backend: Any = cloudwatch_backends[ACCOUNT][region]
    backend.put_metric_data(namespace, [datum])


def count(region: str, name: str, function: str, value: float = 1.0, unit: str = "Count") -> None:
    """Put a value of Lambda about a function."""
    put("AWS/Lambda", name, value, region, [{"Name": "FunctionName", "Value": function}], unit)
