"""The request for production access, with a description made of what is really there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from provisioner.core.account.metrics import Days, Metric
from provisioner.core.account.ses import SesAccount
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.wording import quoted
from provisioner.errors import InputError

LONGEST = 5000  # characters of UseCaseDescription (model of SES v2, PutAccountDetails)
_LONGEST_WEBSITE = 1000
_MOST_CONTACTS = 4
_NAMED = 5
_ALL_REASONS = {"BOUNCE", "COMPLAINT"}


class Stage(StrEnum):
    """How the wish stands after the command."""

    GRANTED = "granted"
    PENDING = "pending"
    FILED = "filed"
    WOULD_FILE = "would_file"


@dataclass(frozen=True, slots=True)
class ProductionRequest:
    """What AWS is asked: for transactional mail, in English."""

    website: str
    contacts: tuple[EmailAddress, ...]
    use_case: str

    def to_document(self) -> dict[str, object]:
        """Return the request as JSON has it."""
        contacts = [str(contact) for contact in self.contacts]
        return {"mail_type": "TRANSACTIONAL", "website": self.website, "contacts": contacts, "use_case": self.use_case}


@dataclass(frozen=True, slots=True)
class Asked:
    """What `account request-production` did; `request` None where nothing was to be asked."""

    ses: SesAccount
    stage: Stage
    request: ProductionRequest | None = None

    def to_document(self) -> dict[str, object]:
        """Return the document of `account request-production --json`."""
        return {
            "region": self.ses.region.name,
            "stage": self.stage,
            "changed": self.stage in (Stage.FILED, Stage.WOULD_FILE),
            "review": "PENDING" if self.stage is Stage.FILED else self.ses.review,
            "review_case": self.ses.review_case,
            "request": self.request.to_document() if self.request else None,
        }


@dataclass(frozen=True, slots=True)
class Practice:
    """How mail is sent here: `dmarc` has the number of domains by the policy of our record, `days` what was sent."""

    domains: Sequence[str]
    dmarc: Mapping[str, int]
    suppressed_reasons: Sequence[str] | None
    days: Days | None

    def lines(self) -> Iterator[str]:
        """Yield what is true of it, a sentence or two each; of what nobody knows nothing is said."""
        if self.domains:
            yield from self._of_domains()
        else:
            yield "No domain is set up in this region yet."
        if self.suppressed_reasons is not None:
            yield self._suppression(set(self.suppressed_reasons))
        if self.days is not None:
            yield self._volume(self.days)

    def _of_domains(self) -> Iterator[str]:
        more = f" and {len(self.domains) - _NAMED} more" if len(self.domains) > _NAMED else ""
        yield f"Domains ({len(self.domains)}): {', '.join(self.domains[:_NAMED])}{more}."
        yield (
            "Each domain has an identity with Easy DKIM, a custom MAIL FROM domain with SPF, and a configuration set "
            "of its own, by which it can be stopped alone and at once."
        )
        yield "Each sends over SMTP with its own credentials, whose IAM policy lets them send as that domain only."
        yield "Every configuration set suppresses addresses after a hard bounce or a complaint."
        if self.dmarc:
            policies = (f"{policy} ({number})" for policy, number in sorted(self.dmarc.items()))
            yield f"DMARC policies: {', '.join(policies)}."

    def _suppression(self, reasons: set[str]) -> str:
        if reasons >= _ALL_REASONS:
            return "The account-level suppression list is on for bounces and complaints."
        known = f"on for {reasons.pop()} only" if reasons else "off"
        return f"The account-level suppression list is {known}."

    def _volume(self, days: Days) -> str:
        total = days.total(Metric.SENDS)
        if not total:
            return f"Volume: no mail was counted in this region in the last {len(days.listed)} days."
        busiest = max(day.count(Metric.SENDS) or 0 for day in days.listed)
        return f"Volume: {total} messages in the last {len(days.listed)} days, at most {busiest} a day."


def use_case_text(words: str | None, practice: Practice) -> str:
    """Return the description: the user's own words, then what is there; raises `InputError` when it is too long."""
    text = "\n".join([*((words.strip(), "") if words else ()), *practice.lines()])
    if len(text) > LONGEST:
        message = f"the description has {len(text)} characters, SES takes {LONGEST}"
        raise InputError("use_case_too_long", message, "say it in fewer words")
    return text


def parse_website(text: str) -> str:
    """Return the address of a website, `https://` in front of a bare name; raises `InputError`."""
    url = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    is_web = bool(host) and parts.scheme in ("http", "https") and "." in host and url.isascii() and " " not in url
    if not is_web or len(url) > _LONGEST_WEBSITE:
        raise InputError("invalid_website", f"{quoted(text)} is no website's address", "give https://example.com/")
    return url


def parse_contacts(texts: Sequence[str]) -> tuple[EmailAddress, ...]:
    """Return the addresses that AWS writes to besides the account's own; raises `InputError`."""
    contacts = tuple(dict.fromkeys(EmailAddress.parse(text) for text in texts))
    if len(contacts) > _MOST_CONTACTS:
        message = f"{len(contacts)} contacts were named, SES takes {_MOST_CONTACTS}"
        raise InputError("too_many_contacts", message, "name fewer")
    return contacts
