"""The operations of SES v2 on email identities."""

import re
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from provisioner.sandbox.ses import describe
from provisioner.sandbox.ses.errors import already_exists, bad_request, not_found
from provisioner.sandbox.ses.model import Check, Dkim, Identity, Json, MailFrom, dkim_tokens
from provisioner.sandbox.ses.operations import SesOperations
from provisioner.sandbox.ses.store import identity_key

DOMAIN = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
LOCAL_PART = re.compile(r"[!-?A-~]{1,64}")
DEFAULT_KEY_LENGTH = "RSA_2048_BIT"


class IdentityOperations(SesOperations):
    """Create, read, change, list and delete email identities."""

    def create_email_identity(self) -> ActionResult:
        """Create an identity whose three DKIM tokens are new, also when one of this name existed before."""
        name = _valid_name(self.params["EmailIdentity"])
        if name in self.store.identities:
            raise already_exists(f"Email identity {name}")
        default_set = self.params.get("ConfigurationSetName")
        if default_set:
            self.configuration_set(default_set)
        attributes = self.params.get("DkimSigningAttributes", {})
        created = Identity(name, _dkim(attributes, attributes.get("DomainSigningAttributesOrigin")), default_set)
        self.store.identities[name] = created
        self.store.follow(created)
        self.tag("identity", name)
        answer = {"IdentityType": created.kind, "DkimAttributes": describe.dkim(created, self.store)}
        return ActionResult({**answer, "VerifiedForSendingStatus": created.verified})

    def get_email_identity(self) -> ActionResult:
        """Describe an identity, after a look at DNS."""
        return ActionResult(describe.identity(self._identity(), self.store))

    def delete_email_identity(self) -> ActionResult:
        """Delete an identity and its tags."""
        name = self._identity().email_identity
        del self.store.identities[name]
        self.untag("identity", name)
        return EmptyResult()

    def list_email_identities(self) -> ActionResult:
        """List identities by name, a page at a time."""
        page, token = self.page(sorted(self.store.identities), 100)
        found = [identity for name in page if (identity := self.store.refresh(name))]
        return ActionResult({"EmailIdentities": [_summary(identity) for identity in found], "NextToken": token})

    def put_email_identity_mail_from_attributes(self) -> ActionResult:
        """Set or, without a domain, remove the custom MAIL FROM domain."""
        identity = self._identity()
        domain = identity_key(self.params.get("MailFromDomain") or "")
        if not domain:
            identity.mail_from = None
            return EmptyResult()
        _check_mail_from(domain, identity)
        identity.mail_from = _mail_from(identity, domain, self.params.get("BehaviorOnMxFailure"))
        return EmptyResult()

    def put_email_identity_configuration_set_attributes(self) -> ActionResult:
        """Set or, without a name, remove the default configuration set."""
        identity, name = self._identity(), self.params.get("ConfigurationSetName")
        identity.configuration_set = self.configuration_set(name).configuration_set_name if name else None
        return EmptyResult()

    def put_email_identity_dkim_attributes(self) -> ActionResult:
        """Switch DKIM signing on or off."""
        self._identity().dkim.enabled = self.params.get("SigningEnabled", False)
        return EmptyResult()

    def put_email_identity_dkim_signing_attributes(self) -> ActionResult:
        """Change the key's length, or switch between Easy DKIM and a key of the customer's own; that starts over."""
        identity, origin = self._identity(), self.params["SigningAttributesOrigin"]
        if identity.kind == "EMAIL_ADDRESS":
            raise bad_request("DKIM signing attributes can only be set for domains.")
        attributes = self.params.get("SigningAttributes", {})
        wanted = _dkim(attributes, attributes.get("DomainSigningAttributesOrigin") or origin)
        if (
            wanted.origin == identity.dkim.origin == "AWS_SES"
        ):  # a new length keeps the tokens: the customer's DNS stays as it is
            identity.dkim.key_length, identity.dkim.generated = wanted.key_length, wanted.generated
            identity.dkim.check = _sought_again(identity.dkim.check)
        else:
            identity.dkim = wanted
            self.store.follow(identity)
        shown = describe.dkim(identity, self.store)
        answer = {"DkimStatus": shown["Status"], "DkimTokens": shown["Tokens"]}
        return ActionResult({**answer, "SigningHostedZone": shown.get("SigningHostedZone")})

    def put_email_identity_feedback_attributes(self) -> ActionResult:
        """Switch forwarding of bounces and complaints by mail on or off."""
        self._identity().feedback_forwarding = self.params.get("EmailForwardingEnabled", False)
        return EmptyResult()

    def _identity(self) -> Identity:
        name = self.params["EmailIdentity"]
        found = self.store.refresh(name)
        if found is None:
            raise not_found(f"Email identity {name}")
        return found


def _valid_name(name: str) -> str:
    local, at, domain = identity_key(name).rpartition("@")
    if DOMAIN.fullmatch(domain) is None or (at and LOCAL_PART.fullmatch(local) is None):
        raise bad_request(f"Invalid email address or domain name <{name}>.")
    return f"{local}{at}{domain}"


def _dkim(attributes: Json, origin: str | None = None) -> Dkim:
    length = attributes.get("NextSigningKeyLength", DEFAULT_KEY_LENGTH)
    selector = attributes.get("DomainSigningSelector")
    if origin == "EXTERNAL" or selector:
        if not (selector and attributes.get("DomainSigningPrivateKey")):
            raise bad_request("A DKIM selector and a private key are needed together.")
        return Dkim((selector,), length, datetime.now(UTC), "EXTERNAL")  # the key itself is of no use here: not kept
    return Dkim(dkim_tokens(), length, datetime.now(UTC), origin or "AWS_SES")


def _check_mail_from(domain: str, identity: Identity) -> None:
    parent = identity.email_identity.rpartition("@")[2]
    if DOMAIN.fullmatch(domain) is None or not domain.endswith(f".{parent}"):
        raise bad_request(
            f"Provided MAIL-FROM domain <{domain}> is not subdomain of the domain of the identity <{parent}>."
        )


def _mail_from(identity: Identity, domain: str, behavior: Any) -> MailFrom:
    current = identity.mail_from
    # another host starts over, and so does one that SES looked for no more
    check = {"check": _sought_again(current.check)} if current and current.domain == domain else {}
    return MailFrom(domain, behavior or describe.DEFAULT_BEHAVIOR, **check)


def _sought_again(check: Check) -> Check:
    """Return the check as it goes on when what is set is set once more: what had failed, or was held, starts over."""
    return Check() if check.held or check.status == "FAILED" else check


def _summary(identity: Identity) -> Json:
    return {
        "IdentityType": identity.kind,
        "IdentityName": identity.email_identity,
        "SendingEnabled": identity.verified,
        "VerificationStatus": identity.verification.status,
    }
