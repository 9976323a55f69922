import json
import threading
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from provisioner.sandbox.messaging.queue import Queue

ALL = {"MessageSystemAttributeNames": ["All"]}
OWNER = "arn:aws:iam::123456789012:root"
NOWHERE = "arn:aws:sqs:us-east-1:123456789012:nowhere"


class Clock:
    """The clock of the sandbox, by which queues reckon."""

    def __init__(self, url: str) -> None:
        self._url = url

    def passes(self, seconds: int) -> None:
        data = json.dumps({"advance": f"{seconds}s"}).encode()
        request = urllib.request.Request(f"{self._url}/_sandbox/clock", data=data, method="POST")  # noqa: S310 - our own server
        urllib.request.urlopen(request).close()  # noqa: S310 - our own server


@pytest.fixture
def clock(aws: Any) -> Clock:
    return Clock(aws.url)


@pytest.fixture
def sqs(aws: Any) -> Any:
    return aws.client("sqs")


def _make(sqs: Any, name: str = "events", **attributes: Any) -> str:
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in attributes.items()}
    return str(sqs.create_queue(QueueName=name, Attributes=texts)["QueueUrl"])


def _receive(sqs: Any, url: str, **asked: Any) -> list[Any]:
    return list(sqs.receive_message(QueueUrl=url, **{"MaxNumberOfMessages": 10, **ALL, **asked}).get("Messages", []))


def _attributes(sqs: Any, url: str) -> dict[str, str]:
    return dict(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"])


def _counts(sqs: Any, url: str) -> tuple[int, int, int]:
    """Return how many can be received, are with somebody, are delayed."""
    found = _attributes(sqs, url)
    names = ("", "NotVisible", "Delayed")
    visible, out, delayed = (int(found[f"ApproximateNumberOfMessages{name}"]) for name in names)
    return visible, out, delayed


def test_a_message_is_with_one_receiver_until_it_is_deleted_or_its_time_is_over(sqs: Any, clock: Clock) -> None:
    url = _make(sqs, VisibilityTimeout=60)
    sqs.send_message(QueueUrl=url, MessageBody="one")
    (first,) = _receive(sqs, url)
    assert _receive(sqs, url) == []
    assert _counts(sqs, url) == (0, 1, 0)
    clock.passes(61)
    (again,) = _receive(sqs, url)
    assert (again["MessageId"], again["Attributes"]["ApproximateReceiveCount"]) == (first["MessageId"], "2")
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])  # too old: taken, and nothing is deleted
    assert _counts(sqs, url) == (0, 1, 0)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])
    assert _counts(sqs, url) == (0, 0, 0)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])  # once more is no error
    clock.passes(61)
    assert _receive(sqs, url) == []


def test_a_handle_that_nobody_was_given_is_refused(sqs: Any, refusal: Any) -> None:
    url = _make(sqs)
    assert refusal(sqs.delete_message, QueueUrl=url, ReceiptHandle="made-up")[0] == "ReceiptHandleIsInvalid"


def test_a_receiver_may_give_a_message_back_or_keep_it_longer(sqs: Any, clock: Clock, refusal: Any) -> None:
    url = _make(sqs, VisibilityTimeout=30)
    sqs.send_message(QueueUrl=url, MessageBody="one")
    (taken,) = _receive(sqs, url)
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=taken["ReceiptHandle"], VisibilityTimeout=0)
    (taken,) = _receive(sqs, url)
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=taken["ReceiptHandle"], VisibilityTimeout=300)
    clock.passes(60)
    assert _receive(sqs, url) == []
    clock.passes(300)
    handle = taken["ReceiptHandle"]
    code, message, _ = refusal(sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=60)
    assert (code, "not available" in message) == ("InvalidParameterValue", True)
    assert len(_receive(sqs, url)) == 1


def test_a_delayed_message_waits(sqs: Any, clock: Clock) -> None:
    url = _make(sqs, DelaySeconds=100)
    sqs.send_message(QueueUrl=url, MessageBody="as the queue says")
    sqs.send_message(QueueUrl=url, MessageBody="at once", DelaySeconds=0)
    assert [one["Body"] for one in _receive(sqs, url)] == ["at once"]
    assert _counts(sqs, url) == (0, 1, 1)
    clock.passes(101)
    assert "as the queue says" in [one["Body"] for one in _receive(sqs, url)]


def test_what_is_received_too_often_goes_to_the_dead_letters(sqs: Any) -> None:
    dead = _make(sqs, "dead")
    policy = {"deadLetterTargetArn": _attributes(sqs, dead)["QueueArn"], "maxReceiveCount": 2}
    url = _make(sqs, VisibilityTimeout=0, RedrivePolicy=policy)
    sent = sqs.send_message(QueueUrl=url, MessageBody="poison")["MessageId"]
    assert [len(_receive(sqs, url)) for _ in range(3)] == [1, 1, 0]
    (found,) = _receive(sqs, dead)
    assert (found["MessageId"], found["Attributes"]["ApproximateReceiveCount"]) == (sent, "3")
    assert found["Attributes"]["DeadLetterQueueSourceArn"] == _attributes(sqs, url)["QueueArn"]
    assert _counts(sqs, url) == (0, 0, 0)


def test_what_nobody_receives_is_gone_in_the_end(sqs: Any, clock: Clock) -> None:
    url = _make(sqs, MessageRetentionPeriod=60)
    sqs.send_message(QueueUrl=url, MessageBody="one")
    clock.passes(61)
    assert _receive(sqs, url) == []


def test_who_waits_is_woken_by_what_arrives(sqs: Any) -> None:
    url = _make(sqs)
    asleep = threading.Event()
    found: list[str] = []

    def wait() -> None:
        asleep.set()
        found.extend(one["Body"] for one in _receive(sqs, url, WaitTimeSeconds=20))

    thread = threading.Thread(target=wait)
    thread.start()
    asleep.wait()
    sqs.send_message(QueueUrl=url, MessageBody="one")
    thread.join(timeout=15)
    assert found == ["one"]


def test_a_purged_queue_is_empty(sqs: Any) -> None:
    url = _make(sqs)
    sqs.send_message(QueueUrl=url, MessageBody="one")
    sqs.purge_queue(QueueUrl=url)
    assert _counts(sqs, url) == (0, 0, 0)


def test_thousands_of_messages_are_each_received_once(sqs: Any, aws: Any) -> None:
    _make(sqs)
    from moto.sqs.models import sqs_backends  # noqa: PLC0415 - slow to load

    store = sqs_backends["123456789012"]["us-east-1"]
    for number in range(20_000):
        store.send_message("events", str(number))
    queue: Queue = store.queues["events"]
    received = [message.body for _ in range(2_000) for message in queue.receive(10, 0, 30)]
    assert sorted(map(int, received)) == list(range(20_000))
    assert queue.receive(10, 0, 30) == []


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"MessageRetentionPeriod": 1_209_601}, "InvalidAttributeValue"),
        ({"VisibilityTimeout": 43_201}, "InvalidAttributeValue"),
        ({"DelaySeconds": -1}, "InvalidAttributeValue"),
        ({"ReceiveMessageWaitTimeSeconds": 21}, "InvalidAttributeValue"),
        ({"Policy": "no JSON"}, "InvalidAttributeValue"),
        ({"RedrivePolicy": {"maxReceiveCount": 5}}, "InvalidParameterValue"),
        ({"RedrivePolicy": {"deadLetterTargetArn": NOWHERE, "maxReceiveCount": 5}}, "InvalidParameterValue"),
    ],
)
def test_attributes_that_sqs_does_not_take_are_refused(sqs: Any, refusal: Any, attributes: Any, code: str) -> None:
    assert refusal(_make, sqs, **attributes)[0] == code
    assert "QueueUrls" not in sqs.list_queues()


@pytest.mark.parametrize(
    ("body", "code"), [("x" * 2000, "InvalidParameterValue"), ("a\x00b", "InvalidMessageContents")]
)
def test_bodies_that_sqs_does_not_take_are_refused(sqs: Any, refusal: Any, body: str, code: str) -> None:
    url = _make(sqs, MaximumMessageSize=1024)
    assert refusal(sqs.send_message, QueueUrl=url, MessageBody=body)[0] == code


def test_attributes_are_told_as_aws_does(sqs: Any) -> None:
    dead = _attributes(sqs, _make(sqs, "dead", MessageRetentionPeriod=1_209_600))["QueueArn"]
    allowed = json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": ["arn:aws:sqs:us-east-1:1:events"]})
    url = _make(sqs, RedrivePolicy={"deadLetterTargetArn": dead, "maxReceiveCount": 5}, RedriveAllowPolicy=allowed)
    found = _attributes(sqs, url)
    assert found["RedrivePolicy"] == f'{{"deadLetterTargetArn":"{dead}","maxReceiveCount":5}}'
    assert json.loads(found["RedriveAllowPolicy"]) == json.loads(allowed)
    assert found["SqsManagedSseEnabled"] == "true"
    assert found["CreatedTimestamp"].isdigit()
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": "", "KmsMasterKeyId": "alias/events"})
    found = _attributes(sqs, url)
    assert "RedriveAllowPolicy" not in found
    assert (found["KmsMasterKeyId"], found["SqsManagedSseEnabled"]) == ("alias/events", "false")


def test_a_policy_stays_when_something_else_is_changed(sqs: Any) -> None:
    policy = _queue_policy({"Effect": "Allow", "Principal": {"AWS": OWNER}, "Action": "sqs:SendMessage"})
    url = _make(sqs, Policy=policy)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "960"})
    assert json.loads(_attributes(sqs, url)["Policy"]) == json.loads(policy)


def _queue_policy(*statements: dict[str, Any]) -> str:
    arn = "arn:aws:sqs:us-east-1:123456789012:events"
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Resource": arn, **one} for one in statements]})


def test_only_the_topic_may_write_when_all_others_are_denied(sqs: Any, refusal: Callable[..., Any]) -> None:
    topic = "arn:aws:sns:us-east-1:123456789012:feedback"
    url = _make(
        sqs,
        Policy=_queue_policy(
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "sqs:SendMessage",
                "Condition": {"ArnNotEquals": {"aws:SourceArn": topic}},
            }
        ),
    )
    code, message, status = refusal(sqs.send_message, QueueUrl=url, MessageBody="forged")
    assert (code, "explicit deny" in message, status) == ("AccessDenied", True, 403)
    entries = [{"Id": "a", "MessageBody": "forged"}]
    assert refusal(sqs.send_message_batch, QueueUrl=url, Entries=entries)[0] == "AccessDenied"
    assert _receive(sqs, url) == []  # reading is nobody denied


def test_a_user_without_a_policy_may_not_write_and_one_with_it_may(aws: Any, sqs: Any, refusal: Any) -> None:
    url = _make(sqs)
    iam = aws.client("iam")
    iam.create_user(UserName="smtp")
    key = iam.create_access_key(UserName="smtp")["AccessKey"]
    theirs = aws.client("sqs", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    assert refusal(theirs.send_message, QueueUrl=url, MessageBody="one")[0] == "AccessDenied"
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": statement}
    iam.put_user_policy(UserName="smtp", PolicyName="write", PolicyDocument=json.dumps(policy))
    theirs.send_message(QueueUrl=url, MessageBody="one")
    assert refusal(theirs.receive_message, QueueUrl=url)[0] == "AccessDenied"
