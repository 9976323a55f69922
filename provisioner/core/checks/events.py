"""Where bounces and complaints of a domain are told, and whether they arrive there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from provisioner.core.checks.observed import NotSeen, Observed, Unseen, seen
from provisioner.core.findings import Finding, Severity
from provisioner.core.iam.evaluate import Outcome, evaluate
from provisioner.core.iam.policy import Policy, Statement
from provisioner.core.iam.request import IamRequest
from provisioner.core.mail_domain.configuration_set import EventDestination, Target, Topic
from provisioner.core.mail_domain.spec import MailDomain

_ACCOUNT = 4  # arn:partition:service:region:account
_SES = "ses.amazonaws.com"
_EVENTS = ("BOUNCE", "COMPLAINT")
_AWS_KEY = "alias/aws/sns"
_KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
_NOTICES = "SES developer guide, Receiving Amazon SES notifications through email"
_PUBLISHING = "SES developer guide, Set up an Amazon SNS event destination for event publishing"


def destinations(observed: Observed) -> Iterator[Finding]:
    """Yield the event destinations that are switched off, and that nobody is told of bounces and complaints."""
    identity, spec = seen(observed.identity), observed.spec
    listed = seen(observed.destinations) or ()
    yield from (_disabled(spec, one) for one in listed if not one.enabled)
    if identity is None or identity.forwards_feedback is not False:
        return
    told = {event for one in listed if one.enabled for event in one.events}
    if not told.issuperset(_EVENTS) and not seen(observed.notified):
        yield _nobody(spec, [event for event in _EVENTS if event not in told])


def topics(observed: Observed) -> Iterator[Finding]:
    """Yield the topics that do not exist, or to which SES may not publish."""
    spec, known = _in_its_account(observed), seen(observed.topics)
    unseen: Unseen | None = None
    for one in seen(observed.destinations) or ():
        if one.target is Target.SNS and one.arn in known:
            topic = known[one.arn]
            if isinstance(topic, Unseen):
                unseen = unseen or topic
            else:
                yield from _topic(spec, one, topic)
    if unseen is not None:
        raise NotSeen(unseen)


def _in_its_account(observed: Observed) -> MailDomain:
    """Return the domain with the number of the account that has its identity; a topic may be another account's."""
    identity = seen(observed.identity)
    return observed.spec if identity is None else replace(observed.spec, account=identity.arn.split(":")[_ACCOUNT])


def _topic(spec: MailDomain, destination: EventDestination, topic: Topic | None) -> Iterator[Finding]:
    if topic is None:
        yield _gone(spec, destination)
        return
    yield from _publishing(spec, destination, topic)
    yield from _encryption(spec, destination, topic)


def _publishing(spec: MailDomain, destination: EventDestination, topic: Topic) -> Iterator[Finding]:
    policy = _for_ses(topic.policy)
    request = IamRequest("sns:Publish", (topic.arn,), _context(spec, topic), ("*",))
    decision = evaluate([policy], request)
    if decision.allowed:
        return
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": _SES},
        "Action": "sns:Publish",
        "Resource": topic.arn,
        "Condition": {"StringEquals": _conditions(spec, topic)},
    }
    whose = f"the topic of event destination {destination.name}"
    what = f"SES may not publish to {whose}: its policy does not allow {_SES} to, for {spec.configuration_set}"
    if decision.unknown:
        what = f"whether SES may publish to {whose} is not known: {decision.unknown.why}"
    yield Finding(
        "events.not_permitted",
        Severity.INFO if decision.unknown else Severity.ERROR,
        f"SNS topic {topic.arn}",
        what,
        f"add to the topic's policy (`aws sns set-topic-attributes --topic-arn {topic.arn} --attribute-name Policy "
        f"--attribute-value ...` replaces it): {json.dumps(statement)}",
        _PUBLISHING,
        {"policy": topic.policy, "statement": statement},
    )


def _encryption(spec: MailDomain, destination: EventDestination, topic: Topic) -> Iterator[Finding]:
    """Go through the key of a topic, which SES must be allowed to use; the account's own key for SNS never is."""
    if topic.key is None:
        return
    if topic.key_policy is None and not topic.key.endswith(_AWS_KEY):
        raise NotSeen(Unseen(f"KMS key {topic.key}", "access_denied", topic.key_unseen or "its policy cannot be read"))
    policy = _for_ses(topic.key_policy)
    requests = [IamRequest(action, (_key_arn(topic),), _context(spec, topic), ("*",)) for action in _KEY_ACTIONS]
    refused = [one.action for one in requests if evaluate([policy], one).outcome in _REFUSALS]
    if refused:
        yield Finding(
            "events.not_permitted",
            Severity.ERROR,
            f"KMS key {topic.key}",
            f"SES may not use the key of the topic of event destination {destination.name}: its policy does not allow "
            f"{_SES} {' and '.join(refused)}",
            f"let the key's policy allow {_SES} kms:GenerateDataKey* and kms:Decrypt, of a key of your own: that of "
            f"{_AWS_KEY} cannot be changed",
            _PUBLISHING,
            {"refused": refused, "policy": topic.key_policy},
        )


_REFUSALS = (Outcome.NOT_ALLOWED, Outcome.DENIED)


def _for_ses(document: Mapping[str, object] | None) -> Policy:
    """Return what of a resource's policy is about SES: the statements whose principal it is, or may be."""
    policy = Policy.of("its policy", document or {"Statement": []}, of_resource=True)
    return Policy(policy.name, tuple(one for one in policy.statements if _is_about_ses(one)), policy.variables)


def _is_about_ses(statement: Statement) -> bool:
    principal = statement.principal
    if not isinstance(principal, Mapping):
        return principal == "*"
    services, accounts = _listed(principal.get("Service")), _listed(principal.get("AWS"))
    return _SES in services or "*" in services or "*" in accounts or "but" in principal


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]


def _context(spec: MailDomain, topic: Topic) -> dict[str, str]:
    """Return the keys that SES's request has; `aws:SourceOwner` is the one by which a new topic's own policy allows."""
    conditions = _conditions(spec, topic)
    return {**conditions, "AWS:SourceOwner": conditions["AWS:SourceAccount"]}


def _conditions(spec: MailDomain, topic: Topic) -> dict[str, str]:
    account = spec.account or topic.arn.split(":")[_ACCOUNT]
    arn = f"arn:{spec.region.partition}:ses:{spec.region.name}:{account}:configuration-set/{spec.configuration_set}"
    return {"AWS:SourceAccount": account, "AWS:SourceArn": arn}


def _key_arn(topic: Topic) -> str:
    """Return the ARN of the topic's key as far as it is known: in its own policy, `*` stands for it."""
    head = ":".join(topic.arn.split(":")[3:5])
    partition = topic.arn.split(":")[1]
    key = topic.key or ""
    return key if key.startswith("arn:") else f"arn:{partition}:kms:{head}:key/{key}"


def _gone(spec: MailDomain, destination: EventDestination) -> Finding:
    name = destination.arn.rpartition(":")[2]
    return Finding(
        "events.topic_gone",
        Severity.ERROR,
        f"SNS topic {destination.arn}",
        f"it does not exist: what event destination {destination.name} of {spec.configuration_set} tells is lost",
        f"make it again, with a policy that lets {_SES} publish: `aws sns create-topic --name {name} --region "
        f"{spec.region.name}`; or take the destination away: `aws sesv2 delete-configuration-set-event-destination "
        f"--configuration-set-name {spec.configuration_set} --event-destination-name {destination.name} "
        f"--region {spec.region.name}`",
        _PUBLISHING,
        {"destination": destination.name},
    )


def _disabled(spec: MailDomain, destination: EventDestination) -> Finding:
    return Finding(
        "events.disabled",
        Severity.WARNING,
        f"event destination {destination.name} of {spec.configuration_set}",
        f"it is switched off: {', '.join(destination.events) or 'nothing'} is told to nobody there",
        _switch_on(spec, destination),
        _PUBLISHING,
        {"destination": destination.name, "target": destination.target, "arn": destination.arn},
    )


def _switch_on(spec: MailDomain, destination: EventDestination) -> str:
    """Say how it is switched on; the API takes the whole of a destination, of which all is known of a topic only."""
    if destination.target is not Target.SNS:
        return f"switch it on in the SES console: Configuration sets, {spec.configuration_set}, Event destinations"
    definition = {
        "Enabled": True,
        "MatchingEventTypes": list(destination.events),
        "SnsDestination": {"TopicArn": destination.arn},
    }
    return (
        f"`aws sesv2 update-configuration-set-event-destination --configuration-set-name {spec.configuration_set} "
        f"--event-destination-name {destination.name} --event-destination '{json.dumps(definition)}' "
        f"--region {spec.region.name}`"
    )


def _nobody(spec: MailDomain, events: Sequence[str]) -> Finding:
    return Finding(
        "events.none",
        Severity.WARNING,
        f"SES identity {spec.domain}",
        f"nobody is told of its {' and '.join(f'{event.lower()}s' for event in events)}: forwarding by mail is "
        "switched off, and no event destination or topic has them; SES then forwards them by mail all the same",
        f"`aws sesv2 put-email-identity-feedback-attributes --email-identity {spec.domain} "
        f"--email-forwarding-enabled --region {spec.region.name}`, or add an event destination",
        _NOTICES,
        {"events": list(events)},
    )
