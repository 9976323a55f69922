"""The configuration set, suppression and events."""

import json

from gallery.case import Case

KINDS = ("SEND", "DELIVERY", "BOUNCE", "COMPLAINT")


def _topic(patient, policy=None):
    sns = patient.ward.client("sns")
    arn = sns.create_topic(Name=f"events-{patient.set}")["TopicArn"]
    if policy is not None:
        sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=json.dumps(policy(arn, patient)))
    return arn


def _permits(arn, patient, name=None):
    source = f"arn:aws:ses:us-east-1:123456789012:configuration-set/{name or patient.set}"
    condition = {"StringEquals": {"AWS:SourceAccount": "123456789012", "AWS:SourceArn": source}}
    who = {"Service": "ses.amazonaws.com"}
    one = {"Effect": "Allow", "Principal": who, "Action": "sns:Publish", "Resource": arn, "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [one]}


def _destination(patient, arn, *, enabled=True):
    patient.ses.create_configuration_set_event_destination(
        ConfigurationSetName=patient.set,
        EventDestinationName="events",
        EventDestination={
            "Enabled": enabled,
            "MatchingEventTypes": list(KINDS),
            "SnsDestination": {"TopicArn": arn},
        },
    )


def _gone_topic(patient):
    arn = _topic(patient, _permits)
    _destination(patient, arn)
    patient.ward.client("sns").delete_topic(TopicArn=arn)


def _closed_topic(patient):
    _destination(patient, _topic(patient))


def _topic_of_another_set(patient):
    _destination(patient, _topic(patient, lambda arn, p: _permits(arn, p, "another-set")))


def _no_feedback(patient):
    patient.ses.put_email_identity_feedback_attributes(EmailIdentity=patient.domain, EmailForwardingEnabled=False)


def _tracking(patient):
    patient.ses.put_configuration_set_tracking_options(
        ConfigurationSetName=patient.set, CustomRedirectDomain=f"click.{patient.domain}"
    )


def _suppressing(*reasons):
    def make(patient):
        patient.ses.put_configuration_set_suppression_options(
            ConfigurationSetName=patient.set, SuppressedReasons=list(reasons)
        )

    return make


def _account_suppresses_nothing(patient):
    patient.ses.put_account_suppression_attributes(SuppressedReasons=[])


def _account_alone(patient):
    """The account suppresses nothing, and the set says nothing of its own."""
    _account_suppresses_nothing(patient)
    patient.knobs.turn(sets=[{"name": patient.set, "suppression": None}])


CASES = (
    Case(
        "the set is paused",
        lambda p: p.ses.put_configuration_set_sending_options(ConfigurationSetName=p.set, SendingEnabled=False),
        ("set.paused error",),
    ),
    Case(
        "the set was deleted",
        lambda p: p.ses.delete_configuration_set(ConfigurationSetName=p.set),
        ("set.missing error",),
        says=("new-domain",),
    ),
    Case(
        "the identity has no default set",
        lambda p: p.ses.put_email_identity_configuration_set_attributes(EmailIdentity=p.domain),
        ("set.not_default warning",),
    ),
    Case("the set suppresses nothing", _suppressing(), ("set.suppression_off error",)),
    Case("the set suppresses complaints only", _suppressing("COMPLAINT"), ("set.suppression_partly warning",)),
    Case(
        "events are switched off",
        lambda p: _destination(p, _topic(p, _permits), enabled=False),
        ("events.disabled warning",),
    ),
    Case("the topic of events is gone", _gone_topic, ("events.topic_gone error",)),
    Case("the topic does not let SES in", _closed_topic, ("events.not_permitted error",)),
    Case("the topic lets another set in", _topic_of_another_set, ("events.not_permitted error",)),
    Case("nobody hears of bounces", _no_feedback, ("events.none warning",)),
    Case(
        "no rates of the set are published",
        lambda p: p.ses.put_configuration_set_reputation_options(
            ConfigurationSetName=p.set, ReputationMetricsEnabled=False
        ),
        ("set.no_reputation warning",),
    ),
    Case("links lead to a name that does not exist", _tracking, ("set.tracking_broken error",)),
    Case(
        "the account suppresses nothing, the set does", _account_suppresses_nothing, also=("account.suppression_off",)
    ),
)
