"""What the emulated SES remembers: identities, configuration sets and the account's settings of one region."""

import secrets
import string
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Status = Literal["NOT_STARTED", "PENDING", "SUCCESS", "FAILED", "TEMPORARY_FAILURE"]
Json = dict[str, Any]

TOKEN_ALPHABET = string.ascii_lowercase + string.digits
OWN_SUFFIX_REGIONS = frozenset(
    {
        "af-south-1",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-5",
        "ca-west-1",
        "ap-northeast-3",
        "eu-south-1",
        "eu-central-2",
        "il-central-1",
        "me-central-1",
        "us-gov-east-1",
    }
)  # AWS General Reference, "Amazon SES endpoints and quotas", table of DKIM domains


def signing_hosted_zone(region: str) -> str:
    """Return the documented suffix of a region's Easy DKIM CNAME targets."""
    return f"dkim.{region}.amazonses.com" if region in OWN_SUFFIX_REGIONS else "dkim.amazonses.com"


def dkim_tokens() -> tuple[str, ...]:
    """Return the three selectors of a new Easy DKIM key: 32 characters of a-z and 0-9 each."""
    return tuple("".join(secrets.choice(TOKEN_ALPHABET) for _ in range(32)) for _ in range(3))


@dataclass
class Check:
    """How SES's look at DNS for one purpose stands.

    `started` and `right_since` are seconds of the monotonic clock; `fault` is one of SES's VerificationErrors,
    None when right. One that is `held` stays as it is, whatever DNS says, until it is begun again.
    """

    status: Status = "PENDING"
    started: float = field(default_factory=time.monotonic)
    right_since: float | None = None
    last_checked: datetime | None = None
    last_success: datetime | None = None
    fault: str | None = None
    held: bool = False


@dataclass
class Dkim:
    """DKIM of an identity: Easy DKIM (`AWS_SES`, three tokens) or a customer's own key (`EXTERNAL`, one selector).

    An origin such as `AWS_SES_EU_WEST_1` is the region of the identity whose key and tokens this one has too.
    `hosted_zone` is where its CNAMEs point to, None for the usual place of the region; `uncopied` one of SES's
    VerificationErrors, why that other identity's key is not to be had.
    """

    tokens: tuple[str, ...]
    key_length: str
    generated: datetime
    origin: str = "AWS_SES"
    enabled: bool = True
    check: Check = field(default_factory=Check)
    hosted_zone: str | None = None
    uncopied: str | None = None


@dataclass
class MailFrom:
    """A custom MAIL FROM domain."""

    domain: str
    behavior: str
    check: Check = field(default_factory=Check)


@dataclass
class Identity:
    """An email identity; the attribute `email_identity` is what moto's own operations call its name."""

    email_identity: str
    dkim: Dkim
    configuration_set: str | None = None
    mail_from: MailFrom | None = None
    feedback_forwarding: bool = True
    policies: dict[str, str] = field(default_factory=dict)
    clicked: Check = field(default_factory=Check)  # an address is verified by a link, not by DNS

    @property
    def kind(self) -> str:
        """Return `EMAIL_ADDRESS` or `DOMAIN`, SES's IdentityType."""
        return "EMAIL_ADDRESS" if "@" in self.email_identity else "DOMAIN"

    @property
    def verification(self) -> Check:
        """Return the check that decides whether the identity is verified."""
        return self.dkim.check if self.kind == "DOMAIN" else self.clicked

    @property
    def verified(self) -> bool:
        """Say whether mail may be sent from it; a temporary failure of DNS does not stop mail yet."""
        return self.verification.status in ("SUCCESS", "TEMPORARY_FAILURE")


@dataclass
class ConfigurationSet:
    """A configuration set; `options` by the names of SES's structures, e.g. `SendingOptions`, in AWS's own shapes."""

    configuration_set_name: str
    options: dict[str, Json] = field(default_factory=dict)
    event_destinations: dict[str, Json] = field(default_factory=dict)

    @property
    def sending_enabled(self) -> bool:
        """Say whether mail may pass; a set sends unless it was switched off."""
        return bool(self.options.get("SendingOptions", {}).get("SendingEnabled", True))


@dataclass
class Account:
    """SES settings of one region of the account; `suppressed` by the address exactly as it was listed."""

    production: bool
    enforcement: str = "HEALTHY"
    daily_quota: float | None = None
    sent_last_day: float = 0.0
    switched_on: bool = True
    suppressed_reasons: tuple[str, ...] = ("BOUNCE", "COMPLAINT")
    details: Json = field(default_factory=dict)
    suppressed: dict[str, Json] = field(default_factory=dict)

    @property
    def sending_enabled(self) -> bool:
        """Say whether mail may pass: the owner lets it, and AWS has not stopped the account."""
        return self.switched_on and self.enforcement != "SHUTDOWN"
