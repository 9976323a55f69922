"""An AWS account in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from provisioner.core.account.caller import Caller
from provisioner.core.account.ses import SesAccount
from provisioner.core.credentials.access_key import AccessKey, LastUse
from provisioner.core.credentials.holdings import DECIDING, Holding
from provisioner.core.credentials.iam_user import Bound, GivenPolicy, IamUser
from provisioner.core.credentials.unseen import Unseen
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.mail_domain.configuration_set import EventDestination
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.errors import ProvisionerError, Refused

EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
MOST_KEYS = 2  # of a user
TOKENS = ("a" * 32, "b" * 32, "c" * 32)


class FakeAws:
    """The account, Route 53, SES and IAM in one."""

    def __init__(self) -> None:
        self.zones: list[HostedZone] = []
        self.sets: dict[str, list[Record]] = {}
        self.private: dict[str, list[str]] = {}  # name -> ids of private zones
        self.signing_keys: dict[str, list[str]] = {}
        self.identities: dict[str, IdentityStatus] = {}
        self.access_keys: dict[str, list[AccessKey]] = {}
        self.signs_under: str | None = None
        self.asked: list[str] = []
        self.account = "123456789012"
        self._answers_to_come: list[IdentityStatus] = []
        self.set_tags: dict[str, Mapping[str, str]] = {}
        self.events: dict[str, tuple[EventDestination, ...]] = {}  # by configuration set
        self.asked_for_events: list[str] = []
        self.user_tags: dict[str, Mapping[str, str]] = {}
        self.policies: dict[str, str] = {}  # user:policy -> the region that it names
        self.sending: dict[str, object] = {}  # user -> what Terraform's policy says
        self.documents: dict[str, str] = {}  # user:policy -> what it says, of those that only the API gives
        self.paused_sets: set[str] = set()
        self.ses = SesAccount(Region("us-east-1"), True, True, "HEALTHY", 50_000.0, 14.0, 0.0)
        self.sandboxes: set[str] = set()  # regions in which there is no production access
        self.holdings: dict[tuple[str, Holding], list[str]] = {}
        self.says: dict[str, object] = {}  # what the policy, or the group, of a name allows
        self.bounds: dict[str, Bound] = {}
        self.uses: dict[str, LastUse] = {}
        self.repaired: list[str] = []
        self.looked: list[str] = []
        self._unreadable: dict[str, ProvisionerError] = {}
        self._stale_lists = 0
        self._undeletable: BaseException | None = None
        self.secrets: dict[str, Secret] = {}  # of the keys that were made here; two users may have keys of one name
        self._made_keys: dict[str, int] = {}
        self.now: Callable[[], datetime | None] = lambda: None  # when a key is made

    def has_zone(
        self, name: str, *records: Record, zone_id: str | None = None, tags: Mapping[str, str] | None = None
    ) -> FakeAws:
        zone_id = zone_id or f"Z{len(self.zones) + 1}"
        servers = (f"ns-1.{zone_id.lower()}.net", f"ns-2.{zone_id.lower()}.org")
        self.zones.append(HostedZone(zone_id, name, servers, tags or {}))
        self.sets[zone_id] = [Record(name, "NS", 300, ()), Record(name, "SOA", 300, ()), *records]
        return self

    def is_account(self, number: str) -> FakeAws:
        """Be another account from now on: credentials have changed."""
        self.account = number
        return self

    def has_identity(self, domain: str, status: str = "PENDING") -> FakeAws:
        self.identities[domain] = identity(domain, status, self.signs_under)
        return self

    def has_key(self, user: str, key_id: str, created: datetime | None = None) -> FakeAws:
        self.access_keys.setdefault(user, []).append(AccessKey(key_id, True, created))
        return self

    def has_given(self, user: str, holding: Holding, name: str = "", says: object = EVERYTHING) -> FakeAws:
        """Give a user something, of a policy or a group with what it says."""
        self.holdings.setdefault((user, holding), []).append(name)
        self.says[name] = says
        return self

    def is_bound(self, user: str, says: object) -> FakeAws:
        """Give a user a permissions boundary."""
        self.bounds[user] = Bound(f"arn:aws:iam::{self.account}:policy/boundary", says)
        return self

    def was_used(self, key_id: str, at: datetime, service: str = "ses", region: str = "us-east-1") -> FakeAws:
        self.uses[key_id] = LastUse(at, service, region)
        return self

    def does_not_allow(self, action: str) -> FakeAws:
        """Refuse one look: `keys`, `last_use`, or a kind of holding."""
        self._unreadable[action] = ProvisionerError("access_denied", f"{action}: AccessDenied: not authorized", "allow")
        return self

    def does_not_say(self, action: str) -> FakeAws:
        self._unreadable[action] = ProvisionerError("use_unknown", f"{action}: nothing is known")
        return self

    def deletes_no_key(self, error: BaseException | None = None) -> FakeAws:
        self._undeletable = error or ProvisionerError("access_denied", "iam:DeleteAccessKey: AccessDenied: not allowed")
        return self

    def deletes_keys(self) -> FakeAws:
        self._undeletable = None
        return self

    def lists_no_keys(self, times: int) -> FakeAws:
        """Answer so often as if it had not heard of any key yet."""
        self._stale_lists = times
        return self

    def switches_signing_off(self, domain: str) -> FakeAws:
        self.identities[domain] = replace(self.identities[domain], signing_enabled=False)
        return self

    def gives_up(self, domain: str, fault: str | None = None) -> FakeAws:
        """Look for no record of the domain any more, as after 72 hours."""
        self.identities[domain] = replace(
            self.identities[domain],
            verification_status="FAILED",
            dkim_status="FAILED",
            mail_from_status="FAILED",
            fault=fault,
        )
        return self

    def will_answer(self, *statuses: IdentityStatus) -> FakeAws:
        self._answers_to_come = list(statuses)
        return self

    def caller(self) -> Caller:
        return Caller(self.account, f"arn:aws:iam::{self.account}:user/admin")

    def check(self) -> None:
        self.caller()

    def public_zones(self, name: str) -> Sequence[HostedZone]:
        self.asked.append(f"zones {name}")
        return [zone for zone in self.zones if zone.name == name]

    def private_zones(self, name: str) -> Sequence[str]:
        return self.private.get(name, [])

    def record_sets(self, zone_id: str) -> Sequence[Record]:
        self.asked.append(f"records {zone_id}")
        return self.sets[zone_id]

    def key_signing_keys(self, zone_id: str) -> Sequence[str]:
        return self.signing_keys.get(zone_id, [])

    def record_sets_around(self, zone: HostedZone, name: str) -> Sequence[Record]:
        below = [r for r in self.record_sets(zone.id) if f".{r.name}".endswith(f".{name}")]
        above = [r for r in self.sets[zone.id] if name.endswith(f".{r.name}") and r.name != zone.name]
        return [*above, *below]

    def status(self, domain: DomainName, region: Region) -> IdentityStatus | None:
        self.asked.append(f"identity {domain} {region.name}")
        if self._answers_to_come:
            return self._answers_to_come.pop(0)
        return self.identities.get(domain.ascii)

    def configuration_set_tags(self, name: str, region: Region) -> Mapping[str, str] | None:
        return self.set_tags.get(name)

    def event_destinations(self, configuration_set: str, region: Region) -> Sequence[EventDestination]:
        self.asked_for_events.append(configuration_set)
        return self.events.get(configuration_set, ())

    def tags(self, user: str) -> Mapping[str, str] | None:
        return self.user_tags.get(user)

    def policy_regions(self, user: str, policy: str) -> Collection[str] | None:
        region = self.policies.get(f"{user}:{policy}")
        return None if region is None else {region}

    def put_policy(self, user: str, policy: str, document: str) -> None:
        if user not in self.user_tags:
            raise ProvisionerError("no_such_user", f"IAM user {user} does not exist")
        self.documents[f"{user}:{policy}"] = document

    def policy(self, user: str, policy: str) -> object:
        self.asked.append(f"policy {user} {policy}")
        document = self.documents.get(f"{user}:{policy}")
        if document is None and f"{user}:{policy}" in self.policies:
            return self.sending[user]
        return None if document is None else json.loads(document)

    def delete_policy(self, user: str, policy: str) -> None:
        self.documents.pop(f"{user}:{policy}", None)

    def tag(self, domain: DomainName, region: Region, tags: Mapping[str, str]) -> None:
        known = self.identities[domain.ascii]
        self.identities[domain.ascii] = replace(known, tags={**known.tags, **tags})

    def untag(self, domain: DomainName, region: Region, keys: Sequence[str]) -> None:
        known = self.identities[domain.ascii]
        self.identities[domain.ascii] = replace(known, tags={k: v for k, v in known.tags.items() if k not in keys})

    def sending_enabled(self, configuration_set: str, region: Region) -> bool | None:
        self.asked.append(f"set {configuration_set} {region.name}")
        return None if configuration_set not in self.set_tags else configuration_set not in self.paused_sets

    def let_send(self, configuration_set: str, region: Region, *, enabled: bool) -> None:
        if configuration_set not in self.set_tags:
            raise ProvisionerError("no_configuration_set", f"{configuration_set} does not exist")
        (self.paused_sets.discard if enabled else self.paused_sets.add)(configuration_set)

    def ses_account(self, region: Region) -> SesAccount:
        ses = replace(self.ses, region=region)
        return replace(ses, production=False) if region.name in self.sandboxes else ses

    def replace(self, zone_id: str, before: Record, after: Record) -> None:
        if before not in self.sets[zone_id]:
            raise Refused("record_changed", f"{before.type} {before.name} was changed meanwhile")
        self.sets[zone_id] = [after if record == before else record for record in self.sets[zone_id]]

    def forget_account(self) -> None:
        self.asked.append("forget account")

    def sign(self, domain: DomainName, region: Region) -> None:
        self._repair(domain, "sign", signing_enabled=True)

    def look_for_dkim(self, domain: DomainName, region: Region) -> None:
        self._repair(domain, "dkim", dkim_status="PENDING", verification_status="PENDING")

    def look_for_mail_from(self, domain: DomainName, region: Region) -> None:
        self._repair(domain, "mail_from", mail_from_status="PENDING")

    def _repair(self, domain: DomainName, what: str, **changes: Any) -> None:
        self.repaired.append(what)
        self.identities[domain.ascii] = replace(self.identities[domain.ascii], **changes)

    def held(self, user: str, holding: Holding) -> Sequence[str]:
        self.looked.append(f"{user} {holding}")
        self._look(holding)
        names = self.holdings.get((user, holding), [])
        ours = [
            policy.partition(":")[2]
            for policy in sorted({*self.policies, *self.documents})
            if policy.startswith(f"{user}:")
        ]
        return [*ours, *names] if holding is Holding.INLINE_POLICY else names

    def owner(self, key_id: str) -> str | None:
        self._look("last_use")
        return next((user for user, keys in self.access_keys.items() if key_id in [key.id for key in keys]), None)

    def last_use(self, key_id: str) -> LastUse | None:
        self._look("last_use")
        return self.uses.get(key_id)

    def user(self, name: str, *, keys: bool = True) -> IamUser | None:
        self.looked += [f"{name} {holding}" for holding in DECIDING]
        if name not in self.user_tags and name not in self.access_keys:
            return None
        arn = f"arn:aws:iam::{self.account}:user/provisioner/smtp/{name}"
        listed = self._seen("keys", lambda: tuple(self.keys(name))) if keys else ()
        ids = [] if isinstance(listed, Unseen) else [key.id for key in listed]
        return IamUser(
            name,
            self._seen("user", lambda: arn),
            self._seen(Holding.INLINE_POLICY, lambda: self._given(name, Holding.INLINE_POLICY)),
            self._seen(Holding.ATTACHED_POLICY, lambda: self._given(name, Holding.ATTACHED_POLICY)),
            self._seen(Holding.GROUP, lambda: {one.name: (one,) for one in self._given(name, Holding.GROUP)}),
            self._seen("user", lambda: self.bounds.get(name)),
            self._seen(Holding.PASSWORD, lambda: bool(self.held(name, Holding.PASSWORD))),
            listed,
            {one: self._seen("last_use", lambda: self.uses.get(one)) for one in ids},  # noqa: B023 - asked at once
        )

    def all(self) -> Sequence[IamUser]:
        """Every IAM user, without its keys."""
        self.looked.append("all users")
        self._look("all_users")
        found = (self.user(name, keys=False) for name in dict.fromkeys([*self.user_tags, *self.access_keys]))
        return [user for user in found if user is not None]

    def _given(self, user: str, holding: Holding) -> tuple[GivenPolicy, ...]:
        """Return the policies of a kind; a group has one."""
        found = []
        for name in self.held(user, holding):
            document = self.policy(user, name) if holding is Holding.INLINE_POLICY else None
            said = self.says.get(name) if document is None else document
            found.append(GivenPolicy(holding, name, said, "rights" if holding is Holding.GROUP else ""))
        return tuple(found)

    def _seen(self, action: str, look: Callable[[], Any]) -> Any:
        try:
            self._look(action)
            return look()
        except ProvisionerError as error:
            return Unseen(error.message, error.hint)

    def _look(self, action: str) -> None:
        if action in self._unreadable:
            raise self._unreadable[action]

    def keys(self, user: str) -> Sequence[AccessKey]:
        self._look("keys")
        if self._stale_lists:
            self._stale_lists -= 1
            return []
        return list(self.access_keys.get(user, []))

    def create_key(self, user: str) -> tuple[str, Secret]:
        """Make a key with an id and a secret that no other key of the user has had."""
        if len(self.access_keys.get(user, [])) == MOST_KEYS:
            raise ProvisionerError("key_limit", f"IAM user {user} has two access keys already")
        number = self._made_keys[user] = max(self._made_keys.get(user, 0), len(self.access_keys.get(user, []))) + 1
        key_id, secret = f"AKIA{number:016d}", "some+secret+key" + (f"+{number}" if number > 1 else "")
        self.has_key(user, key_id, self.now())
        self.secrets[key_id] = Secret(secret)
        return key_id, Secret(secret)

    def switch_key(self, user: str, key_id: str, *, active: bool) -> bool:
        keys = self.access_keys.get(user, [])
        self.access_keys[user] = [replace(key, active=active) if key.id == key_id else key for key in keys]
        return any(key.id == key_id for key in keys)

    def delete_key(self, user: str, key_id: str) -> None:
        if self._undeletable:
            raise self._undeletable
        self.access_keys[user] = [key for key in self.access_keys.get(user, []) if key.id != key_id]


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
