"""An AWS account in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from provisioner.core.account.caller import Caller
from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.errors import Refused

TOKENS = ("a" * 32, "b" * 32, "c" * 32)


class FakeAws:
    """The account, Route 53, SES and IAM in one."""

    def __init__(self) -> None:
        self.zones: list[HostedZone] = []
        self.sets: dict[str, list[Record]] = {}
        self.signing_keys: dict[str, list[str]] = {}
        self.identities: dict[str, IdentityStatus] = {}
        self.access_keys: dict[str, list[AccessKey]] = {}
        self.signs_under: str | None = None
        self.asked: list[str] = []
        self._answers_to_come: list[IdentityStatus] = []
        self.set_tags: dict[str, Mapping[str, str]] = {}
        self.user_tags: dict[str, Mapping[str, str]] = {}
        self.policies: set[str] = set()

    def has_zone(
        self, name: str, *records: Record, zone_id: str | None = None, tags: Mapping[str, str] | None = None
    ) -> FakeAws:
        zone_id = zone_id or f"Z{len(self.zones) + 1}"
        servers = (f"ns-1.{zone_id.lower()}.net", f"ns-2.{zone_id.lower()}.org")
        self.zones.append(HostedZone(zone_id, name, servers, tags or {}))
        self.sets[zone_id] = [Record(name, "NS", 300, ()), Record(name, "SOA", 300, ()), *records]
        return self

    def has_identity(self, domain: str, status: str = "PENDING") -> FakeAws:
        self.identities[domain] = identity(domain, status, self.signs_under)
        return self

    def has_key(self, user: str, key_id: str) -> FakeAws:
        self.access_keys.setdefault(user, []).append(AccessKey(key_id, active=True))
        return self

    def will_answer(self, *statuses: IdentityStatus) -> FakeAws:
        self._answers_to_come = list(statuses)
        return self

    def caller(self) -> Caller:
        return Caller("123456789012", "arn:aws:iam::123456789012:user/admin")

    def check(self) -> None:
        self.caller()

    def public_zones(self, name: str) -> Sequence[HostedZone]:
        self.asked.append(f"zones {name}")
        return [zone for zone in self.zones if zone.name == name]

    def record_sets(self, zone_id: str) -> Sequence[Record]:
        self.asked.append(f"records {zone_id}")
        return self.sets[zone_id]

    def key_signing_keys(self, zone_id: str) -> Sequence[str]:
        return self.signing_keys.get(zone_id, [])

    def status(self, domain: DomainName, region: Region) -> IdentityStatus | None:
        self.asked.append(f"identity {domain} {region.name}")
        if self._answers_to_come:
            return self._answers_to_come.pop(0)
        return self.identities.get(domain.ascii)

    def configuration_set_tags(self, name: str, region: Region) -> Mapping[str, str] | None:
        return self.set_tags.get(name)

    def tags(self, user: str) -> Mapping[str, str] | None:
        return self.user_tags.get(user)

    def has_policy(self, user: str, policy: str) -> bool:
        return f"{user}:{policy}" in self.policies

    def replace(self, zone_id: str, before: Record, after: Record) -> None:
        if before not in self.sets[zone_id]:
            raise Refused("record_changed", f"{before.type} {before.name} was changed meanwhile")
        self.sets[zone_id] = [after if record == before else record for record in self.sets[zone_id]]

    def keys(self, user: str) -> Sequence[AccessKey]:
        return list(self.access_keys.get(user, []))

    def create_key(self, user: str) -> tuple[str, Secret]:
        key_id = f"AKIA{len(self.access_keys.get(user, [])) + 1:016d}"
        self.has_key(user, key_id)
        return key_id, Secret("some+secret+key")

    def delete_key(self, user: str, key_id: str) -> None:
        self.access_keys[user] = [key for key in self.access_keys[user] if key.id != key_id]


def identity(domain: str, status: str = "PENDING", signs_under: str | None = None) -> IdentityStatus:
    return IdentityStatus(
        arn=f"arn:aws:ses:us-east-1:123456789012:identity/{domain}",
        verified=status == "SUCCESS",
        verification_status=status,
        dkim_status=status,
        dkim_tokens=TOKENS,
        signing_hosted_zone=signs_under or "dkim.amazonses.com",
        mail_from_domain=f"bounce.{domain}",
        mail_from_status=status,
        configuration_set=None,
        tags={},
    )


class FakeMetrics:
    """CloudWatch that knows nothing until it is told."""

    def __init__(self) -> None:
        self._sent: dict[str, list[tuple[datetime, float]]] = {}

    def counted(self, configuration_set: str, when: datetime, messages: float) -> FakeMetrics:
        self._sent.setdefault(configuration_set, []).append((when, messages))
        return self

    def sent(self, configuration_set: str, region: Region, since: datetime) -> float | None:
        points = [messages for when, messages in self._sent.get(configuration_set, []) if when >= since]
        return sum(points) if points else None


class FakeRegistrar:
    """A registrar with the domains that it was told of."""

    def __init__(self) -> None:
        self.registered: dict[str, tuple[str, ...]] = {}
        self.signed: set[str] = set()

    def has(self, domain: str, *servers: str) -> FakeRegistrar:
        self.registered[domain] = servers
        return self

    def name_servers(self, domain: DomainName) -> Sequence[str] | None:
        return self.registered.get(domain.ascii)

    def is_signed(self, domain: DomainName) -> bool:
        return domain.ascii in self.signed

    def set_name_servers(self, domain: DomainName, servers: Sequence[str]) -> str:
        self.registered[domain.ascii] = tuple(servers)
        return "operation-1"
