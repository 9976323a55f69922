"""From a message over SMTP to a line in the archive: SES, SNS, SQS and the collector from its zip, as its role."""

import gzip
import json
from typing import Any

from functions import LOGS, Function, role

from provisioner.adapters.lambda_zip import HANDLERS, build_zip

BUCKET = "archive-of-events"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:events"
STATEMENTS = (
    LOGS,
    {
        "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
        "Resource": QUEUE,
    },
    {"Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{BUCKET}/*"},
    {"Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{BUCKET}"},
)


def _collector(sender: Any) -> Function:
    sender.client("s3").create_bucket(Bucket=BUCKET)
    made = sender.client("lambda").create_function(
        FunctionName="collector",
        Role=role(sender, "collector", "lambda.amazonaws.com", *STATEMENTS),
        Runtime="python3.13",
        Handler=HANDLERS["collector"],
        Code={"ZipFile": build_zip()},
        Timeout=900,
        MemorySize=512,
        Environment={"Variables": {"QUEUE_URL": sender.queue, "ARCHIVE_BUCKET": BUCKET}},
    )
    return Function(sender, "collector", made["FunctionArn"])


def _archived(sender: Any) -> list[Any]:
    s3 = sender.client("s3")
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET, Prefix="events/").get("Contents", [])]
    bodies = [gzip.decompress(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()) for key in keys]
    return [json.loads(line) for body in bodies for line in body.splitlines()]


def test_every_event_of_a_message_is_a_line_of_the_archive(sender: Any) -> None:
    collector = _collector(sender)
    sent = sender.send("a@one.test", "bounce@simulator.amazonses.com", "complaint+x@simulator.amazonses.com")
    told = collector.answer()
    assert (told["collected"], told["left"]) == (5, 0)  # Send, Delivery, Bounce, Delivery, Complaint
    lines = _archived(sender)
    assert {line["message_id"] for line in lines} == {sent}
    assert {(line["configuration_set"], line["caller"], line["domain"]) for line in lines} == {
        ("example-com", "example.com", "example.com")
    }
    by_kind = {(line["type"], line["recipient"]) for line in lines if line["type"] != "send"}
    assert by_kind == {
        ("delivery", "a@one.test"),
        ("bounce", "bounce@simulator.amazonses.com"),
        ("delivery", "complaint+x@simulator.amazonses.com"),
        ("complaint", "complaint+x@simulator.amazonses.com"),
    }
    assert sender.texts() == []
