"""What is seen of a pipeline, and of one that is not there, by the emulated AWS."""

from __future__ import annotations

from provisioner.adapters.aws.pipeline import look_at
from provisioner.adapters.aws.session import AwsSession
from provisioner.core.terraform.hops import Hops
from provisioner.core.terraform.pipeline import Pipeline
from provisioner.core.values.region import Region

HERE = Pipeline("123456789012", Region("us-east-1"))


def test_nothing_is_there(emulated: AwsSession) -> None:
    assert look_at(emulated, HERE) == Hops(False, False, None, None, None, archive=False)


def test_each_hop_is_seen(emulated: AwsSession) -> None:
    sns, sqs, s3 = (emulated.client(name, "us-east-1") for name in ("sns", "sqs", "s3"))
    arn = sns.create_topic(Name="provisioner-feedback")["TopicArn"]
    assert (look_at(emulated, HERE).topic, look_at(emulated, HERE).subscribed) == (True, False)
    urls = [sqs.create_queue(QueueName=f"provisioner-feedback{end}")["QueueUrl"] for end in ("", "-dead")]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:provisioner-feedback")
    sqs.send_message(QueueUrl=urls[1], MessageBody="nobody can read this")
    s3.create_bucket(Bucket=HERE.bucket)
    s3.put_object(Bucket=HERE.bucket, Key="events/dt=2999-01-01/x.json.gz", Body=b"x")
    seen = look_at(emulated, HERE)
    assert (seen.subscribed, seen.archive, seen.collector) == (True, True, None)
    assert seen.queue
    assert seen.dead_letters
    assert (seen.queue.messages, seen.dead_letters.messages) == (0, 1)
    assert [seen.queue.url, seen.dead_letters.url] == urls
    assert seen.last_collected == s3.list_objects_v2(Bucket=HERE.bucket)["Contents"][0]["LastModified"]
