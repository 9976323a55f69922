"""CloudWatch as the emulated AWS has it."""

from datetime import UTC, datetime, timedelta

from provisioner.adapters.aws.cloudwatch import CloudWatchMetrics
from provisioner.adapters.aws.session import AwsSession
from provisioner.core.values.region import Region

EUROPE = Region.parse("eu-west-1")
NOW = datetime.now(UTC)


def sent(emulated: AwsSession, configuration_set: str, when: datetime, messages: float, metric: str = "Send") -> None:
    dimensions = [{"Name": "ses:configuration-set", "Value": configuration_set}]
    data = {"MetricName": metric, "Dimensions": dimensions, "Timestamp": when, "Value": messages}
    emulated.client("cloudwatch", "eu-west-1").put_metric_data(Namespace="AWS/SES", MetricData=[data])


def test_what_a_configuration_set_sent_since_a_moment_is_added_up(emulated: AwsSession) -> None:
    for days, messages in ((0, 2), (3, 5), (6, 1), (9, 100)):
        sent(emulated, "example-com", NOW - timedelta(days=days), messages)
    sent(emulated, "another-com", NOW, 1000)
    sent(emulated, "example-com", NOW, 1000, "Bounce")
    assert CloudWatchMetrics(emulated).sent("example-com", EUROPE, NOW - timedelta(days=7)) == 8


def test_without_a_data_point_nothing_is_known(emulated: AwsSession) -> None:
    assert CloudWatchMetrics(emulated).sent("example-com", EUROPE, NOW - timedelta(days=7)) is None
