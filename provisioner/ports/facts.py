"""What only the doctor asks of the world outside."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from provisioner.core.checks.diagnosis import Look
from provisioner.core.dns.questions import Question, Reply, Silent
from provisioner.core.mail_domain.configuration_set import ConfigurationSet, EventDestination, Topic
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region


class Questions(Protocol):
    """Name servers, asked one by one, and the resolver; several threads may ask at once."""

    def put(self, question: Question) -> Reply | Silent:
        """Ask, once more where nothing comes back; an answer that does not fit into UDP is asked for by TCP."""


class SendingSettings(Protocol):
    """SES v2: how an account's identities and configuration sets are set; several threads may ask at once."""

    def configuration_set(self, name: str, region: Region) -> ConfigurationSet | None:
        """Return the set, None when it does not exist."""

    def destinations(self, configuration_set: str, region: Region) -> Sequence[EventDestination] | None:
        """Return where the set publishes events, None when it does not exist."""

    def identities(self, region: Region) -> Sequence[str]:
        """Return the names of all identities, domains and addresses."""

    def identity(self, name: str, region: Region) -> IdentityStatus | None:
        """Return what SES says of a domain or an address, None when it does not exist."""

    def notified_topics(self, domain: DomainName, region: Region) -> Sequence[str]:
        """Return the ARNs of the SNS topics that are told of bounces and complaints of the identity itself."""


class Topics(Protocol):
    """SNS, and what KMS says of the keys of its topics."""

    def topic(self, arn: str) -> Topic | None:
        """Return a topic of any region and account, None when it does not exist."""


class Looks(Protocol):
    """What was found bad when the doctor looked last for changes, of each domain."""

    def last(self, domain: DomainName) -> Look | None:
        """Return the last look, None when there was none, or none that can be read."""

    def keep(self, domain: DomainName, look: Look) -> None:
        """Keep this look in place of the last one, atomically."""


class AwsTime(Protocol):
    """The clocks of AWS, as its answers tell them."""

    def ahead(self) -> timedelta | None:
        """Return how far this machine's clock is ahead of that of the last answer, None before the first."""
