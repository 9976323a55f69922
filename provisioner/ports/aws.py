"""AWS: one protocol for each service that is asked."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from provisioner.core.account.caller import Caller
from provisioner.core.account.ses import SesAccount
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.mail_domain.configuration_set import EventDestination
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region


class Zones(Protocol):
    """Route 53."""

    def public_zones(self, name: str) -> Sequence[HostedZone]:
        """Return the public zones of exactly this name; Route 53 allows several."""

    def private_zones(self, name: str) -> Sequence[str]:
        """Return the ids of the private zones of exactly this name, which only VPCs see."""

    def record_sets(self, zone_id: str) -> Sequence[Record]:
        """Return every record set of the zone.

        Alias records have no values, and there may be several sets of one name and type: see `Record.is_simple`.
        """

    def key_signing_keys(self, zone_id: str) -> Sequence[str]:
        """Return the names of the zone's DNSSEC key-signing keys; a zone that has one cannot be deleted."""

    def record_sets_around(self, zone: HostedZone, name: str) -> Sequence[Record]:
        """Return the record sets at and below a name of the zone, and at the names between the zone's and it."""

    def replace(self, zone_id: str, before: Record, after: Record) -> None:
        """Put `after` where exactly `before` stands, both with `raw`, in one step.

        Raises `Refused("record_changed")` when something else stands there by now, and `Refused("record_not_simple")`
        for an alias or one of several sets; nothing is overwritten then.
        """


class Identities(Protocol):
    """SES v2."""

    def configuration_set_tags(self, name: str, region: Region) -> Mapping[str, str] | None:
        """Return the tags of a configuration set, None when it does not exist."""

    def event_destinations(self, configuration_set: str, region: Region) -> Sequence[EventDestination]:
        """Return where the set publishes events; none when it does not exist."""

    def status(self, domain: DomainName, region: Region) -> IdentityStatus | None:
        """Return what SES says of the domain identity, None when it does not exist."""

    def tag(self, domain: DomainName, region: Region, tags: Mapping[str, str]) -> None:
        """Add tags to the domain identity, or change their values."""

    def untag(self, domain: DomainName, region: Region, keys: Sequence[str]) -> None:
        """Take tags off the domain identity; those that it does not have do not matter."""

    def sending_enabled(self, configuration_set: str, region: Region) -> bool | None:
        """Say whether the configuration set lets mail out, None when it does not exist."""

    def let_send(self, configuration_set: str, region: Region, *, enabled: bool) -> None:
        """Let the configuration set send, or pause it; raises `ProvisionerError` when it does not exist."""

    def ses_account(self, region: Region) -> SesAccount:
        """Return what SES says of the whole account in the region, asked once a run; `unseen` when we may not look."""

    def forget_account(self) -> None:
        """Have `ses_account` ask again: somebody waits until it is otherwise."""

    def sign(self, domain: DomainName, region: Region) -> None:
        """Switch DKIM signing on."""

    def look_for_dkim(self, domain: DomainName, region: Region) -> None:
        """Have SES look for the records of Easy DKIM again after it gave up; the tokens may be others then."""

    def look_for_mail_from(self, domain: DomainName, region: Region) -> None:
        """Have SES look for the records of the MAIL FROM domain again after it gave up."""


class Account(Protocol):
    """The AWS account that is worked in."""

    def caller(self) -> Caller:
        """Return who we are; raises for absent, expired or refused credentials and for unreachable endpoints."""

    def check(self) -> None:
        """Raise as `caller` does: the gate before many other calls, as it fails within seconds where they would not."""


class Registrar(Protocol):
    """Route 53 Domains, for the domains that are registered in this account."""

    def name_servers(self, domain: DomainName) -> Sequence[str] | None:
        """Return the name servers that the registry has, None when the domain is not registered in this account."""

    def is_signed(self, domain: DomainName) -> bool:
        """Say whether the registry has keys (DS records) of a domain that is registered in this account."""

    def set_name_servers(self, domain: DomainName, servers: Sequence[str]) -> str:
        """Ask for other name servers and return the id of the operation, which takes the registry some minutes."""
