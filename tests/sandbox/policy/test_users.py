"""Which user holds a key and which policies apply, as moto keeps them."""

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_iam import IAMClient

from provisioner.sandbox.policy.users import holder_of, note_use

ACCOUNT = "123456789012"


def document(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}})


@pytest.fixture
def iam(monkeypatch: pytest.MonkeyPatch) -> Iterator[IAMClient]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("iam", region_name="us-east-1")
        client.create_user(UserName="mail", Path="/provisioner/smtp/")
        yield client


def key_of(iam: IAMClient) -> tuple[str, str]:
    key = iam.create_access_key(UserName="mail")["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def test_the_holder_of_a_key_is_found_with_its_secret_and_arn(iam: IAMClient) -> None:
    key_id, secret = key_of(iam)

    holder = holder_of(key_id, ACCOUNT, "eu-west-1")

    assert holder is not None
    assert holder.arn == f"arn:aws:iam::{ACCOUNT}:user/provisioner/smtp/mail"
    assert holder.secret.reveal() == secret
    assert secret not in repr(holder)


def test_an_inactive_a_deleted_and_an_unknown_key_have_no_holder(iam: IAMClient) -> None:
    key_id, _ = key_of(iam)
    iam.update_access_key(UserName="mail", AccessKeyId=key_id, Status="Inactive")
    assert holder_of(key_id, ACCOUNT, "us-east-1") is None

    iam.delete_access_key(UserName="mail", AccessKeyId=key_id)
    assert holder_of(key_id, ACCOUNT, "us-east-1") is None
    assert holder_of("AKIAIOSFODNN7EXAMPLE", ACCOUNT, "us-east-1") is None


def test_inline_managed_and_group_policies_all_apply(iam: IAMClient) -> None:
    key_id, _ = key_of(iam)
    iam.create_group(GroupName="senders")
    iam.add_user_to_group(GroupName="senders", UserName="mail")
    iam.put_user_policy(UserName="mail", PolicyName="inline", PolicyDocument=document("a:1"))
    managed = iam.create_policy(PolicyName="managed", PolicyDocument=document("a:2"))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="mail", PolicyArn=managed)
    iam.put_group_policy(GroupName="senders", PolicyName="inline", PolicyDocument=document("a:3"))
    group_managed = iam.create_policy(PolicyName="group", PolicyDocument=document("a:4"))["Policy"]["Arn"]
    iam.attach_group_policy(GroupName="senders", PolicyArn=group_managed)

    holder = holder_of(key_id, ACCOUNT, "us-east-1")

    assert holder is not None
    assert sorted(json.loads(text)["Statement"]["Action"] for text in holder.documents) == ["a:1", "a:2", "a:3", "a:4"]


def test_a_managed_policy_applies_in_its_default_version(iam: IAMClient) -> None:
    key_id, _ = key_of(iam)
    arn = iam.create_policy(PolicyName="managed", PolicyDocument=document("a:old"))["Policy"]["Arn"]
    iam.attach_user_policy(UserName="mail", PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("a:draft"), SetAsDefault=False)
    before = holder_of(key_id, ACCOUNT, "us-east-1")
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document("a:new"), SetAsDefault=True)
    after = holder_of(key_id, ACCOUNT, "us-east-1")

    assert before is not None
    assert after is not None
    assert [json.loads(holder.documents[0])["Statement"]["Action"] for holder in (before, after)] == ["a:old", "a:new"]


def test_a_key_is_noted_as_used_with_ses_in_its_region(iam: IAMClient) -> None:
    key_id, _ = key_of(iam)
    assert iam.get_access_key_last_used(AccessKeyId=key_id)["AccessKeyLastUsed"]["ServiceName"] == "N/A"

    note_use(key_id, ACCOUNT, "eu-west-1")

    used = iam.get_access_key_last_used(AccessKeyId=key_id)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("ses", "eu-west-1")
    assert used["LastUsedDate"].tzinfo is not None
