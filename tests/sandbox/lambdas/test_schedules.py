import json
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from functions import Function, role

from provisioner.sandbox.aws.expressions import UnreadableScheduleError, due_times

Make = Callable[..., Function]
BEGIN = datetime(2026, 11, 28, 10, 30, tzinfo=UTC)  # a Saturday
ECHO = "def handler(event, context): print('event', event)"


def _turn(aws: Any, document: Any) -> Any:
    request = urllib.request.Request(f"{aws.url}/_sandbox/clock", data=json.dumps(document).encode(), method="POST")  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def _schedule(aws: Any, made: Function, expression: str, *, may: str = "lambda:InvokeFunction", **options: Any) -> None:
    target = {"Arn": made.arn, "RoleArn": role(aws, "scheduler", "scheduler.amazonaws.com", {"Action": may})}
    aws.client("scheduler").create_schedule(
        Name="daily",
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={**target, **options.pop("Target", {})},
        **options,
    )


def test_a_schedule_runs_its_function_when_the_clock_is_turned_past_its_time(make: Make, aws: Any) -> None:
    made = make(ECHO)
    _schedule(aws, made, "cron(0 3 * * ? *)", Target={"Input": '{"at": "<aws.scheduler.scheduled-time>"}'})
    ran = _turn(aws, {"advance": "2d"})["ran"]
    assert [one["schedule"] for one in ran] == ["default/daily"] * 2
    assert [(datetime.fromisoformat(one["at"]).hour, one["ok"], one["target"]) for one in ran] == [
        (3, True, made.arn)
    ] * 2
    told = [line for line in made.log() if line.startswith("event")]
    assert told[0] == f"event {{'at': '{ran[0]['at'].removesuffix('+00:00')}Z'}}"
    assert _turn(aws, {"advance": "0s"})["ran"] == []


def test_a_rate_begins_at_once(make: Make, aws: Any) -> None:
    _schedule(aws, make(ECHO), "rate(1 day)")
    assert len(_turn(aws, {"advance": "1s"})["ran"]) == 1
    assert len(_turn(aws, {"advance": "1d"})["ran"]) == 1
    assert len(_turn(aws, {"advance": "23h"})["ran"]) == 0


def test_one_that_is_switched_off_does_not_run(make: Make, aws: Any) -> None:
    _schedule(aws, make(ECHO), "rate(1 day)", State="DISABLED")
    assert _turn(aws, {"advance": "3d"})["ran"] == []


def test_a_function_that_fails_is_told_and_tried_again(make: Make, aws: Any) -> None:
    made = make("def handler(event, context): print('tried'); raise ValueError('no')")
    aws.client("lambda").put_function_event_invoke_config(FunctionName=made.name, MaximumRetryAttempts=0)
    _schedule(aws, made, "rate(1 day)")
    (ran,) = _turn(aws, {"advance": "1m"})["ran"]
    assert (ran["ok"], "ValueError" in ran["reason"]) == (False, True)
    assert made.log().count("tried") == 1


def test_a_schedule_whose_role_may_not_runs_nothing_and_leaves_a_dead_letter(make: Make, aws: Any) -> None:
    queue = aws.client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    letters = {"DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:123456789012:dead"}, "Input": '{"a": 1}'}
    made = make(ECHO)
    _schedule(aws, made, "rate(1 day)", may="sqs:SendMessage", Target=letters)
    (ran,) = _turn(aws, {"advance": "1m"})["ran"]
    assert "may not lambda:InvokeFunction" in ran["reason"]
    assert aws.client("logs").describe_log_groups()["logGroups"] == []
    assert aws.client("sqs").receive_message(QueueUrl=queue)["Messages"][0]["Body"] == '{"a": 1}'


def test_a_role_that_does_not_trust_the_scheduler_is_no_use(make: Make, aws: Any) -> None:
    made = make(ECHO)
    _schedule(aws, made, "rate(1 day)")
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    trust = {"Version": "2012-10-17", "Statement": statement}
    aws.client("iam").update_assume_role_policy(RoleName="scheduler", PolicyDocument=json.dumps(trust))
    (ran,) = _turn(aws, {"advance": "1m"})["ran"]
    assert "does not let scheduler.amazonaws.com act as it" in ran["reason"]


@pytest.mark.parametrize(
    "document", [{}, {"advance": "soon"}, {"now": "2001-01-01"}, {"now": "x"}, [], {"advance": "1d", "now": "x"}]
)
def test_the_clock_goes_forward_and_says_what_it_does_not_understand(aws: Any, document: Any) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        _turn(aws, document)
    assert caught.value.code == 400
    with urllib.request.urlopen(f"{aws.url}/_sandbox/clock") as answer:  # noqa: S310 - our own server
        now = datetime.fromisoformat(json.load(answer)["now"])
    assert abs(now - datetime.now(UTC)) < timedelta(minutes=5)


def test_the_clock_can_be_set(aws: Any) -> None:
    wanted = datetime.now(UTC) + timedelta(days=400)
    assert _turn(aws, {"now": wanted.isoformat()})["now"] >= wanted.isoformat()


def test_far_too_many_runs_are_refused(make: Make, aws: Any) -> None:
    _schedule(aws, make(ECHO), "rate(1 minute)")
    with pytest.raises(urllib.error.HTTPError) as caught:
        _turn(aws, {"advance": "7d"})
    assert json.load(caught.value)["error"]["code"] == "too_much_due"


def _due(expression: str, hours: int = 48, zone: str = "UTC", after: datetime = BEGIN) -> list[str]:
    times = due_times(expression, zone, BEGIN, after, BEGIN + timedelta(hours=hours))
    return [f"{one:%d %H:%M}" for one in times]


@pytest.mark.parametrize(
    ("expression", "hours", "expected"),
    [
        ("rate(1 day)", 48, ["29 10:30", "30 10:30"]),
        ("rate(12 hours)", 25, ["28 22:30", "29 10:30"]),
        ("rate(30 minutes)", 1, ["28 11:00", "28 11:30"]),
        ("cron(15 3 * * ? *)", 48, ["29 03:15", "30 03:15"]),
        ("cron(0/20 11 * * ? *)", 2, ["28 11:00", "28 11:20", "28 11:40"]),
        ("cron(0 9 ? * MON *)", 96, ["30 09:00"]),
        ("cron(0 9 ? * 2-3 *)", 96, ["30 09:00", "01 09:00"]),
        ("cron(0 9 ? DEC TUE,WED 2026)", 120, ["01 09:00", "02 09:00"]),
        ("cron(0 0 L * ? *)", 96, ["30 00:00"]),
        ("cron(0 9 ? * MON 2030)", 96, []),
        ("at(2026-11-29T12:00:00)", 48, ["29 12:00"]),
        ("at(2026-11-27T12:00:00)", 48, []),
    ],
)
def test_expressions_are_due_when_aws_says(expression: str, hours: int, expected: list[str]) -> None:
    assert _due(expression, hours) == expected


def test_a_schedule_has_a_time_zone() -> None:
    assert _due("cron(0 6 * * ? *)", zone="Europe/Berlin") == ["29 05:00", "30 05:00"]
    assert _due("at(2026-11-29T12:00:00)", zone="America/New_York") == ["29 17:00"]


def test_a_rate_counts_from_when_it_was_made_whenever_it_ran_last() -> None:
    assert _due("rate(1 day)", 72, after=BEGIN + timedelta(hours=30)) == ["30 10:30", "01 10:30"]
    assert _due("rate(1 day)", 0, after=BEGIN - timedelta(hours=1)) == ["28 10:30"]


@pytest.mark.parametrize(
    "expression", ["rate(1 week)", "cron(0 9 * *)", "cron(0 9 ? * 6#3 *)", "daily", "rate(0 days)"]
)
def test_what_is_not_known_is_an_error(expression: str) -> None:
    with pytest.raises(UnreadableScheduleError):
        _due(expression)
