"""What SES lets the whole account do in one region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from provisioner.core.values.region import Region

_CONSOLES = {"aws": "console.aws.amazon.com", "aws-us-gov": "console.amazonaws-us-gov.com"}
_UNLIMITED = -1  # Max24HourSend of an account without a daily quota


@dataclass(frozen=True, slots=True)
class SesAccount:
    """The answer of SES v2 `GetAccount`; what it does not say is None.

    `production` False is SES's sandbox, `enforcement` one of HEALTHY, PROBATION and SHUTDOWN, `review` how a wish for
    production access stands (PENDING, FAILED, GRANTED, DENIED), with its case at AWS. `suppressed_reasons` are what
    puts an address on the account's suppression list. `unseen` says why nothing is known.
    """

    NEARLY: ClassVar[float] = 0.9  # of the day's quota: from here on it is time to act

    region: Region
    production: bool | None = None
    sending_enabled: bool | None = None
    enforcement: str | None = None
    most_a_day: float | None = None
    most_a_second: float | None = None
    sent_last_day: float | None = None
    review: str | None = None
    unseen: str | None = None
    review_case: str | None = None
    suppressed_reasons: tuple[str, ...] | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What keeps mail of every domain in, each with what to do about it; empty when all is well."""
        return tuple(self._notes())

    @property
    def may_send(self) -> bool:
        """Whether mail goes out to everybody, as far as is known."""
        is_on = self.sending_enabled is not False and self.enforcement != "SHUTDOWN"
        return self.production is not False and is_on and (self.quota_used or 0.0) < 1

    def to_document(self) -> dict[str, object]:
        """Return the `account` object of `status --json`."""
        return {
            "region": self.region.name,
            "production_access": self.production,
            "sending_enabled": self.sending_enabled,
            "enforcement_status": self.enforcement,
            "max_24_hour_send": self.most_a_day,
            "max_send_rate": self.most_a_second,
            "sent_last_24_hours": self.sent_last_day,
            "review": self.review,
            "review_case": self.review_case,
            "suppressed_reasons": None if self.suppressed_reasons is None else list(self.suppressed_reasons),
            "unseen": self.unseen,
        }

    def _notes(self) -> Iterator[str]:
        here = f"in {self.region}"
        if self.unseen is not None:
            yield (
                f"whether SES lets this account send to everybody {here} is not known, allow ses:GetAccount to see it: "
                f"{self.unseen}"
            )
        if self.enforcement == "SHUTDOWN":
            yield f"SES has stopped all mail of this account {here} (SHUTDOWN): see what it found at {self.console}"
        elif self.sending_enabled is False:
            yield (
                f"sending is switched off for the whole account {here}: nothing goes out until "
                f"`aws sesv2 put-account-sending-attributes --sending-enabled --region {self.region}`"
            )
        if self.enforcement == "PROBATION":
            yield f"SES has put this account under review {here} (PROBATION): see what it found at {self.console}"
        if self.production is False:
            yield f"SES {here} lets mail of this account out to verified recipients only{self._quota}: {self._way_out}"
        elif self.quota_used is not None and self.quota_used >= 1:
            yield f"the day's quota of this account {here} is used up{self._quota}: ask for more at {self.console}"

    @property
    def _quota(self) -> str:
        known = [
            f"{self.most_a_day:.0f} a day" if self.most_a_day not in (None, _UNLIMITED) else "",
            f"{self.most_a_second:g} a second" if self.most_a_second is not None else "",
            f"{self.sent_last_day:.0f} sent in the last 24 hours" if self.sent_last_day is not None else "",
        ]
        return f" ({', '.join(filter(None, known))})" if any(known) else ""

    @property
    def quota_used(self) -> float | None:
        """How much of the day's quota is used, 1 being all of it; None without a quota, or where nobody can say."""
        if self.most_a_day in (None, _UNLIMITED) or self.sent_last_day is None:
            return None
        return self.sent_last_day / self.most_a_day if self.most_a_day else 1.0

    @property
    def _way_out(self) -> str:
        if self.review == "PENDING":
            return f"production access was asked for and AWS has not answered yet, see {self.console}"
        if self.review == "DENIED":
            return f"AWS has denied production access: answer its case in the Support Center, or ask at {self.console}"
        return (
            f"ask for production access at {self.console}, or by "
            f"`provisioner account request-production --region {self.region}`"
        )

    @property
    def console(self) -> str:
        """Where the account is shown and asked for more."""
        return f"https://{_CONSOLES[self.region.partition]}/ses/home?region={self.region}#/account"
