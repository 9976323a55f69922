"""CloudWatch as the sandbox serves it: moto's, which takes a metric without dimensions for all of that name.

A metric is its namespace, its name and all of its dimensions (CloudWatch user guide, "Dimensions"): what SES publishes
for the account is none of what it publishes for a configuration set.
"""

from datetime import datetime
from typing import Any

from moto.cloudwatch import urls
from moto.cloudwatch.models import CloudWatchBackend, MetricDatumBase, cloudwatch_backends

Key = tuple[str, str, tuple[tuple[str, str], ...]]


class MetricStore(CloudWatchBackend):
    """The metrics of one region."""

    _url_module = urls  # moto looks beside its own class otherwise
    _asked: Key | None = None

    def get_metric_data(
        self,
        queries: list[dict[str, Any]],
        start_time: datetime,
        end_time: datetime,
        scan_by: str = "TimestampAscending",
    ) -> list[dict[str, Any]]:
        """Answer each query from the metric that it names, and no other."""
        found: list[dict[str, Any]] = []
        for query in queries:
            self._asked = _key_of(query)
            found += super().get_metric_data([query], start_time, end_time, scan_by)
        self._asked = None
        return found

    def get_all_metrics(self) -> list[MetricDatumBase]:
        """Return the data of all metrics, or of the one that is asked for."""
        data = super().get_all_metrics()
        return data if self._asked is None else [one for one in data if _key(one) == self._asked]


def register() -> None:
    """Make moto create CloudWatch backends of this kind from now on; call after moto was reset."""
    cloudwatch_backends.backend = MetricStore


def unregister() -> None:
    """Give moto back its own CloudWatch."""
    cloudwatch_backends.backend = CloudWatchBackend


def _key_of(query: dict[str, Any]) -> Key | None:
    """Return the metric of a query, None for an expression, which is moto's to compute."""
    metric = query.get("MetricStat", {}).get("Metric")
    if metric is None:
        return None
    dimensions = sorted((one["Name"], one["Value"]) for one in metric.get("Dimensions", []))
    return metric["Namespace"], metric["MetricName"], tuple(dimensions)


def _key(datum: MetricDatumBase) -> Key:
    return datum.namespace, datum.name, tuple(sorted((str(one.name), str(one.value)) for one in datum.dimensions))
