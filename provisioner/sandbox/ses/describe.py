"""SES v2's answers: what the store holds, in the shapes of the service's model."""

from provisioner.sandbox.ses.model import Check, Identity, Json
from provisioner.sandbox.ses.store import SesStore

DEFAULT_BEHAVIOR = "USE_DEFAULT_VALUE"


def identity(found: Identity, store: SesStore) -> Json:
    """Return GetEmailIdentity's answer."""
    return {
        "IdentityType": found.kind,
        "FeedbackForwardingStatus": found.feedback_forwarding,
        "VerifiedForSendingStatus": found.verified,
        "DkimAttributes": dkim(found, store),
        "MailFromAttributes": mail_from(found),
        "Policies": found.policies,
        "Tags": tags(store, "identity", found.email_identity),
        "ConfigurationSetName": found.configuration_set,
        "VerificationStatus": found.verification.status,
        "VerificationInfo": _verification(found.verification),
    }


def dkim(found: Identity, store: SesStore) -> Json:
    """Return an identity's DkimAttributes; an address has no key of its own."""
    if found.kind == "EMAIL_ADDRESS":
        return {"SigningEnabled": False, "Status": "NOT_STARTED", "SigningAttributesOrigin": "AWS_SES"}
    shown = {
        "SigningEnabled": found.dkim.enabled,
        "Status": found.dkim.check.status,
        "Tokens": list(found.dkim.tokens),
        "SigningAttributesOrigin": found.dkim.origin,
        "LastKeyGenerationTimestamp": found.dkim.generated,
    }
    if found.dkim.origin == "EXTERNAL":
        return shown
    lengths = {"NextSigningKeyLength": found.dkim.key_length, "CurrentSigningKeyLength": found.dkim.key_length}
    return {**shown, **lengths, "SigningHostedZone": store.suffix}


def mail_from(found: Identity) -> Json:
    """Return an identity's MailFromAttributes; without a domain SES names the behaviour alone."""
    if found.mail_from is None:
        return {"BehaviorOnMxFailure": DEFAULT_BEHAVIOR}
    return {
        "MailFromDomain": found.mail_from.domain,
        "MailFromDomainStatus": found.mail_from.check.status,
        "BehaviorOnMxFailure": found.mail_from.behavior,
    }


def tags(store: SesStore, kind: str, name: str) -> list[dict[str, str]]:
    """Return the tags of an identity or configuration set."""
    return list(store.list_tags_for_resource(store.arn(kind, name)))


def _verification(check: Check) -> Json:
    return {
        "LastCheckedTimestamp": check.last_checked,
        "LastSuccessTimestamp": check.last_success,
        "ErrorType": check.fault,
    }
