"""What the audit pipeline should be: options, and what Terraform is told."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest

from provisioner.core.terraform.pipeline import Functions, Part, Pipeline, Wanted, rate, variables_of
from provisioner.core.values.region import Region
from provisioner.errors import InputError

BEFORE = Pipeline("123456789012", Region("eu-west-1"))
FUNCTIONS = Functions(b"zip", "collector.handler")


@pytest.mark.parametrize(
    ("every", "expression"),
    [
        ("1d", "rate(1 day)"),
        ("24h", "rate(1 day)"),
        ("6h", "rate(6 hours)"),
        ("1h", "rate(1 hour)"),
        ("90m", "rate(90 minutes)"),
        ("15m", "rate(15 minutes)"),
    ],
)
def test_an_interval_is_an_expression_in_its_largest_whole_unit(every: str, expression: str) -> None:
    wanted = Wanted.parse(every, None).over(BEFORE)
    assert rate(wanted.collect_every) == expression


@pytest.mark.parametrize("every", ["14m", "899s", "961s", "25h", "0", "2d"])
def test_an_interval_is_whole_minutes_between_a_run_and_a_day(every: str) -> None:
    with pytest.raises(InputError) as caught:
        Wanted.parse(every, None)
    assert caught.value.code == "invalid_interval"


def test_what_is_not_asked_stays_as_it_was() -> None:
    asked = Wanted.parse("6h", "ops@example.com").over(BEFORE)
    assert (asked.collect_every, str(asked.operator)) == (timedelta(hours=6), "ops@example.com")
    assert Wanted.parse(None, None).over(asked) == asked
    assert Wanted.parse("1h", None).over(asked).operator == asked.operator
    assert Wanted.parse(None, "none").over(asked).operator is None
    assert Wanted.recall(asked.to_document()).over(BEFORE) == asked
    assert Wanted.recall({}).over(BEFORE) == BEFORE


def test_both_parts_have_the_same_account_region_and_bucket() -> None:
    archive, feedback = (variables_of(BEFORE, part, FUNCTIONS) for part in Part)
    bucket = "provisioner-feedback-123456789012-eu-west-1"
    assert (archive["archive"]["bucket"], feedback["feedback"]["bucket"]) == (bucket, bucket)
    for one in (archive, feedback):
        assert (one["account"], one["region"]) == ("123456789012", "eu-west-1")


def test_the_zip_is_named_as_in_every_home_and_known_by_its_digest() -> None:
    collector = variables_of(BEFORE, Part.FEEDBACK, FUNCTIONS)["feedback"]["collector"]
    assert collector["zip"] == "functions.zip"
    assert collector["hash"] == base64.b64encode(hashlib.sha256(b"zip").digest()).decode()
    assert collector["handler"] == "collector.handler"


def test_another_partition_is_told() -> None:
    pipeline = Pipeline("123456789012", Region("us-gov-west-1"))
    assert variables_of(pipeline, Part.FEEDBACK, FUNCTIONS)["feedback"]["partition"] == "aws-us-gov"
    assert pipeline.topic_arn == "arn:aws-us-gov:sns:us-gov-west-1:123456789012:provisioner-feedback"
