"""What SES says of an identity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SUCCESS, PENDING = "SUCCESS", "PENDING"
TEMPORARY_FAILURE = "TEMPORARY_FAILURE"  # right before, and not found at the last looks
PATIENCE = timedelta(hours=72)  # for so long SES looks for records (developer guide, "Easy DKIM")
EASY_DKIM, OWN_KEY = "AWS_SES", "EXTERNAL"  # whose key SES signs with: one of SES's, or of the customer's own
FAILED = "FAILED"  # after 72 hours SES looks no more, until it is told to


_FAULTS: Mapping[str, str] = {  # SES v2 API reference, VerificationInfo
    "HOST_NOT_FOUND": "the names do not exist in public DNS",
    "TYPE_NOT_FOUND": "the names exist in public DNS without a record of the right type",
    "INVALID_VALUE": "public DNS has other values there",
    "DNS_SERVER_ERROR": "the domain's name servers did not answer",
    "SERVICE_ERROR": "a fault of SES's own",
    "REPLICATION_ACCESS_DENIED": "the identity whose key it shares may not be read",
    "REPLICATION_PRIMARY_NOT_FOUND": "the identity in the other region, whose key it shares, does not exist",
    "REPLICATION_PRIMARY_BYO_DKIM_NOT_SUPPORTED": "the identity in the other region signs with its owner's key",
    "REPLICATION_REPLICA_AS_PRIMARY_NOT_SUPPORTED": "the identity in the other region shares the key of a third one",
    "REPLICATION_PRIMARY_INVALID_REGION": "the region whose key it shares is not one of this account's",
}


@dataclass(frozen=True, slots=True)
class LastLook:
    """When SES last looked for the DKIM records, and when it last found them right; None where it does not say.

    `name_server` and `serial` are of the SOA record that it saw then, as the zone's servers answered SES.
    """

    checked: datetime | None = None
    succeeded: datetime | None = None
    name_server: str | None = None
    serial: int | None = None


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key that SES signs with: `RSA_2048_BIT` and the like; `made` is when SES last made one.

    `selector` is that of a key of the customer's own; SES's own three are the tokens.
    """

    length: str | None = None
    next_length: str | None = None
    made: datetime | None = None
    selector: str | None = None


@dataclass(frozen=True, slots=True)
class IdentityStatus:
    """The answer of SES v2 `GetEmailIdentity`, statuses in its own words (`PENDING`, `SUCCESS`, `FAILED`, ...).

    `signing_enabled`: whether SES signs what it sends; somebody may have switched that off. `dkim_tokens` are those of
    Easy DKIM, none where mail is signed with a key that is not SES's own. `signing_origin` says whose the key is:
    `AWS_SES` (Easy DKIM), `EXTERNAL` (a key of the customer's own) or `AWS_SES_<REGION>` (that of another region).
    `fault` is what SES saw at its last look for the DKIM records (`HOST_NOT_FOUND`, ...), None when they were right.
    `refuses_without_mx`: mail is refused, and not sent from amazonses.com, while the MX of MAIL FROM is not right.
    `forwards_feedback`: bounces and complaints are mailed to the sender; None where SES does not say.
    `policies` are those for sending by others, by name, as JSON.
    SES does not tell when it made an identity, nor since when a state stands.
    """

    arn: str
    verified: bool
    verification_status: str
    dkim_status: str
    dkim_tokens: tuple[str, ...]
    signing_hosted_zone: str | None
    mail_from_domain: str | None
    mail_from_status: str | None
    configuration_set: str | None
    tags: Mapping[str, str]
    signing_enabled: bool = True
    signing_origin: str = EASY_DKIM
    fault: str | None = None
    look: LastLook = LastLook()
    key: SigningKey = SigningKey()
    refuses_without_mx: bool = False
    forwards_feedback: bool | None = None
    policies: Mapping[str, str] = field(default_factory=dict)

    @property
    def looked_for_since(self) -> datetime | None:
        """Since when SES looks for the records of DKIM, as far as it tells: since it made the key, and never saw them.

        None where it says of no key, or has found the records since that key was made.
        """
        made, succeeded = self.key.made, self.look.succeeded
        return None if made is None or (succeeded is not None and succeeded > made) else made

    @property
    def fault_in_words(self) -> str:
        """What SES saw at its last look for the DKIM records; empty when it does not say."""
        return _FAULTS.get(self.fault, self.fault) if self.fault else ""

    @property
    def mail_from(self) -> str:
        """How its MAIL FROM stands, for people: SES says nothing of it until one is set."""
        return self.mail_from_status or "not set"

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to wait for: verified, signing, and bouncing to a MAIL FROM host of its own."""
        statuses = (self.dkim_status, self.mail_from_status)
        return self.verified and self.signing_enabled and statuses == (SUCCESS, SUCCESS)
