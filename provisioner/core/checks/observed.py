"""What was gathered about one domain: each fact as it is, or why nobody could look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from provisioner.core.account.metrics import Days
from provisioner.core.account.ses import SesAccount
from provisioner.core.dns.public_dns import PublicDns
from provisioner.core.mail_domain.configuration_set import ConfigurationSet, EventDestination, Topic
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.neighbours import Elsewhere, Neighbours
from provisioner.core.mail_domain.spec import MailDomain

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unseen:
    """Why nobody could look at `subject`: the error's `code`, what it said, and what helps.

    `is_error` where that leaves nothing to say of how the domain stands, as without a login or without any answer of
    DNS; else it is a warning beside what was seen.
    """

    subject: str
    code: str
    reason: str
    hint: str = ""
    is_error: bool = False


NOT_WANTED = Unseen("", "not_wanted", "nobody asked for it")


class NotSeen(Exception):
    """A check needs what nobody could look at."""

    def __init__(self, unseen: Unseen) -> None:
        super().__init__(unseen.reason)
        self.unseen = unseen


class Fact(StrEnum):
    """What can be gathered, by the name of its field of `Observed`."""

    DNS = "dns"
    IDENTITY = "identity"
    ELSEWHERE = "elsewhere"
    NEIGHBOURS = "neighbours"
    CONFIGURATION_SET = "configuration_set"
    DESTINATIONS = "destinations"
    TOPICS = "topics"
    NOTIFIED = "notified"
    ACCOUNT = "account"
    DAYS = "days"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class DaysSeen:
    """What CloudWatch has of the last days: of the whole account, and of the domain's configuration set."""

    of_account: Days
    of_set: Days


@dataclass(frozen=True, slots=True)
class Observed:
    """One domain at one moment. `spec` is how it shall be; `now` is in UTC.

    Of `identity` and `configuration_set` None means that SES has none. `elsewhere` is known only of an identity that is
    missing here. `topics` are those that the set publishes to, by ARN; `notified` those that are told of the identity's
    own bounces and complaints. `ahead` is how far this machine's clock is ahead of AWS's. A fact that was not gathered
    is `Unseen`, and says nothing.
    """

    spec: MailDomain
    now: datetime
    dns: PublicDns | Unseen = NOT_WANTED
    identity: IdentityStatus | Unseen | None = NOT_WANTED
    elsewhere: Elsewhere | Unseen = NOT_WANTED
    neighbours: Neighbours | Unseen = NOT_WANTED
    configuration_set: ConfigurationSet | Unseen | None = NOT_WANTED
    destinations: Sequence[EventDestination] | Unseen | None = NOT_WANTED
    topics: Mapping[str, Topic | Unseen | None] | Unseen = NOT_WANTED
    notified: Sequence[str] | Unseen = NOT_WANTED
    account: SesAccount | Unseen = NOT_WANTED
    days: DaysSeen | Unseen = NOT_WANTED
    ahead: timedelta | Unseen = NOT_WANTED


def seen(fact: T | Unseen) -> T:
    """Return the fact; raises `NotSeen`, which `diagnose` turns into `check.not_run`, where nobody could look."""
    if isinstance(fact, Unseen):
        raise NotSeen(fact)
    return fact
