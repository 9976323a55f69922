"""How identities and configuration sets are set, and the topics that events go to, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from fakes.aws import FakeAws, identity
from provisioner.core.mail_domain.configuration_set import ConfigurationSet, EventDestination, Topic
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError


class FakeSendingSettings:
    """SES of the account, with identities besides those of the domains; what it was not told of a set is as ours."""

    def __init__(self, aws: FakeAws) -> None:
        self._aws = aws
        self.sets: dict[str, ConfigurationSet] = {}
        self.events: dict[str, tuple[EventDestination, ...]] = {}
        self.others: dict[tuple[str, str], IdentityStatus] = {}  # by region and name
        self.notified: tuple[str, ...] = ()
        self.topics: dict[str, Topic] = {}
        self.refusals: dict[str, ProvisionerError] = {}
        self.asked: list[str] = []

    def has_set(self, name: str, **changes: Any) -> FakeSendingSettings:
        self.sets[name] = replace(_as_ours(name), **changes)
        return self

    def has_identity(self, name: str, region: str = "us-east-1", **changes: Any) -> FakeSendingSettings:
        self.others[region, name] = replace(identity(name, "SUCCESS"), **changes)
        return self

    def publishes(self, configuration_set: str, *destinations: EventDestination) -> FakeSendingSettings:
        self.events[configuration_set] = destinations
        return self

    def has_topic(self, topic: Topic) -> FakeSendingSettings:
        self.topics[topic.arn] = topic
        return self

    def does_not_allow(self, what: str) -> FakeSendingSettings:
        """Refuse a call by its name, or all that asks in a region."""
        self.refusals[what] = ProvisionerError("access_denied", f"{what}: AccessDenied: not authorized", "allow it")
        return self

    def configuration_set(self, name: str, region: Region) -> ConfigurationSet | None:
        self._ask("configuration_set", region)
        known = _as_ours(name) if name in self._aws.set_tags else None
        found = self.sets.get(name, known)
        return replace(found, sending_enabled=False) if found and name in self._aws.paused_sets else found

    def destinations(self, configuration_set: str, region: Region) -> Sequence[EventDestination] | None:
        self._ask("destinations", region)
        return self.events.get(configuration_set, ())

    def identities(self, region: Region) -> Sequence[str]:
        self._ask("identities", region)
        return [*self._aws.identities, *(name for where, name in self.others if where == region.name)]

    def identity(self, name: str, region: Region) -> IdentityStatus | None:
        self._ask("identity", region)
        return self.others.get((region.name, name))

    def notified_topics(self, domain: DomainName, region: Region) -> Sequence[str]:
        self._ask("notified_topics", region)
        return self.notified

    def topic(self, arn: str) -> Topic | None:
        self._ask("topic", None)
        return self.topics.get(arn)

    def _ask(self, what: str, region: Region | None) -> None:
        self.asked.append(f"{what} {region}" if region else what)
        refusal = self.refusals.get(what) or (self.refusals.get(region.name) if region else None)
        if refusal:
            raise refusal


def _as_ours(name: str) -> ConfigurationSet:
    return ConfigurationSet(name, reputation_metrics=True, tls="OPTIONAL", suppresses=("BOUNCE", "COMPLAINT"))
