"""The bucket that states are kept in, as the emulated S3 has it."""

from typing import Any

import boto3
import pytest

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.states.bucket import S3Buckets
from provisioner.errors import Refused

ACCOUNT = "123456789012"


def test_a_bucket_that_another_account_has_is_refused(emulated: AwsSession) -> None:
    sts = emulated.client("sts").assume_role(RoleArn="arn:aws:iam::111111111111:role/other", RoleSessionName="other")
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
        S3Buckets(emulated).create("example-states", "eu-west-1")
    assert caught.value.code == "bucket_not_ours"


def test_a_bucket_that_may_not_be_seen_is_refused(emulated: AwsSession, monkeypatch: pytest.MonkeyPatch) -> None:
    client = emulated.client("s3")
    client.create_bucket(Bucket="example-states")
    policy = '{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}]}'
    client.put_bucket_policy(Bucket="example-states", Policy=policy)
    client.meta.events.register("needs-retry.s3.HeadBucket", _forbid)
    with pytest.raises(Refused, match="example-states exists and is not owned by 123456789012"):
        S3Buckets(emulated).region("example-states", ACCOUNT)


def _forbid(response: Any, **_event: Any) -> None:
    """Answer as S3 does to everybody but the owner; the emulated one lets every account look."""
    if response is not None:
        response[0].status_code = 403
        response[1]["Error"] = {"Code": "403", "Message": "Forbidden"}
        response[1]["ResponseMetadata"]["HTTPStatusCode"] = 403


def test_a_bucket_that_is_absent_is_told_from_one_of_others(emulated: AwsSession) -> None:
    assert S3Buckets(emulated).region("example-states", ACCOUNT) is None


def test_a_bucket_is_made_where_it_was_asked_for(emulated: AwsSession) -> None:
    buckets = S3Buckets(emulated)
    for region in ("us-east-1", "eu-west-1"):
        buckets.create(f"states-{region}", region)
        assert buckets.region(f"states-{region}", ACCOUNT) == region


def test_a_bucket_of_ours_is_not_refused_when_another_run_was_faster(emulated: AwsSession) -> None:
    buckets = S3Buckets(emulated)
    buckets.create("example-states", "eu-west-1")
    buckets.create("example-states", "eu-west-1")
    assert buckets.region("example-states", ACCOUNT) == "eu-west-1"


def test_what_is_set_up_is_found_again(emulated: AwsSession) -> None:
    buckets = S3Buckets(emulated)
    buckets.create("example-states", "us-east-1")
    found = buckets.settings("example-states", "us-east-1", ACCOUNT)
    wanted = found.wanted("example-states", "aws")
    buckets.set_up("example-states", "us-east-1", ACCOUNT, found, wanted)
    again = buckets.settings("example-states", "us-east-1", ACCOUNT)
    assert again.changes_to(again.wanted("example-states", "aws")) == ()
