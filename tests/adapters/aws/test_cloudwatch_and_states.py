"""CloudWatch and S3 as the emulated AWS has them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from provisioner.adapters.aws.cloudwatch import CloudWatchMetrics
from provisioner.adapters.aws.registrar import Route53Registrar
from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.states.bucket import S3Buckets
from provisioner.adapters.aws.states.objects import S3StateLocks, S3States, StateObjects
from provisioner.core.states.lock import StateLock
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError, Refused
from provisioner.sandbox.aws.server import AwsServer
from provisioner.sandbox.settings import SandboxSettings

EXAMPLE, ACCOUNT = DomainName.parse("example.com"), "123456789012"
EUROPE = Region.parse("eu-west-1")
NOW = datetime.now(UTC)


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsSession]:
    server = AwsServer(SandboxSettings(), {})
    server.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    yield AwsSession({}, "us-east-1", None)
    server.stop()


@pytest.fixture
def objects(session: AwsSession) -> StateObjects:
    session.client("s3").create_bucket(Bucket="example-states")
    return StateObjects(session, "example-states", "us-east-1", lambda name: f"mail/{name}/terraform.tfstate")


def sent(session: AwsSession, configuration_set: str, when: datetime, messages: float, metric: str = "Send") -> None:
    dimensions = [{"Name": "ses:configuration-set", "Value": configuration_set}]
    data = {"MetricName": metric, "Dimensions": dimensions, "Timestamp": when, "Value": messages}
    session.client("cloudwatch", "eu-west-1").put_metric_data(Namespace="AWS/SES", MetricData=[data])


def lock(lock_id: str) -> StateLock:
    return StateLock(lock_id, "ada@host1", "apply", "", "1.11.4", "2026-11-22T10:00:00Z", "there")


def test_what_a_configuration_set_sent_since_a_moment_is_added_up(session: AwsSession) -> None:
    for days, messages in ((0, 2), (3, 5), (6, 1), (9, 100)):
        sent(session, "example-com", NOW - timedelta(days=days), messages)
    sent(session, "another-com", NOW, 1000)
    sent(session, "example-com", NOW, 1000, "Bounce")
    assert CloudWatchMetrics(session).sent("example-com", EUROPE, NOW - timedelta(days=7)) == 8


def test_without_a_data_point_nothing_is_known(session: AwsSession) -> None:
    assert CloudWatchMetrics(session).sent("example-com", EUROPE, NOW - timedelta(days=7)) is None


def test_a_domain_that_is_not_registered_in_this_account_is_not_ours(session: AwsSession) -> None:
    assert Route53Registrar(session).name_servers(EXAMPLE) is None


def test_a_bucket_that_another_account_has_is_refused(session: AwsSession) -> None:
    sts = session.client("sts").assume_role(RoleArn="arn:aws:iam::111111111111:role/other", RoleSessionName="other")
    make: Any = boto3.client  # the stubs know only literal names
    theirs = make(
        "s3",
        "us-east-1",
        aws_access_key_id=sts["Credentials"]["AccessKeyId"],
        aws_secret_access_key=sts["Credentials"]["SecretAccessKey"],
        aws_session_token=sts["Credentials"]["SessionToken"],
    )
    theirs.create_bucket(Bucket="example-states")
    with pytest.raises(Refused, match="the bucket example-states exists") as caught:
        S3Buckets(session).create("example-states", "eu-west-1")
    assert caught.value.code == "bucket_not_ours"


def test_a_bucket_that_may_not_be_seen_is_refused(session: AwsSession, monkeypatch: pytest.MonkeyPatch) -> None:
    client = session.client("s3")
    client.create_bucket(Bucket="example-states")
    policy = '{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}'
    client.put_bucket_policy(Bucket="example-states", Policy=policy)
    client.meta.events.register("needs-retry.s3.HeadBucket", _forbid)
    with pytest.raises(Refused, match="example-states exists and is not owned by 123456789012"):
        S3Buckets(session).region("example-states", ACCOUNT)


def _forbid(response: Any, **_event: Any) -> None:
    """Answer as S3 does to everybody but the owner; the emulated one lets every account look."""
    if response is not None:
        response[0].status_code = 403
        response[1]["Error"] = {"Code": "403", "Message": "Forbidden"}
        response[1]["ResponseMetadata"]["HTTPStatusCode"] = 403


def test_a_bucket_that_is_absent_is_told_from_one_of_others(session: AwsSession) -> None:
    assert S3Buckets(session).region("example-states", ACCOUNT) is None


def test_a_bucket_is_made_where_it_was_asked_for(session: AwsSession) -> None:
    buckets = S3Buckets(session)
    for region in ("us-east-1", "eu-west-1"):
        buckets.create(f"states-{region}", region)
        assert buckets.region(f"states-{region}", ACCOUNT) == region


def test_a_bucket_of_ours_is_not_refused_when_another_run_was_faster(session: AwsSession) -> None:
    buckets = S3Buckets(session)
    buckets.create("example-states", "eu-west-1")
    buckets.create("example-states", "eu-west-1")
    assert buckets.region("example-states", ACCOUNT) == "eu-west-1"


def test_what_is_set_up_is_found_again(session: AwsSession) -> None:
    buckets = S3Buckets(session)
    buckets.create("example-states", "us-east-1")
    found = buckets.settings("example-states", "us-east-1", ACCOUNT)
    wanted = found.wanted("example-states", "aws")
    buckets.set_up("example-states", "us-east-1", ACCOUNT, found, wanted)
    again = buckets.settings("example-states", "us-east-1", ACCOUNT)
    assert again.changes_to(again.wanted("example-states", "aws")) == ()


def test_a_state_is_kept_read_and_put_aside(objects: StateObjects) -> None:
    states = S3States(objects)
    assert states.read(EXAMPLE) is None
    states.write(EXAMPLE, '{"serial": 3}')
    assert states.read(EXAMPLE) == '{"serial": 3}'
    aside = states.retire(EXAMPLE, 3)
    assert states.read(EXAMPLE) is None
    assert objects.get(aside.removeprefix("s3://example-states/")) == '{"serial": 3}'


def test_only_one_of_two_takes_a_lock(objects: StateObjects) -> None:
    locks = S3StateLocks(objects)
    assert locks.take(EXAMPLE, lock("one")).id == "one"
    assert locks.take(EXAMPLE, lock("two")).id == "one"
    assert locks.holder(EXAMPLE) == StateLock.from_json(lock("one").to_json(), locks.path(EXAMPLE))


def test_a_lock_is_dropped_by_its_own_id_only(objects: StateObjects) -> None:
    locks = S3StateLocks(objects)
    locks.take(EXAMPLE, lock("one"))
    assert not locks.drop(EXAMPLE, "two")
    assert locks.holder(EXAMPLE) is not None
    assert locks.drop(EXAMPLE, "one")
    assert locks.holder(EXAMPLE) is None


def test_states_in_a_bucket_that_is_absent_say_how_to_make_it(session: AwsSession) -> None:
    objects = StateObjects(session, "example-states", "us-east-1", lambda name: name)
    with pytest.raises(ProvisionerError, match="does not exist") as written:
        S3States(objects).write(EXAMPLE, "x")
    with pytest.raises(ProvisionerError, match="does not exist") as looked:
        S3StateLocks(objects).holder(EXAMPLE)
    assert {written.value.code, looked.value.code} == {"state_bucket_missing"}
