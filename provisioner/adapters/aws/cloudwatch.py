"""CloudWatch behind `ports.account.Metrics`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from provisioner.adapters.aws.session import AwsSession, in_our_words
from provisioner.core.account.metrics import Metric, Values
from provisioner.core.values.region import Region

_NAMESPACE = "AWS/SES"
_DIMENSION = "ses:configuration-set"
_DAY = 86_400


class CloudWatchMetrics:
    """See `ports.account.Metrics`.

    Source of the names: SES developer guide, "Retrieving Amazon SES event data from CloudWatch".
    """

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def by_day(self, region: Region, configuration_set: str | None, first: date, last: date) -> Values:
        """Return what is known of each metric by day, in UTC, of a configuration set, or of the account without one."""
        client = self._session.client("cloudwatch", region.name)
        metrics = list(Metric)
        asked: dict[str, Any] = {
            "MetricDataQueries": [_query(metric, configuration_set) for metric in metrics],
            "StartTime": datetime.combine(first, time(), UTC),
            "EndTime": datetime.combine(last + timedelta(days=1), time(), UTC),
            "ScanBy": "TimestampAscending",
        }
        found: dict[Metric, dict[date, float]] = {metric: {} for metric in metrics}
        with in_our_words("cloudwatch:GetMetricData"):
            while True:
                answer = client.get_metric_data(**asked)
                _take(answer.get("MetricDataResults", ()), found)
                if not answer.get("NextToken"):
                    return found
                asked["NextToken"] = answer["NextToken"]


def _query(metric: Metric, configuration_set: str | None) -> dict[str, Any]:
    dimensions = [{"Name": _DIMENSION, "Value": configuration_set}] if configuration_set else []
    named = {"Namespace": _NAMESPACE, "MetricName": metric.value, "Dimensions": dimensions}
    stat = "Maximum" if metric.is_rate else "Sum"
    return {"Id": metric.word, "MetricStat": {"Metric": named, "Period": _DAY, "Stat": stat}}


def _take(results: Sequence[Mapping[str, Any]], found: Mapping[Metric, dict[date, float]]) -> None:
    """Take in a page of results: a metric may go on in the next one."""
    by_word = {metric.word: metric for metric in found}
    for result in results:
        metric = by_word.get(result.get("Id", ""))
        if metric is not None:
            pairs = zip(result.get("Timestamps", ()), result.get("Values", ()), strict=False)
            found[metric].update({at.astimezone(UTC).date(): value for at, value in pairs})
