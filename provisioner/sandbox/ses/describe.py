"""SES v2's answers: what the store holds, in the shapes of the service's model."""

from provisioner.sandbox.ses.model import Identity, Json
from provisioner.sandbox.ses.store import SesStore

DEFAULT_BEHAVIOR = "USE_DEFAULT_VALUE"


def identity(described: Identity, store: SesStore) -> Json:
    """Return GetEmailIdentity's answer."""
    return {
        "IdentityType": described.kind,
        "FeedbackForwardingStatus": described.feedback_forwarding,
        "VerifiedForSendingStatus": described.verified,
        "DkimAttributes": dkim(described, store),
        "MailFromAttributes": mail_from(described),
        "Policies": described.policies,
        "Tags": tags(store, "identity", described.email_identity),
        "ConfigurationSetName": described.configuration_set,
        "VerificationStatus": described.verification.status,
        "VerificationInfo": _verification(described, store),
    }


def dkim(described: Identity, store: SesStore) -> Json:
    """Return an identity's DkimAttributes; an address has no key of its own."""
    if described.kind == "EMAIL_ADDRESS":
        return {"SigningEnabled": False, "Status": "NOT_STARTED", "SigningAttributesOrigin": "AWS_SES"}
    shown = {
        "SigningEnabled": described.dkim.enabled,
        "Status": described.dkim.check.status,
        "Tokens": list(described.dkim.tokens),
        "SigningAttributesOrigin": described.dkim.origin,
        "LastKeyGenerationTimestamp": described.dkim.generated,
    }
    if described.dkim.origin == "EXTERNAL":
        return shown
    lengths = {"NextSigningKeyLength": described.dkim.key_length, "CurrentSigningKeyLength": described.dkim.key_length}
    return {**shown, **lengths, "SigningHostedZone": described.dkim.hosted_zone or store.suffix}


def mail_from(described: Identity) -> Json:
    """Return an identity's MailFromAttributes; without a domain SES names the behaviour alone."""
    if described.mail_from is None:
        return {"BehaviorOnMxFailure": DEFAULT_BEHAVIOR}
    return {
        "MailFromDomain": described.mail_from.domain,
        "MailFromDomainStatus": described.mail_from.check.status,
        "BehaviorOnMxFailure": described.mail_from.behavior,
    }


def tags(store: SesStore, kind: str, name: str) -> list[dict[str, str]]:
    """Return the tags of an identity or configuration set."""
    return list(store.list_tags_for_resource(store.arn(kind, name)))


def _verification(described: Identity, store: SesStore) -> Json:
    check = described.verification
    return {
        "LastCheckedTimestamp": check.last_checked,
        "LastSuccessTimestamp": check.last_success,
        "ErrorType": check.fault,
        "SOARecord": _soa(store.soa(described.email_identity)) if described.kind == "DOMAIN" else None,
    }


def _soa(words: list[str] | None) -> Json | None:
    if words is None:
        return None
    return {"PrimaryNameServer": words[0], "AdminEmail": words[1], "SerialNumber": int(words[2])}
