"""Terraform in memory: it plans what is missing in the account, and makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from fakes.aws import TOKENS, FakeAws, identity
from provisioner.core.audit.names import EVENT_DESTINATION
from provisioner.core.mail_domain.configuration_set import EventDestination, Target
from provisioner.core.mail_domain.records import Purpose, desired_records, static_records
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.terraform.addresses import (
    CONFIGURATION_SET,
    EVENTS,
    IDENTITY,
    MAIL_FROM,
    ZONE,
    Import,
    dkim_records,
    iam_user,
    smtp_user_at,
    user_policy,
)
from provisioner.core.terraform.addresses import record as address_of
from provisioner.core.terraform.differences import Difference
from provisioner.core.terraform.plan import Change, Plan
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError
from provisioner.ports.terraform import Event, ToolVersions


class FakeTerraform:
    """Plans the difference between what the rendered root wants and what was applied, and makes it on the fake AWS."""

    def __init__(self, aws: FakeAws) -> None:
        self._aws = aws
        self.state: dict[Path, dict[str, str]] = {}
        self.specs: dict[Path, MailDomain] = {}
        self.imports: dict[Path, dict[str, str]] = {}
        self.drifted: dict[Path, list[Difference]] = {}
        self.backends: dict[Path, Path] = {}
        self.applied = 0
        self.discarded = 0
        self._told: Plan | None = None
        self._different: dict[str, tuple[Mapping[str, object], Mapping[str, object]]] = {}
        self._fails: Exception | None = None
        self._meanwhile: Callable[[], None] = lambda: None

    def will_fail(self, error: Exception, meanwhile: Callable[[], None] = lambda: None) -> FakeTerraform:
        """Fail once, after somebody else has done something meanwhile."""
        self._fails, self._meanwhile = error, meanwhile
        return self

    def plans(self, *changes: Change, accounts: frozenset[str] = frozenset()) -> FakeTerraform:
        """Plan this next time, whatever the root wants; `accounts` are those in which the state has its resources."""
        self._told = Plan("plan", changes, accounts=accounts)
        return self

    def versions(self) -> ToolVersions:
        return ToolVersions("1.11.4", "terraform", "5.100.0", None)

    def plan(self, root: Path, on_event: Callable[[Event], None], *, destroy: bool = False) -> Plan:
        if self._told is not None:
            told, self._told = self._told, None
            return told
        want = {} if destroy else _resources(self.specs[root])
        have = self.state.get(root, {})
        imports = self.imports.get(root, {})
        changes = [
            self._imported(a, v) if a in imports else _change(a, "create", v) for a, v in want.items() if a not in have
        ]
        changes += [_change(a, "delete", v) for a, v in have.items() if a not in want]
        changes += [_moved(a, have[a], v) for a, v in want.items() if a in have and have[a] != v]
        return Plan("plan" if changes else "", tuple(changes))

    def finds(self, address: str, before: Mapping[str, object], after: Mapping[str, object]) -> FakeTerraform:
        """Find what is imported at this address to be different from what is wanted."""
        self._different[address] = (before, after)
        return self

    def _imported(self, address: str, value: str) -> Change:
        change = replace(_change(address, "no-op", value), importing=True)
        before, after = self._different.get(address, (None, None))
        return change if before is None else replace(change, actions=("update",), before=before, after=after)

    def apply(self, root: Path, plan: Plan, on_event: Callable[[Event], None]) -> None:
        on_event(Event("apply_start", "module.mail_domain", "module.mail_domain: creating"))
        if self._fails is not None:
            self._meanwhile()
            error, self._fails = self._fails, None
            raise error
        self.applied += 1
        want = _resources(self.specs[root])
        for change in plan.changes:
            if change.kind == "delete":
                self._delete(self.specs[root], change.address)
                self.state[root].pop(change.address)
            else:
                self.state.setdefault(root, {})[change.address] = want[change.address]
        self._make_on_aws(root)

    def _make_on_aws(self, root: Path) -> None:
        spec, have = self.specs[root], self.state[root]
        aws, domain = self._aws, spec.domain.ascii
        if ZONE in have and not aws.public_zones(spec.zone.name):
            aws.has_zone(spec.zone.name, tags=spec.tags)
        if IDENTITY in have:
            made = aws.identities.get(domain) or identity(domain, signs_under=aws.signs_under)
            aws.identities[domain] = replace(made, tags={**spec.tags, **spec.identity_tags})
        if CONFIGURATION_SET in have:
            if spec.configuration_set not in aws.set_tags and not spec.sending_enabled:
                aws.paused_sets.add(spec.configuration_set)  # of a set that exists Terraform leaves sending alone
            aws.set_tags[spec.configuration_set] = spec.tags
        self._make_events(spec, have)
        self._make_users(spec, have)
        self._publish(spec, have)

    def _make_events(self, spec: MailDomain, have: Mapping[str, str]) -> None:
        if EVENTS in have:
            told = ("SEND", "REJECT", "BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY")
            one = EventDestination(EVENT_DESTINATION, True, told, Target.SNS, have[EVENTS])
            self._aws.events[spec.configuration_set] = (one,)

    def _delete(self, spec: MailDomain, address: str) -> None:
        self._delete_user(smtp_user_at(spec.domain, address))
        if address == IDENTITY:
            self._aws.identities.pop(spec.domain.ascii, None)
        if address == CONFIGURATION_SET:
            self._aws.set_tags.pop(spec.configuration_set, None)
        if address in (CONFIGURATION_SET, EVENTS):
            self._aws.events.pop(spec.configuration_set, None)
        if address == ZONE:
            self._aws.zones = [zone for zone in self._aws.zones if zone.name != spec.zone.name]
        gone = {(r.name, r.type) for r in desired_records(spec, TOKENS) if address_of(r.purpose, r.index) == address}
        for zone_id, there in self._aws.sets.items():
            self._aws.sets[zone_id] = [record for record in there if (record.name, record.type) not in gone]

    def _delete_user(self, user: SmtpUser | None) -> None:
        if user is None:
            return
        if self._aws.keys(user.iam_user):
            raise ProvisionerError("delete_conflict", f"{user.iam_user} must delete access keys first")
        self._aws.user_tags.pop(user.iam_user, None)
        self._aws.policies.pop(f"{user.iam_user}:send-as-domain", None)

    def _make_users(self, spec: MailDomain, have: Mapping[str, str]) -> None:
        for user in (user for user in spec.smtp_users if iam_user(user) in have):
            self._aws.user_tags[user.iam_user] = (
                spec.tags if user.sender is None else {**spec.tags, "Sender": user.sender}
            )
            self._aws.policies[f"{user.iam_user}:send-as-domain"] = spec.region.name
            self._aws.sending[user.iam_user] = sending_policy(spec, user, self._aws.account)

    def _publish(self, spec: MailDomain, have: Mapping[str, str]) -> None:
        zone_id = spec.zone.id or next((z.id for z in self._aws.zones if z.name == spec.zone.name), None)
        for record in desired_records(spec, TOKENS):
            if zone_id and address_of(record.purpose, record.index) in have:
                raw = record.raw or tuple(f'"{value}"' if record.type == "TXT" else value for value in record.values)
                others = [r for r in self._aws.sets[zone_id] if (r.name, r.type) != (record.name, record.type)]
                self._aws.sets[zone_id] = [*others, replace(record, purpose=Purpose.OTHER, index=0, raw=raw)]

    def drift(self, root: Path, on_event: Callable[[Event], None]) -> Sequence[Difference]:
        if self._fails is not None:
            error, self._fails = self._fails, None
            raise error
        return [
            *self.drifted.get(root, []),
            *(_missing(c) for c in self.plan(root, on_event).changes if not c.importing),
        ]

    def take_over_backend(self, root: Path, other: Path) -> None:
        self.backends[root] = other

    def forget(self, root: Path, address: str) -> None:
        self.state[root].pop(address, None)

    def discard(self, root: Path, plan: Plan) -> None:
        self.discarded += 1


def sending_policy(spec: MailDomain, user: SmtpUser, account: str = "123456789012") -> object:
    """Return what terraform/modules/smtp-user gives a user."""
    domain, ses = spec.domain.ascii, f"arn:{spec.region.partition}:ses:{spec.region}:{account}"
    local_part = next((one.local_part for one in spec.senders.listed if one.name == user.sender), "*")
    statement = {
        "Effect": "Allow",
        "Action": "ses:SendRawEmail",
        "Resource": [f"{ses}:identity/*", f"{ses}:configuration-set/{spec.configuration_set}"],
        "Condition": {
            "StringLike": {"ses:FromAddress": f"{local_part}@{domain}"},
            "StringLikeIfExists": {"ses:FeedbackAddress": f"*@{domain}"},
        },
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _resources(spec: MailDomain) -> dict[str, str]:
    found = {
        IDENTITY: spec.domain.ascii,
        MAIL_FROM: spec.mail_from,
        CONFIGURATION_SET: spec.configuration_set,
        **{iam_user(user): user.iam_user for user in spec.smtp_users},
        user_policy(SmtpUser(spec.domain)): spec.iam_user,
    }
    for sender in spec.senders.listed:
        found[user_policy(SmtpUser(spec.domain, sender.name))] = sender.address(spec.domain)
    if spec.feedback_topic:
        found[EVENTS] = spec.feedback_topic
    if spec.zone.is_ours:
        found[ZONE] = spec.zone.name
    if not spec.zone.is_elsewhere:
        for record in (r for r in static_records(spec) if r.purpose is not Purpose.SPF or not spec.shares_apex):
            found[address_of(record.purpose, record.index)] = f"{record.name} {record.values}"
        for address in dkim_records():
            found[address] = spec.signing_hosted_zone
    return found


def _change(address: str, action: str, value: str) -> Change:
    sides = {"create": (None, {"is": value}), "delete": ({"is": value}, None)}
    before, after = sides.get(action, ({}, {}))
    return Change(address, address.split(".")[2], (action,), importing=False, summary=value, before=before, after=after)


def _missing(change: Change) -> Difference:
    return Difference(change.address, change.type, change.summary, None, {"is": change.summary}, None, outside=False)


def _moved(address: str, before: str, after: str) -> Change:
    renamed = before.split(maxsplit=1)[0] != after.split(maxsplit=1)[0] and "static" in address
    change = replace(_change(address, "update", after), before={"is": before}, after={"is": after})
    return replace(change, actions=("delete", "create")) if renamed else change


class FakeTemplates:
    """Hands the specification to the fake Terraform instead of rendering it."""

    def __init__(self) -> None:
        self.last: MailDomain | None = None
        self.imports: tuple[Import, ...] = ()

    def root(self, spec: MailDomain, imports: Sequence[Import] = ()) -> Mapping[str, str]:
        self.last, self.imports = spec, tuple(imports)
        return {"main.tf": "", "terraform.tfvars.json": ""}
