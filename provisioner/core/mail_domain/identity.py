"""What SES says of a domain identity."""

from collections.abc import Mapping
from dataclasses import dataclass

SUCCESS = "SUCCESS"


@dataclass(frozen=True, slots=True)
class IdentityStatus:
    """The answer of SES v2 `GetEmailIdentity`, statuses in its own words (`PENDING`, `SUCCESS`, `FAILED`, ...)."""

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

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to wait for: verified, signing, and bouncing to a MAIL FROM host of its own."""
        return self.verified and self.dkim_status == SUCCESS and self.mail_from_status == SUCCESS
