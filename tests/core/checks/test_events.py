"""Where bounces are told, in states that are seldom: what may be is not said to be wrong, nor to be right."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from fakes.aws import identity

from provisioner.core.checks import events
from provisioner.core.checks.catalogue import Area, Check, diagnose
from provisioner.core.checks.observed import Observed, Unseen
from provisioner.core.mail_domain.configuration_set import EventDestination, Target, Topic

Build = Callable[..., Observed]
ARN = "arn:aws:sns:us-east-1:123456789012:bounces"
SET_ARN = "arn:aws:ses:us-east-1:123456789012:configuration-set/example-com"
TO_TOPIC = EventDestination("bounces", True, ("BOUNCE", "COMPLAINT"), Target.SNS, ARN)
CHECKS = [
    Check("who is told", Area.SENDING, frozenset(), events.destinations),
    Check("topics", Area.SENDING, frozenset(), events.topics),
]


def statement(condition: Mapping[str, Any] | None = None, principal: Any = None, **changes: Any) -> dict[str, Any]:
    allows = {
        "Effect": "Allow",
        "Principal": principal or {"Service": "ses.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": "*",
    }
    return allows | ({"Condition": condition} if condition else {}) | changes


def said(observed: Build, topic: Topic | Unseen | None, **facts: Any) -> list[str]:
    known = {"identity": identity("example.com"), "destinations": (TO_TOPIC,), "topics": {ARN: topic}} | facts
    return [f"{one.id} {one.severity}" for one in diagnose(observed(**known), CHECKS)]


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        ([statement()], []),
        ([statement(principal={"Service": ["sns.amazonaws.com", "ses.amazonaws.com"]})], []),
        ([statement(principal="*")], []),
        ([statement(principal={"AWS": "*"}, condition={"StringEquals": {"AWS:SourceOwner": "123456789012"}})], []),
        ([statement({"ArnLike": {"aws:SourceArn": "arn:aws:ses:*:*:configuration-set/example-*"}})], []),
        ([statement({"StringEquals": {"aws:SourceArn": SET_ARN}})], []),
        ([statement({"StringEquals": {"aws:SourceAccount": "999988887777"}})], ["events.not_permitted error"]),
        ([statement(principal={"AWS": "arn:aws:iam::123456789012:root"})], ["events.not_permitted error"]),
        ([statement(Action="sns:Subscribe")], ["events.not_permitted error"]),
        ([statement(), statement(Effect="Deny")], ["events.not_permitted error"]),
        ([statement({"Bool": {"aws:SecureTransport": "true"}})], ["events.not_permitted info"]),
        ([statement({"FutureOperator": {"aws:SourceArn": SET_ARN}})], ["events.not_permitted info"]),
        ([], ["events.not_permitted error"]),
    ],
    ids=[
        "SES", "SES among others", "anybody", "as SNS gives it", "sets of a pattern", "this set", "another account",
        "the account alone", "another action", "a denial beside it", "a key that the request may have or not",
        "an operator that nobody knows", "nothing",
    ],
)  # fmt: skip  # a table
def test_a_topic_takes_what_its_policy_allows_ses(
    observed: Build, statements: list[Mapping[str, Any]], found: list[str]
) -> None:
    assert said(observed, Topic(ARN, {"Statement": statements})) == found


@pytest.mark.parametrize(
    ("topic", "found"),
    [
        (None, ["events.topic_gone error"]),
        (Unseen(ARN, "access_denied", "AccessDenied"), ["check.not_run warning"]),
        (Topic(ARN, None), ["events.not_permitted error"]),
        (Topic(ARN, {"Statement": statement()}, "alias/aws/sns"), ["events.not_permitted error"]),
        (Topic(ARN, {"Statement": statement()}, "alias/mail", None, "kms:DescribeKey: no"), ["check.not_run warning"]),
    ],
    ids=["gone", "not to be seen", "without a policy", "AWS's own key", "a key that is not to be seen"],
)
def test_what_nobody_could_see_of_a_topic_is_not_said_to_be_wrong(
    observed: Build, topic: Topic | Unseen | None, found: list[str]
) -> None:
    assert said(observed, topic) == found


def test_only_a_topic_is_switched_on_by_a_command_that_is_known_whole(observed: Build) -> None:
    stream = EventDestination("stream", False, ("BOUNCE",), Target.FIREHOSE, "arn:aws:firehose:us-east-1:1:x")
    facts = {"identity": identity("example.com"), "destinations": (stream,), "topics": {}}
    (found,) = diagnose(observed(**facts), CHECKS)
    assert (found.id, found.severity) == ("events.disabled", "warning")
    assert "SES console" in found.remedy


@pytest.mark.parametrize(
    ("forwards", "published", "topics", "found"),
    [
        (True, (), (), []),
        (None, (), (), []),
        (False, (), (), ["events.none warning"]),
        (False, ("BOUNCE",), (), ["events.none warning"]),
        (False, ("BOUNCE", "COMPLAINT"), (), []),
        (False, (), (ARN,), []),
        (False, (), Unseen("notices", "access_denied", "no"), ["check.not_run warning"]),
    ],
    ids=["mailed", "SES does not say", "nowhere", "bounces only", "published", "the identity's own topic", "unseen"],
)
def test_somebody_must_be_told_of_bounces_and_complaints(
    observed: Build, forwards: bool | None, published: tuple[str, ...], topics: Any, found: list[str]
) -> None:

    status = replace(identity("example.com"), forwards_feedback=forwards)
    to = (EventDestination("to", True, published, Target.CLOUDWATCH),)
    assert said(observed, None, identity=status, destinations=to, notified=topics) == found


def test_a_topic_of_another_account_is_published_to_for_ours(observed: Build) -> None:
    theirs = ARN.replace("123456789012", "999988887777")
    allowed = statement({"StringEquals": {"aws:SourceAccount": "123456789012"}})
    facts = {
        "destinations": (replace(TO_TOPIC, arn=theirs),),
        "topics": {theirs: Topic(theirs, {"Statement": allowed})},
    }
    assert diagnose(observed(identity=identity("example.com"), **facts), CHECKS) == ()
