"""What SES says of a domain identity."""

from collections.abc import Mapping
from dataclasses import dataclass

SUCCESS = "SUCCESS"
EASY_DKIM, OWN_KEY = "AWS_SES", "EXTERNAL"  # whose key SES signs with: one of SES's, or of the customer's own
FAILED = "FAILED"  # after 72 hours SES looks no more, until it is told to


_FAULTS: Mapping[str, str] = {  # SES v2 API reference, VerificationInfo
    "HOST_NOT_FOUND": "the names do not exist in public DNS",
    "TYPE_NOT_FOUND": "the names exist in public DNS without a record of the right type",
    "INVALID_VALUE": "public DNS has other values there",
    "DNS_SERVER_ERROR": "the domain's name servers did not answer",
    "SERVICE_ERROR": "a fault of SES's own",
}


@dataclass(frozen=True, slots=True)
class IdentityStatus:
    """The answer of SES v2 `GetEmailIdentity`, statuses in its own words (`PENDING`, `SUCCESS`, `FAILED`, ...).

    `signing_enabled`: whether SES signs what it sends; somebody may have switched that off. `dkim_tokens` are those of
    Easy DKIM, none where mail is signed with a key that is not SES's own. `signing_origin` says whose the key is:
    `AWS_SES` (Easy DKIM), `EXTERNAL` (a key of the customer's own) or `AWS_SES_<REGION>` (that of another region).
    `fault` is what SES saw at its last look for the DKIM records (`HOST_NOT_FOUND`, ...), None when they were right.
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
