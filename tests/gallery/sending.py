"""The configuration set of a domain, and where its bounces and complaints are told."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from gallery.case import Case
from gallery.ward import Patient
from provisioner.sandbox.zones import ACCOUNT

BOTH = ["BOUNCE", "COMPLAINT"]


def of_set(operation: str, **options: Any) -> Callable[[Patient], None]:
    """Call `put_configuration_set_<operation>_options`, or another operation on the set."""

    def change(patient: Patient) -> None:
        name = operation if "configuration_set" in operation else f"put_configuration_set_{operation}_options"
        getattr(patient.ses, name)(ConfigurationSetName=patient.set, **options)

    return change


def publishes(patient: Patient, topic: str, *, enabled: bool = True) -> None:
    definition = {"Enabled": enabled, "MatchingEventTypes": BOTH, "SnsDestination": {"TopicArn": topic}}
    patient.ses.create_configuration_set_event_destination(
        ConfigurationSetName=patient.set, EventDestinationName="bounces", EventDestination=definition
    )


def topic(patient: Patient, policy: Mapping[str, Any] | None = None, **attributes: str) -> str:
    made = {**attributes, **({"Policy": json.dumps(policy)} if policy else {})}
    answer = patient.ward.client("sns").create_topic(Name=patient.set, Attributes=made)
    return str(answer["TopicArn"])


def allows_ses(patient: Patient, configuration_set: str | None = None) -> dict[str, Any]:
    """The policy that SES's developer guide asks for."""
    arn = f"arn:aws:ses:{patient.spec.region}:{ACCOUNT}:configuration-set/{configuration_set or patient.set}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": "*",
        "Condition": {"StringEquals": {"AWS:SourceAccount": ACCOUNT, "AWS:SourceArn": arn}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def publishes_under(patient: Patient, policy: Mapping[str, Any]) -> None:
    """Publish to a topic whose policy becomes this one afterwards: SES takes none to which it cannot publish."""
    arn = topic(patient)
    publishes(patient, arn)
    patient.ward.client("sns").set_topic_attributes(
        TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy)
    )


def deletes_the_topic(patient: Patient) -> None:
    arn = topic(patient)
    publishes(patient, arn)
    patient.ward.client("sns").delete_topic(TopicArn=arn)


def encrypts_the_topic(patient: Patient) -> None:
    """Encrypt a topic that is published to already: SES takes none whose key it may not use."""
    key, arn = patient.ward.client("kms").create_key()["KeyMetadata"]["KeyId"], topic(patient, allows_ses(patient))
    publishes(patient, arn)
    patient.ward.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="KmsMasterKeyId", AttributeValue=key)


def encrypts_it_for_ses(patient: Patient) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": ["kms:GenerateDataKey*", "kms:Decrypt"],
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    key = patient.ward.client("kms").create_key(Policy=policy)["KeyMetadata"]["KeyId"]
    publishes(patient, topic(patient, allows_ses(patient), KmsMasterKeyId=key))


def forwards_nothing(patient: Patient) -> None:
    patient.ses.put_email_identity_feedback_attributes(EmailIdentity=patient.domain, EmailForwardingEnabled=False)


def forwards_nothing_but_publishes(patient: Patient) -> None:
    forwards_nothing(patient)
    publishes(patient, topic(patient, allows_ses(patient)))


def has_no_default(patient: Patient) -> None:
    patient.ses.put_email_identity_configuration_set_attributes(EmailIdentity=patient.domain)


def account_suppresses(*reasons: str) -> Callable[[Patient], None]:
    return lambda patient: patient.ses.put_account_suppression_attributes(SuppressedReasons=list(reasons))


def suppresses_nowhere(patient: Patient) -> None:
    account_suppresses()(patient)
    of_set("suppression")(patient)


def tracks(patient: Patient, *target: str) -> None:
    host = f"click.{patient.domain}"
    of_set("tracking", CustomRedirectDomain=host)(patient)
    if target:
        patient.upsert(host, *target)


def other_region(patient: Patient) -> None:
    tracks(patient, "CNAME", "r.eu-west-1.awstrack.me")


CASES = (
    Case(
        "somebody paused the configuration set",
        of_set("sending", SendingEnabled=False),
        ("set.paused error",),
        says=("provisioner resume",),
    ),
    Case(
        "the configuration set is deleted",
        of_set("delete_configuration_set"),
        ("set.missing error",),
        says=("SES refuses its mail", "provisioner new-domain"),
    ),
    Case("the set is the default of the identity no more", has_no_default, ("set.not_default warning",)),
    Case(
        "suppression is overridden with nothing",
        of_set("suppression", SuppressedReasons=[]),
        ("set.suppression_off error",),
    ),
    Case(
        "suppression is overridden with complaints only",
        of_set("suppression", SuppressedReasons=["COMPLAINT"]),
        ("set.suppression_partly warning",),
        says=("bounced for good",),
    ),
    Case("suppression is not overridden", of_set("suppression")),
    Case(
        "nothing suppresses, neither the set nor the account",
        suppresses_nowhere,
        ("account.suppression_off warning",),
        says=("put-account-suppression-attributes",),
    ),
    Case("the account suppresses nothing, and the set does", account_suppresses()),
    Case(
        "reputation metrics are off",
        of_set("reputation", ReputationMetricsEnabled=False),
        ("set.no_reputation warning",),
    ),
    Case(
        "TLS was asked for, and is optional",
        of_set("delivery", TlsPolicy="OPTIONAL"),
        also=("drift.tls_policy",),
        admitted={"tls": "require"},
    ),
    Case(
        "an event destination is off",
        lambda p: publishes(p, topic(p), enabled=False),
        ("events.disabled warning",),
        says=("update-configuration-set-event-destination",),
    ),
    Case("the topic of the events is deleted", deletes_the_topic, ("events.topic_gone error",)),
    Case(
        "the topic lets another service publish",
        lambda p: publishes_under(p, json.loads(json.dumps(allows_ses(p)).replace("ses.amazon", "events.amazon"))),
        ("events.not_permitted error",),
        says=("ses.amazonaws.com",),
    ),
    Case(
        "the topic lets SES publish for another set",
        lambda p: publishes_under(p, allows_ses(p, "another")),
        ("events.not_permitted error",),
    ),
    Case("the topic is SES's to publish to", lambda p: publishes(p, topic(p, allows_ses(p)))),
    Case("the topic has the policy that SNS gives", lambda p: publishes(p, topic(p))),
    Case(
        "the topic's key is not SES's to use",
        encrypts_the_topic,
        ("events.not_permitted error",),
        says=("kms:Decrypt",),
    ),
    Case("the topic's key is SES's to use", encrypts_it_for_ses),
    Case("nobody is told of bounces", forwards_nothing, ("events.none warning",)),
    Case("bounces are published and not mailed", forwards_nothing_but_publishes),
    Case(
        "the host of tracked links does not exist",
        tracks,
        ("set.tracking_broken error",),
        says=("r.us-east-1.awstrack.me",),
    ),
    Case("the host of tracked links is another region's", other_region, ("set.tracking_broken error",)),
    Case("the host of tracked links is SES's", lambda p: tracks(p, "CNAME", "r.us-east-1.awstrack.me")),
    Case("the host of tracked links is a proxy's", lambda p: tracks(p, "A", "192.0.2.7")),
)
