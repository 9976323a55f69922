"""What was gathered about one domain: each fact as it is, or why nobody could look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar

from provisioner.core.account.metrics import Days
from provisioner.core.account.ses import SesAccount
from provisioner.core.credentials.login_seen import LoginSeen
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.dns.public_dns import PublicDns
from provisioner.core.mail_domain.configuration_set import ConfigurationSet, EventDestination, Topic
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.move import Move
from provisioner.core.mail_domain.neighbours import Elsewhere, Neighbours
from provisioner.core.mail_domain.records import Record
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
    ZONES = "zones"
    RECORDS = "records"
    IDENTITY = "identity"
    ELSEWHERE = "elsewhere"
    NEIGHBOURS = "neighbours"
    CONFIGURATION_SET = "configuration_set"
    DESTINATIONS = "destinations"
    TOPICS = "topics"
    NOTIFIED = "notified"
    PUBLISHED_TOKENS = "published_tokens"
    USERS = "users"
    LOGINS = "logins"
    ACCOUNT = "account"
    DAYS = "days"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class ZonesSeen:
    """The hosted zones of the account that bear on a domain.

    `public` are those of the name of the domain's zone, and `ours` the one of them that is meant; `private` are the ids
    of private ones of that name. `known_id` is the id that this home remembers. `above` is the next zone of a name
    above it. `move` is what sending the public to our zone would cost, None where it is sent there already.
    """

    public: tuple[HostedZone, ...] = ()
    private: tuple[str, ...] = ()
    ours: HostedZone | None = None
    known_id: str | None = None
    above: HostedZone | None = None
    move: Move | None = None


@dataclass(frozen=True, slots=True)
class DaysSeen:
    """What CloudWatch has of the last days: of the whole account, and of the domain's configuration set."""

    of_account: Days
    of_set: Days


@dataclass(frozen=True, slots=True)
class Observed:
    """One domain at one moment. `spec` is how it shall be; `now` is in UTC.

    `records` are those that the domain needs, without those of DKIM, which follow from the identity; in a zone
    elsewhere with what stands there taken into account. Of `identity` and `configuration_set` None means that SES has
    none. `elsewhere` is known only of an identity that is missing here. `topics` are those that the set publishes to,
    by ARN; `notified` those that are told of the identity's own bounces and complaints. `published_tokens` are those of
    Easy DKIM whose records stand in a zone of Route 53. `users` are the domain's SMTP user and those of its senders,
    `logins` those of them whose credential is stored. `ahead` is how far this machine's clock is ahead of AWS's. A fact
    that was not gathered is `Unseen`, and says nothing.
    """

    spec: MailDomain
    now: datetime
    dns: PublicDns | Unseen = NOT_WANTED
    zones: ZonesSeen | Unseen = NOT_WANTED
    records: tuple[Record, ...] | Unseen = NOT_WANTED
    identity: IdentityStatus | Unseen | None = NOT_WANTED
    elsewhere: Elsewhere | Unseen = NOT_WANTED
    neighbours: Neighbours | Unseen = NOT_WANTED
    configuration_set: ConfigurationSet | Unseen | None = NOT_WANTED
    destinations: Sequence[EventDestination] | Unseen | None = NOT_WANTED
    topics: Mapping[str, Topic | Unseen | None] | Unseen = NOT_WANTED
    notified: Sequence[str] | Unseen = NOT_WANTED
    published_tokens: Sequence[str] | Unseen = NOT_WANTED
    users: Sequence[SmtpUserState] | Unseen = NOT_WANTED
    logins: Sequence[LoginSeen] | Unseen = NOT_WANTED
    account: SesAccount | Unseen = NOT_WANTED
    days: DaysSeen | Unseen = NOT_WANTED
    ahead: timedelta | Unseen = NOT_WANTED

    @property
    def nobodys_label(self) -> str:
        """A label that nobody has a record for, another one at each moment: no cache knows anything of it."""
        return sha256(f"{self.spec.domain} {self.now.isoformat()}".encode()).hexdigest()[:16]


def seen(fact: T | Unseen) -> T:
    """Return the fact; raises `NotSeen`, which `diagnose` turns into `check.not_run`, where nobody could look."""
    if isinstance(fact, Unseen):
        raise NotSeen(fact)
    return fact
