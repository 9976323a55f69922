"""The event destinations of configuration sets: which topics SES takes, and as whom it publishes to them.

Source: SES developer guide, "Set up an Amazon SNS event destination for event publishing". SES publishes a text of its
own when a destination is made, and refuses one that it cannot publish to.
"""

from moto.utilities.utils import get_partition

from provisioner.sandbox.messaging import topics
from provisioner.sandbox.policy.resource import Service
from provisioner.sandbox.ses.errors import bad_request
from provisioner.sandbox.ses.model import Json
from provisioner.sandbox.zones import ACCOUNT

SES = Service("ses.amazonaws.com")
SUBJECT = "Amazon SES Email Event Notification"
VALIDATED = "Successfully validated SNS topic for Amazon SES event publishing."
_REGION = 3


def source_of(resource: str, region: str) -> dict[str, str]:
    """Return the keys by which a topic's policy knows for what SES publishes, e.g. `configuration-set/example-com`.

    `aws:SourceOwner` is the one of old (SNS developer guide, "aws:SourceAccount versus aws:SourceOwner"), by which the
    policy that a topic has by itself lets services of its own account publish.
    """
    arn = f"arn:{get_partition(region)}:ses:{region}:{ACCOUNT}:{resource}"
    return {"aws:SourceArn": arn, "aws:SourceAccount": ACCOUNT, "aws:SourceOwner": ACCOUNT}


def validate(definition: Json, configuration_set: str, region: str) -> None:
    """Publish SES's text to the topic of a destination; raises SES's refusal when there is none that takes it."""
    if "SnsDestination" not in definition:
        return
    arn = definition["SnsDestination"]["TopicArn"]
    found = topics.topic(arn)
    if found is None or arn.split(":")[_REGION] != region:
        raise bad_request(f"SNS topic <{arn}> not found.")
    if arn.endswith(".fifo"):
        raise bad_request(f"SNS topic <{arn}> is a FIFO topic, which is not supported.")
    if topics.publish(SES, source_of(f"configuration-set/{configuration_set}", region), arn, VALIDATED) is not None:
        raise bad_request(f"Could not publish to SNS topic <{arn}>.")
