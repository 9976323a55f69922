from typing import Any

import pytest

from provisioner.core.states.bucket import BucketSettings, bucket_name
from provisioner.errors import InputError

FRESH = BucketSettings()


@pytest.mark.parametrize("name", ["abc", "example-states", "a.b-c", "0" * 63])
def test_a_bucket_name_is_taken_as_it_is(name: str) -> None:
    assert bucket_name(name) == name


@pytest.mark.parametrize(
    "name", ["", "ab", "A-b-c", "-abc", "abc-", "a..b", "a_b_c", "192.168.0.1", "x" * 64, "xn--abc", "abc-s3alias"]
)
def test_what_s3_refuses_as_a_name_is_refused_before_s3_is_asked(name: str) -> None:
    with pytest.raises(InputError) as caught:
        bucket_name(name)
    assert caught.value.code == "invalid_bucket"


def test_a_fresh_bucket_needs_everything() -> None:
    assert len(FRESH.changes_to(FRESH.wanted("states", "aws"))) == 5


def test_a_bucket_that_is_as_wanted_needs_nothing() -> None:
    wanted = FRESH.wanted("states", "aws")
    assert wanted.wanted("states", "aws") == wanted
    assert wanted.changes_to(wanted.wanted("states", "aws")) == ()


def test_the_policy_denies_everything_without_tls_to_bucket_and_objects() -> None:
    policy: Any = FRESH.wanted("states", "aws-us-gov").policy
    (statement,) = policy["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == ["arn:aws-us-gov:s3:::states", "arn:aws-us-gov:s3:::states/*"]


@pytest.mark.parametrize("as_list", [True, False])
def test_statements_of_others_stay_in_the_policy(as_list: bool) -> None:
    theirs = {"Sid": "Theirs", "Effect": "Allow"}
    found = BucketSettings(policy={"Version": "2012-10-17", "Statement": [theirs] if as_list else theirs})
    policy: Any = found.wanted("states", "aws").policy
    assert [statement["Sid"] for statement in policy["Statement"]] == ["Theirs", "ProvisionerTlsOnly"]


def test_lifecycle_rules_of_others_stay() -> None:
    found = BucketSettings(rules=({"ID": "theirs"},))
    assert [rule["ID"] for rule in found.wanted("states", "aws").rules] == ["theirs", "provisioner-old-versions"]


def test_the_order_of_lifecycle_rules_is_no_change() -> None:
    wanted = BucketSettings(rules=({"ID": "theirs"},)).wanted("states", "aws")
    turned = BucketSettings(True, True, True, wanted.policy, tuple(reversed(wanted.rules)))
    assert turned.changes_to(wanted) == ()
