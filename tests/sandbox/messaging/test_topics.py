import json
from dataclasses import dataclass
from typing import Any

import pytest

from provisioner.sandbox.messaging import topics
from provisioner.sandbox.policy.resource import Service

ACCOUNT = "123456789012"
SES = Service("ses.amazonaws.com")
SETS = f"arn:aws:ses:us-east-1:{ACCOUNT}:configuration-set/"
SOURCE = {"aws:SourceArn": f"{SETS}example-com", "aws:SourceAccount": ACCOUNT}
OTHER_TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:other"


@dataclass
class Pipe:
    """A topic, and a queue that is subscribed to it."""

    aws: Any
    topic: str
    queue: str
    subscription: str

    def read(self) -> list[str]:
        found = self.aws.client("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        return [str(message["Body"]) for message in found.get("Messages", [])]

    def lets(self, **statement: Any) -> None:
        """Give the queue a policy of one statement."""
        policy = {"Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*", **statement}]}
        attributes = {"Policy": json.dumps(policy)}
        self.aws.client("sqs").set_queue_attributes(QueueUrl=self.queue, Attributes=attributes)

    def lets_its_topic(self) -> None:
        self.lets(Principal={"Service": "sns.amazonaws.com"}, Condition={"ArnEquals": {"aws:SourceArn": self.topic}})

    def lets_ses(self, condition: Any) -> None:
        """Give the topic a policy for SES."""
        allowed = {
            "Effect": "Allow",
            "Principal": {"Service": SES.name},
            "Action": "sns:Publish",
            "Resource": self.topic,
        }
        policy = json.dumps({"Statement": [{**allowed, "Condition": condition}]})
        topic = {"TopicArn": self.topic, "AttributeName": "Policy", "AttributeValue": policy}
        self.aws.client("sns").set_topic_attributes(**topic)


@pytest.fixture
def pipe(aws: Any) -> Pipe:
    sns, sqs = aws.client("sns"), aws.client("sqs")
    topic = sns.create_topic(Name="feedback")["TopicArn"]
    queue = sqs.create_queue(QueueName="events")["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:events"
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True)
    made = Pipe(aws, topic, queue, subscription["SubscriptionArn"])
    made.lets_its_topic()
    return made


def _raw(pipe: Pipe, value: str = "true") -> None:
    attribute = {"AttributeName": "RawMessageDelivery", "AttributeValue": value}
    pipe.aws.client("sns").set_subscription_attributes(SubscriptionArn=pipe.subscription, **attribute)


def test_a_message_arrives_in_an_envelope_unless_it_is_asked_for_raw(pipe: Pipe) -> None:
    sns = pipe.aws.client("sns")
    sent = sns.publish(TopicArn=pipe.topic, Message='{"a": 1}', Subject="News")["MessageId"]
    (body,) = pipe.read()
    told = json.loads(body)
    assert [*told][:5] == ["Type", "MessageId", "TopicArn", "Subject", "Message"]
    assert (told["Type"], told["MessageId"], told["TopicArn"]) == ("Notification", sent, pipe.topic)
    assert (told["Subject"], told["Message"]) == ("News", '{"a": 1}')
    assert {"Timestamp", "SignatureVersion", "Signature", "SigningCertURL", "UnsubscribeURL"} <= told.keys()
    _raw(pipe)
    sns.publish(TopicArn=pipe.topic, Message='{"a": 2}')
    assert pipe.read() == ['{"a": 2}']
    _raw(pipe, "false")
    sns.publish(TopicArn=pipe.topic, Message='{"a": 3}')
    assert json.loads(pipe.read()[0])["Message"] == '{"a": 3}'


@pytest.mark.parametrize(
    "statement",
    [
        {"Principal": {"Service": "sns.amazonaws.com"}, "Condition": {"ArnEquals": {"aws:SourceArn": OTHER_TOPIC}}},
        {"Principal": {"Service": "ses.amazonaws.com"}},
        {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}},
        {"Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:ReceiveMessage"},
    ],
)  # fmt: skip
def test_a_queue_that_does_not_let_the_topic_gets_nothing_and_nobody_is_told(pipe: Pipe, statement: Any) -> None:
    pipe.lets(**statement)
    assert pipe.aws.client("sns").publish(TopicArn=pipe.topic, Message="x")["MessageId"]
    assert pipe.read() == []


def test_a_queue_that_is_gone_does_not_fail_who_publishes(pipe: Pipe) -> None:
    pipe.aws.client("sqs").delete_queue(QueueUrl=pipe.queue)
    assert pipe.aws.client("sns").publish(TopicArn=pipe.topic, Message="x")["MessageId"]


def test_what_a_queue_does_not_take_goes_to_the_dead_letters_of_the_subscription(pipe: Pipe) -> None:
    sqs = pipe.aws.client("sqs")
    dead = sqs.create_queue(QueueName="undelivered")["QueueUrl"]
    allowed = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:*", "Resource": "*"}
    sqs.set_queue_attributes(QueueUrl=dead, Attributes={"Policy": json.dumps({"Statement": allowed})})
    redrive = json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:undelivered"})
    attribute = {"AttributeName": "RedrivePolicy", "AttributeValue": redrive}
    pipe.aws.client("sns").set_subscription_attributes(SubscriptionArn=pipe.subscription, **attribute)
    _raw(pipe)
    pipe.lets(Principal={"Service": "ses.amazonaws.com"})
    pipe.aws.client("sns").publish(TopicArn=pipe.topic, Message="x")
    assert pipe.read() == []
    assert [one["Body"] for one in sqs.receive_message(QueueUrl=dead)["Messages"]] == ["x"]


@pytest.mark.parametrize(
    ("condition", "arrives"),
    [
        ({"StringEquals": {"AWS:SourceAccount": ACCOUNT}, "ArnLike": {"AWS:SourceArn": f"{SETS}*"}}, True),
        ({"StringEquals": {"AWS:SourceAccount": "999999999999"}}, False),
        ({"StringEquals": {"AWS:SourceArn": f"{SETS}other"}}, False),
    ],
)  # fmt: skip
def test_the_policy_of_a_topic_decides_what_ses_may_publish(pipe: Pipe, condition: Any, arrives: bool) -> None:
    _raw(pipe)
    pipe.lets_ses(condition)
    why = topics.publish(SES, SOURCE, pipe.topic, "x")
    assert (why is None) is arrives
    assert pipe.read() == (["x"] if arrives else [])


def test_the_policy_that_a_topic_has_by_itself_lets_services_of_its_own_account(pipe: Pipe) -> None:
    assert topics.publish(SES, {**SOURCE, "aws:SourceOwner": ACCOUNT}, pipe.topic, "x") is None
    why = topics.publish(SES, {**SOURCE, "aws:SourceOwner": "999999999999"}, pipe.topic, "x")
    assert why is not None
    assert "no resource-based policy allows the SNS:Publish action" in why


def test_ses_is_told_what_sns_does_not_take(pipe: Pipe) -> None:
    pipe.lets_ses({"StringEquals": {"AWS:SourceAccount": ACCOUNT}})
    assert topics.publish(SES, SOURCE, pipe.topic, "x" * 262_144) is None
    assert "256 KiB" in str(topics.publish(SES, SOURCE, pipe.topic, "x" * 262_145))
    assert "does not exist" in str(topics.publish(SES, SOURCE, f"{pipe.topic}-gone", "x"))
    assert "does not exist" in str(topics.publish(SES, SOURCE, "nonsense", "x"))


def test_a_user_without_a_policy_may_not_publish(pipe: Pipe, refusal: Any) -> None:
    iam = pipe.aws.client("iam")
    iam.create_user(UserName="smtp")
    key = iam.create_access_key(UserName="smtp")["AccessKey"]
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    theirs = pipe.aws.client("sns", **keys)
    code, message, status = refusal(theirs.publish, TopicArn=pipe.topic, Message="forged")
    assert (code, status) == ("AuthorizationError", 403)
    assert "user/smtp is not authorized to perform: SNS:Publish" in message
    assert pipe.read() == []


def test_a_topic_of_another_account_reaches_no_queue_that_lets_ours_only(pipe: Pipe) -> None:
    theirs = pipe.aws.client("sns", use_ssl=False)
    theirs.meta.events.register(
        "before-sign.sns", lambda request, **_: request.headers.add_header("x-moto-account-id", "999999999999")
    )
    topic = theirs.create_topic(Name="feedback")["TopicArn"]
    assert ":999999999999:" in topic
    theirs.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:events")
    theirs.publish(TopicArn=topic, Message="forged")
    assert pipe.read() == []
    pipe.lets(Principal={"Service": "sns.amazonaws.com"})
    theirs.publish(TopicArn=topic, Message="let by a policy that names no topic")
    assert len(pipe.read()) == 1


def _key(pipe: Pipe, *services: str) -> str:
    """Make a KMS key that these services may use; return its ARN."""
    own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
    used = ["kms:GenerateDataKey*", "kms:Decrypt"]
    theirs = [{**own, "Principal": {"Service": service}, "Action": used} for service in services]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [own, *theirs]})
    return str(pipe.aws.client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"])


@pytest.mark.parametrize(
    ("services", "refused"), [(["ses.amazonaws.com"], False), (["sns.amazonaws.com"], True), ([], True), (None, True)]
)
def test_an_encrypted_topic_takes_what_a_service_may_encrypt(pipe: Pipe, services: Any, refused: bool) -> None:
    key = "alias/aws/sns" if services is None else _key(pipe, *services)
    attribute = {"AttributeName": "KmsMasterKeyId", "AttributeValue": key}
    pipe.aws.client("sns").set_topic_attributes(TopicArn=pipe.topic, **attribute)
    why = topics.publish(SES, {**SOURCE, "aws:SourceOwner": ACCOUNT}, pipe.topic, "x")
    assert (why is not None) is refused
    assert "KMS key" in (why or "KMS key")
    assert len(pipe.read()) == (not refused)


def test_an_encrypted_queue_wants_a_key_that_the_topic_may_use(pipe: Pipe) -> None:
    sqs = pipe.aws.client("sqs")
    for key, arrives in ((_key(pipe), 0), ("alias/aws/sqs", 0), (_key(pipe, "sns.amazonaws.com"), 1)):
        sqs.set_queue_attributes(QueueUrl=pipe.queue, Attributes={"KmsMasterKeyId": key})
        pipe.aws.client("sns").publish(TopicArn=pipe.topic, Message="x")
        assert len(pipe.read()) == arrives
