"""A running sandbox with a domain that sends, and the pipe in which its events arrive."""

import json
import smtplib
import ssl
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest

from provisioner.core.credentials.password import derive
from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

ALL = ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "DELIVERY_DELAY"]
SET = {"ConfigurationSetName": "example-com"}


@dataclass
class Sender:
    """The address `info@example.com` on SES, and what SES tells about its mail."""

    sandbox: Sandbox
    topic: str = ""
    queue: str = ""
    login: tuple[str, str] = ("", "")
    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str, **options: Any) -> Any:
        if service not in self.clients or options:
            make: Any = boto3.client
            keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "made-up"}
            url = self.sandbox.addresses.aws
            self.clients[service] = make(service, "us-east-1", endpoint_url=url, **keys, **options)
        return self.clients[service]

    def send(self, *recipients: str, fields: tuple[str, ...] = (), body: str = "Hello\r\n") -> str:
        """Send a message over SMTP; return SES's id of it."""
        host, _, port = self.sandbox.addresses.smtp.rpartition(":")
        trusted = ssl.create_default_context(cadata=self.sandbox.certificate.ca_pem.decode())
        head = ["From: Shop <info@example.com>", f"To: {', '.join(recipients)}", "Subject: Order 1", *fields]
        with smtplib.SMTP(host, int(port), timeout=10) as client:
            client.starttls(context=trusted)
            client.login(*self.login)
            client.mail("info@example.com")
            for recipient in recipients:
                client.rcpt(recipient)
            code, reply = client.data("\r\n".join([*head, "", body]).encode())
        assert code == 250, reply
        return reply.decode().removeprefix("Ok ")

    def texts(self) -> list[str]:
        """Take what has arrived in the queue."""
        sqs, found = self.client("sqs"), list[str]()
        while batch := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", []):
            for message in batch:
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
                found.append(message["Body"])
        return found

    def events(self) -> list[Any]:
        """Take the events that have arrived."""
        return [json.loads(text) for text in self.texts()]

    def kinds(self) -> list[str]:
        return [event["eventType"] for event in self.events()]

    def page(self, name: str, document: Any = None, method: str = "POST") -> Any:
        url = f"{self.sandbox.addresses.aws}/_sandbox/{name}"
        data = json.dumps(document).encode() if document is not None else None
        request = urllib.request.Request(url, data=data, method=method)  # noqa: S310 - our own server
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
            return json.load(answer)

    def wants(self, *kinds: str, enabled: bool = True) -> None:
        """Let the destination want these kinds of events."""
        wanted = {"Enabled": enabled, "MatchingEventTypes": list(kinds), "SnsDestination": {"TopicArn": self.topic}}
        named = {**SET, "EventDestinationName": "feedback", "EventDestination": wanted}
        self.client("sesv2").update_configuration_set_event_destination(**named)


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(SandboxSettings(verification_delay=0.0)) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def ready(running: Sandbox) -> Sender:
    """Make domain, set, user, topic and queue once."""
    sender = Sender(running)
    ses, iam, route53 = sender.client("sesv2"), sender.client("iam"), sender.client("route53")
    ses.create_configuration_set(**SET)
    dkim = ses.create_email_identity(EmailIdentity="example.com", **SET)["DkimAttributes"]
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="x")["HostedZone"]["Id"]
    for token in dkim["Tokens"]:
        target = [{"Value": f"{token}.dkim.amazonses.com"}]
        record = {"Name": f"{token}._domainkey.example.com", "Type": "CNAME", "TTL": 300, "ResourceRecords": target}
        batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)
    iam.create_user(UserName="example.com")
    statement = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    iam.put_user_policy(UserName="example.com", PolicyName="send", PolicyDocument=document)
    key = iam.create_access_key(UserName="example.com")["AccessKey"]
    sender.login = key["AccessKeyId"], derive(key["SecretAccessKey"], "us-east-1")
    return sender


@pytest.fixture
def sender(ready: Sender) -> Iterator[Sender]:
    """Make the pipe anew, raw delivery on; whatever a test changed is put back."""
    sns, sqs, ses = ready.client("sns"), ready.client("sqs"), ready.client("sesv2")
    ready.topic = sns.create_topic(Name="feedback")["TopicArn"]
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": "*",
    }
    policy = json.dumps({"Statement": [allowed]})
    ready.queue = sqs.create_queue(QueueName="events", Attributes={"Policy": policy})["QueueUrl"]
    endpoint = "arn:aws:sqs:us-east-1:123456789012:events"
    sns.subscribe(TopicArn=ready.topic, Protocol="sqs", Endpoint=endpoint, Attributes={"RawMessageDelivery": "true"})
    wanted = {"Enabled": True, "MatchingEventTypes": ALL, "SnsDestination": {"TopicArn": ready.topic}}
    named = {**SET, "EventDestinationName": "feedback"}
    ses.create_configuration_set_event_destination(**named, EventDestination=wanted)
    assert ready.texts() == ["Successfully validated SNS topic for Amazon SES event publishing."]
    yield ready
    ses.delete_configuration_set_event_destination(**named)
    sns.delete_topic(TopicArn=ready.topic)
    sqs.delete_queue(QueueUrl=ready.queue)
    for listed in ses.list_suppressed_destinations()["SuppressedDestinationSummaries"]:
        ses.delete_suppressed_destination(EmailAddress=listed["EmailAddress"])
    ready.page("recipients", method="DELETE")
    ready.page("events", method="DELETE")
