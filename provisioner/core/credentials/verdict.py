"""What is to be said of an SMTP login, after all that was found out about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.values.smtp_user import SmtpUser


class Verdict(StrEnum):
    """The word that a script decides by; `ok` alone is a login that works and may send."""

    OK = "ok"
    RAW_SECRET_KEY = "raw_secret_key"  # noqa: S105 - a word
    OLD_ALGORITHM = "old_algorithm"
    MALFORMED = "malformed"
    WRONG_REGION = "wrong_region"
    TEMPORARY_KEY = "temporary_key"
    KEY_INACTIVE = "key_inactive"
    KEY_UNKNOWN = "key_unknown"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a word
    NOT_PERMITTED = "not_permitted"
    PAUSED = "paused"
    UNREACHABLE = "unreachable"


_OF: Mapping[str, Verdict] = {
    "smtp.raw_secret": Verdict.RAW_SECRET_KEY,
    "smtp.old_password": Verdict.OLD_ALGORITHM,
    "smtp.password_form": Verdict.MALFORMED,
    "smtp.user_name": Verdict.MALFORMED,
    "smtp.wrong_region": Verdict.WRONG_REGION,
    "smtp.temporary_key": Verdict.TEMPORARY_KEY,
    "key.inactive": Verdict.KEY_INACTIVE,
    "key.gone": Verdict.KEY_UNKNOWN,
    "smtp.login_refused": Verdict.WRONG_PASSWORD,
    "account.not_subscribed": Verdict.NOT_PERMITTED,
    "iam.no_policy": Verdict.NOT_PERMITTED,
    "iam.too_narrow": Verdict.NOT_PERMITTED,
    "iam.denied": Verdict.NOT_PERMITTED,
    "iam.boundary": Verdict.NOT_PERMITTED,
    "iam.no_user": Verdict.NOT_PERMITTED,
    "set.paused": Verdict.PAUSED,
    "sender.paused": Verdict.PAUSED,
    "account.paused": Verdict.PAUSED,
    "account.shutdown": Verdict.PAUSED,
    "smtp.unreachable": Verdict.UNREACHABLE,
    "smtp.certificate": Verdict.UNREACHABLE,
    "smtp.no_starttls": Verdict.UNREACHABLE,
    "clock.skew": Verdict.UNREACHABLE,
    NOT_RUN: Verdict.UNREACHABLE,
}


def verdict_of(findings: Sequence[Finding]) -> Verdict:
    """Return what the first error means; without an error the login works."""
    return next((_OF[finding.id] for finding in findings if finding.severity is Severity.ERROR), Verdict.OK)


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of looking at one login; `user` is None for one that is not of this home."""

    user: SmtpUser | None
    user_name: str
    region: str
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """What the findings come to."""
        return verdict_of(self.findings)

    def to_document(self) -> dict[str, object]:
        """Return the JSON form of `credentials verify`."""
        return {
            "domain": self.user.domain.ascii if self.user else None,
            "sender": self.user.sender if self.user else None,
            "user_name": self.user_name,
            "region": self.region,
            "verdict": str(self.verdict),
            "findings": [finding.to_document() for finding in self.findings],
        }
