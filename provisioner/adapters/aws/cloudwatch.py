"""CloudWatch, behind `ports.aws.Metrics`."""

from __future__ import annotations

from datetime import UTC, datetime

from provisioner.adapters.aws.session import AwsSession, in_our_words
from provisioner.core.values.region import Region

_DAY = 86400
_AHEAD = 300  # seconds: a clock that is behind must not hide the last minutes


class CloudWatchMetrics:
    """The metrics that SES publishes.

    Source: docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-cloudwatch.html (namespace `AWS/SES`, metric
    `Send`, dimension `ses:configuration-set`).
    """

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def sent(self, configuration_set: str, region: Region, since: datetime) -> float | None:
        """Return the sum of `Send` since then; None when there is no data point, as before the first message."""
        until = datetime.fromtimestamp(datetime.now(UTC).timestamp() + _AHEAD, UTC)
        with in_our_words("cloudwatch:GetMetricStatistics"):
            answer = self._session.client("cloudwatch", region.name).get_metric_statistics(
                Namespace="AWS/SES",
                MetricName="Send",
                Dimensions=[{"Name": "ses:configuration-set", "Value": configuration_set}],
                StartTime=since,
                EndTime=until,
                Period=_DAY,
                Statistics=["Sum"],
            )
        points = [float(point["Sum"]) for point in answer["Datapoints"]]
        return sum(points) if points else None
