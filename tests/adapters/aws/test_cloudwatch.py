"""CloudWatch: by day in UTC, of the account or of a configuration set, over as many pages as it takes."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from botocore.stub import Stubber

from provisioner.adapters.aws.cloudwatch import CloudWatchMetrics
from provisioner.adapters.aws.session import AwsSession
from provisioner.core.account.metrics import Metric
from provisioner.core.values.region import Region

VIRGINIA = Region.parse("us-east-1")
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 2)
Stub = Callable[..., Stubber]


def put(client: Any, name: str, value: float, at: datetime, *dimensions: tuple[str, str]) -> None:
    listed = [{"Name": name, "Value": value} for name, value in dimensions]
    datum = {"MetricName": name, "Value": value, "Timestamp": at, "Dimensions": listed}
    client.put_metric_data(Namespace="AWS/SES", MetricData=[datum])


def test_the_account_and_a_configuration_set_are_two_things(emulated: AwsSession) -> None:
    client = emulated.client("cloudwatch", "us-east-1")
    for hour, value in ((0, 3.0), (23, 4.0)):
        put(client, "Send", value, datetime(2026, 3, 2, hour, 30, tzinfo=UTC))
    put(client, "Send", 2.0, datetime(2026, 3, 1, 12, tzinfo=UTC), ("ses:configuration-set", "example-com"))
    put(client, "Reputation.BounceRate", 0.04, datetime(2026, 3, 2, 1, tzinfo=UTC))
    put(client, "Reputation.BounceRate", 0.02, datetime(2026, 3, 2, 2, tzinfo=UTC))
    metrics = CloudWatchMetrics(emulated)
    of_account = metrics.by_day(VIRGINIA, None, FIRST, LAST)
    assert of_account[Metric.SENDS] == {LAST: 7.0}
    assert of_account[Metric.BOUNCE_RATE] == {LAST: 0.04}
    of_set = metrics.by_day(VIRGINIA, "example-com", FIRST, LAST)
    assert of_set[Metric.SENDS] == {FIRST: 2.0}
    assert of_set[Metric.BOUNCE_RATE] == {}
    assert metrics.by_day(VIRGINIA, "other-com", FIRST, LAST)[Metric.SENDS] == {}


def test_a_metric_goes_on_in_the_next_page(session: AwsSession, stub: Stub) -> None:
    def page(day: date, value: float, token: str | None) -> dict[str, Any]:
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        found = {"MetricDataResults": [{"Id": "sends", "Timestamps": [at], "Values": [value]}]}
        return found | ({"NextToken": token} if token else {})

    stubbed = stub("cloudwatch", "us-east-1")
    stubbed.add_response("get_metric_data", page(FIRST, 1.0, "more"))
    stubbed.add_response("get_metric_data", page(LAST, 2.0, None))
    found = CloudWatchMetrics(session).by_day(VIRGINIA, None, FIRST, LAST)
    assert found[Metric.SENDS] == {FIRST: 1.0, LAST: 2.0}
