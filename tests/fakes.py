"""The world in memory, told with verbs: `FakeResolver().answers(name, "TXT", "...").times_out(other, "MX")`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from provisioner.core.asked.request import Request
from provisioner.core.batch.journal import encode
from provisioner.core.batch.preflight import Stock
from provisioner.core.credentials.credential import Secret, SmtpCredential
from provisioner.core.dmarc.evidence import AggregateReport
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.records import Record, desired_records, static_records
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.terraform.addresses import (
    CONFIGURATION_SET,
    IDENTITY,
    ZONE,
    Import,
    iam_user,
    smtp_user_at,
    user_policy,
)
from provisioner.core.terraform.addresses import record as address_of
from provisioner.core.terraform.differences import Difference
from provisioner.core.terraform.plan import Change, Plan
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError, Refused
from provisioner.ports.edges import (
    Absent,
    AccessKey,
    Answer,
    BatchEdges,
    Caller,
    Edges,
    Event,
    Found,
    HostedZone,
    PublicZone,
    ToolVersions,
    Unreachable,
    UnreadableReport,
)

TOKENS = ("a" * 32, "b" * 32, "c" * 32)


class FakeResolver:
    """Knows what it was told; every other name does not exist."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], Answer] = {}

    def answers(self, name: str, rtype: str, *values: str) -> FakeResolver:
        self._answers[name, rtype] = Found(values)
        return self

    def times_out(self, name: str, rtype: str) -> FakeResolver:
        self._answers[name, rtype] = Unreachable("timed out")
        return self

    def lookup(self, name: str, rtype: str) -> Answer:
        return self._answers.get((name, rtype), Absent(nxdomain=True))


class FakeAuthority:
    """Name servers that hold what the resolver answers, until they are told otherwise."""

    def __init__(self, resolver: FakeResolver) -> None:
        self._resolver = resolver
        self._delegations: dict[str, Answer] = {}
        self._at: dict[tuple[str, str, str], Answer] = {}
        self.asked: list[tuple[str, str, str]] = []

    def delegates(self, zone: str, *servers: str) -> FakeAuthority:
        self._delegations[zone] = Found(servers) if servers else Absent(nxdomain=True)
        return self

    def answers(self, server: str, name: str, rtype: str, *values: str) -> FakeAuthority:
        self._at[server, name, rtype] = Found(values) if values else Absent(nxdomain=True)
        return self

    def times_out(self, server: str, name: str, rtype: str) -> FakeAuthority:
        self._at[server, name, rtype] = Unreachable("timed out")
        return self

    def zone_of(self, name: str) -> PublicZone | Absent | Unreachable:
        labels = name.split(".")
        for above in (".".join(labels[cut:]) for cut in range(len(labels) - 1)):
            match self._resolver.lookup(above, "NS"):
                case Found(values):
                    return PublicZone(above, values)
                case Unreachable() as unknown:
                    return unknown
        return Absent(nxdomain=True)

    def delegation(self, zone: str) -> Answer:
        return self._delegations.get(zone) or self._resolver.lookup(zone, "NS")

    def lookup(self, zone: PublicZone, name: str, rtype: str) -> Mapping[str, Answer]:
        self.asked += [(server, name, rtype) for server in zone.name_servers]
        found = self._resolver.lookup(name, rtype)
        return {server: self._at.get((server, name, rtype), found) for server in zone.name_servers}


class FakeReports:
    """Aggregate reports, whatever the path."""

    def __init__(self) -> None:
        self.found: list[AggregateReport | UnreadableReport] = []

    def read(self, paths: Sequence[Path]) -> Iterator[AggregateReport | UnreadableReport]:
        yield from self.found


class FakeAws:
    """The account, Route 53, SES and IAM in one."""

    def __init__(self) -> None:
        self.zones: list[HostedZone] = []
        self.sets: dict[str, list[Record]] = {}
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
        self.sets[zone_id] = [Record("", name, "NS", 300, ()), Record("", name, "SOA", 300, ()), *records]
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

    def public_zones(self, name: str) -> Sequence[HostedZone]:
        self.asked.append(f"zones {name}")
        return [zone for zone in self.zones if zone.name == name]

    def record_sets(self, zone_id: str) -> Sequence[Record]:
        self.asked.append(f"records {zone_id}")
        return self.sets[zone_id]

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
        self._fails: Exception | None = None
        self._meanwhile: Callable[[], None] = lambda: None

    def will_fail(self, error: Exception, meanwhile: Callable[[], None] = lambda: None) -> FakeTerraform:
        """Fail once, after somebody else has done something meanwhile."""
        self._fails, self._meanwhile = error, meanwhile
        return self

    def versions(self) -> ToolVersions:
        return ToolVersions("1.11.4", "terraform", "5.100.0", None)

    def plan(self, root: Path, on_event: Callable[[Event], None], *, destroy: bool = False) -> Plan:
        want = {} if destroy else _resources(self.specs[root])
        have = self.state.get(root, {})
        imports = self.imports.get(root, {})
        changes = [
            replace(_change(a, "no-op" if a in imports else "create", v), importing=a in imports)
            for a, v in want.items()
            if a not in have
        ]
        changes += [_change(a, "delete", v) for a, v in have.items() if a not in want]
        changes += [_moved(a, have[a], v) for a, v in want.items() if a in have and have[a] != v]
        return Plan("plan" if changes else "", tuple(changes))

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
                self._delete_user(smtp_user_at(self.specs[root].domain, change.address))
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
            aws.set_tags[spec.configuration_set] = spec.tags
        self._make_users(spec, have)
        self._publish(spec, have)

    def _delete_user(self, user: SmtpUser | None) -> None:
        if user is None:
            return
        if self._aws.keys(user.iam_user):
            raise ProvisionerError("delete_conflict", f"{user.iam_user} must delete access keys first")
        self._aws.user_tags.pop(user.iam_user, None)
        self._aws.policies.discard(f"{user.iam_user}:send-as-domain")

    def _make_users(self, spec: MailDomain, have: Mapping[str, str]) -> None:
        for user in (user for user in spec.smtp_users if iam_user(user) in have):
            self._aws.user_tags[user.iam_user] = (
                spec.tags if user.sender is None else {**spec.tags, "Sender": user.sender}
            )
            self._aws.policies.add(f"{user.iam_user}:send-as-domain")

    def _publish(self, spec: MailDomain, have: Mapping[str, str]) -> None:
        zone_id = spec.zone.id or next((z.id for z in self._aws.zones if z.name == spec.zone.name), None)
        for record in desired_records(spec, TOKENS):
            if zone_id and address_of(record.key) in have:
                raw = record.raw or tuple(f'"{value}"' if record.type == "TXT" else value for value in record.values)
                others = [r for r in self._aws.sets[zone_id] if (r.name, r.type) != (record.name, record.type)]
                self._aws.sets[zone_id] = [*others, replace(record, key="", raw=raw)]

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


def _resources(spec: MailDomain) -> dict[str, str]:
    found = {
        IDENTITY: spec.domain.ascii,
        CONFIGURATION_SET: spec.configuration_set,
        **{iam_user(user): user.iam_user for user in spec.smtp_users},
        user_policy(SmtpUser(spec.domain)): spec.iam_user,
    }
    for sender in spec.senders.listed:
        found[user_policy(SmtpUser(spec.domain, sender.name))] = sender.address(spec.domain)
    if spec.zone.mode == "created":
        found[ZONE] = spec.zone.name
    if spec.zone.mode != "external":
        for record in static_records(spec):
            found[address_of(record.key)] = f"{record.name} {record.values}"
        for number in range(3):
            found[address_of(f"dkim_{number}")] = spec.signing_hosted_zone
    return found


def _change(address: str, action: str, value: str) -> Change:
    return Change(address, address.split(".")[2], (action,), importing=False, summary=value)


def _missing(change: Change) -> Difference:
    return Difference(change.address, change.type, change.summary, None, {"is": change.summary}, None, outside=False)


def _moved(address: str, before: str, after: str) -> Change:
    renamed = before.split(maxsplit=1)[0] != after.split(maxsplit=1)[0] and "static" in address
    change = _change(address, "update", after)
    return replace(change, actions=("delete", "create")) if renamed else change


class FakeTemplates:
    """Hands the specification to the fake Terraform instead of rendering it."""

    def __init__(self) -> None:
        self.last: MailDomain | None = None
        self.imports: tuple[Import, ...] = ()

    def root(self, spec: MailDomain, imports: Sequence[Import] = ()) -> Mapping[str, str]:
        self.last, self.imports = spec, tuple(imports)
        return {"main.tf": "", "terraform.tfvars.json": ""}


@dataclass
class FakeWorkspace:
    domain: DomainName
    path: Path
    terraform: FakeTerraform
    templates: FakeTemplates
    kept: Request | None = None
    removed: bool = False
    intents: dict[SmtpUser, frozenset[str]] = field(default_factory=dict)
    order: tuple[str, ...] | None = None

    def order_intent(self) -> tuple[str, ...] | None:
        return self.order

    def intend_order(self, values: Sequence[str]) -> None:
        self.order = tuple(values)

    def order_settled(self) -> None:
        self.order = None

    def key_intent(self, user: SmtpUser) -> frozenset[str] | None:
        return self.intents.get(user)

    def intend_key(self, user: SmtpUser, known: Collection[str]) -> None:
        self.intents[user] = frozenset(known)

    def key_settled(self, user: SmtpUser) -> None:
        self.intents.pop(user, None)

    def request(self) -> Request | None:
        return self.kept

    def remember(self, request: Request) -> None:
        self.kept, self.removed = request, False

    def salvage(self) -> Sequence[tuple[str, Path]]:
        return []

    def write_root(self, files: Mapping[str, str]) -> None:
        assert self.templates.last is not None
        self.terraform.specs[self.path] = self.templates.last
        self.terraform.imports[self.path] = {item.address: item.id for item in self.templates.imports}

    def has_state(self) -> bool:
        return bool(self.terraform.state.get(self.path))

    def discard_if_unused(self) -> None:
        if self.kept is None and not self.has_state():
            self.remove()

    def remove(self) -> None:
        self.kept, self.removed = None, True


@dataclass
class FakeWorkspaces:
    terraform: FakeTerraform
    templates: FakeTemplates
    spaces: dict[str, FakeWorkspace] = field(default_factory=dict)

    @contextmanager
    def open(self, domain: DomainName) -> Iterator[FakeWorkspace]:
        yield self.spaces.setdefault(
            domain.ascii, FakeWorkspace(domain, Path(domain.ascii), self.terraform, self.templates)
        )

    def peek(self, domain: DomainName) -> FakeWorkspace | None:
        found = self.spaces.get(domain.ascii)
        return found if found and found.kept else None

    def all(self) -> Iterator[FakeWorkspace]:
        yield from (space for _, space in sorted(self.spaces.items()) if space.kept)


class FakeStore:
    """Credentials by the name of their IAM user."""

    def __init__(self) -> None:
        self.kept: dict[str, SmtpCredential] = {}
        self._unwritable: ProvisionerError | None = None
        self._breaks_on_save: ProvisionerError | None = None
        self._corrupt: ProvisionerError | None = None

    def is_not_writable(self) -> FakeStore:
        self._unwritable = ProvisionerError("home_not_writable", "credentials: read-only")
        return self

    def breaks_on_save(self) -> FakeStore:
        self._breaks_on_save = ProvisionerError("disk_full", "credentials: no space")
        return self

    def is_corrupt(self) -> FakeStore:
        self._corrupt = ProvisionerError("corrupt_credential", "a stored credential cannot be read")
        return self

    def set_aside(self, user: SmtpUser) -> str:
        self.kept.pop(user.iam_user, None)
        self._corrupt = None
        return f"{self.location(user)}.corrupt-1"

    def load(self, user: SmtpUser) -> SmtpCredential | None:
        if self._corrupt:
            raise self._corrupt
        return self.kept.get(user.iam_user)

    def save(self, credential: SmtpCredential) -> None:
        if self._breaks_on_save:
            raise self._breaks_on_save
        self.kept[credential.iam_user] = credential

    def check_writable(self, user: SmtpUser) -> None:
        if self._unwritable:
            raise self._unwritable

    def remove(self, user: SmtpUser) -> None:
        self.kept.pop(user.iam_user, None)

    def location(self, user: SmtpUser) -> str:
        return f"file:credentials/{user.domain}/smtp.{f'{user.sender}.' if user.sender else ''}json"


class FakeClock:
    """Time passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class FakeProgress:
    def __init__(self) -> None:
        self.steps: list[str] = []
        self.details: list[str] = []
        self.notes: list[str] = []
        self.warnings: list[str] = []

    def step(self, text: str) -> None:
        self.steps.append(text)

    def detail(self, text: str) -> None:
        self.details.append(text)

    def tick(self) -> None: ...

    def note(self, text: str) -> None:
        self.notes.append(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)


class FakeRuns:
    """Batch runs in memory; `breaks_after` lets appends fail, as a full disk does."""

    def __init__(self) -> None:
        self.journals: dict[str, list[str]] = {}
        self.documents: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._appends = 0
        self._breaks_after: int | None = None

    def breaks_after(self, appends: int) -> FakeRuns:
        self._breaks_after = appends
        return self

    @contextmanager
    def open(self, run: str) -> Iterator[FakeRuns]:
        self._open = self.journals.setdefault(run, [])
        yield self

    def append(self, event: Mapping[str, Any]) -> None:
        self._appends += 1
        if self._breaks_after is not None and self._appends > self._breaks_after:
            raise ProvisionerError("disk_full", "journal.jsonl: No space left on device")
        self._open.append(encode(event))

    def lines(self, run: str) -> Iterable[str]:
        return list(self.journals.get(run, ()))

    def latest(self) -> str | None:
        return list(self.journals)[-1] if self.journals else None

    def save(self, run: str, name: str, document: Mapping[str, Any]) -> str:
        self.documents[run, name] = document
        return f"runs/{run}/{name}.json"

    def load(self, run: str, name: str) -> Mapping[str, Any] | None:
        return self.documents.get((run, name))


class FakeInventory:
    """An account with nothing in it, until told otherwise."""

    def __init__(self) -> None:
        self.kinds: dict[str, Stock] = {}
        self.regions: set[str] = set()

    def has(self, kind: str, names: Collection[str], *, limit: int, assumed: bool = False) -> FakeInventory:
        self.kinds[kind] = Stock(kind, limit, assumed, len(names), frozenset(names))
        return self

    def hides(self, kind: str) -> FakeInventory:
        self.kinds[kind] = Stock(kind, 500, assumed=True)
        return self

    def stocks(self, regions: Collection[Region]) -> Sequence[Stock]:
        self.regions = {region.name for region in regions}
        kinds = ("hosted zones", "IAM users", "SES identities", "configuration sets")
        return [self.kinds.get(kind, Stock(kind, 500, False, 0, frozenset())) for kind in kinds]


class FakeMailer:
    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []

    def send(self, credential: SmtpCredential, sender: str, recipient: str, subject: str, body: str) -> str:
        self.sent.append((credential.user_name, sender, recipient))
        return "Ok 0100"


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

    def has(self, domain: str, *servers: str) -> FakeRegistrar:
        self.registered[domain] = servers
        return self

    def name_servers(self, domain: DomainName) -> Sequence[str] | None:
        return self.registered.get(domain.ascii)

    def set_name_servers(self, domain: DomainName, servers: Sequence[str]) -> str:
        self.registered[domain.ascii] = tuple(servers)
        return "operation-1"


class World:
    """All fakes together; `edges` is what a use case gets."""

    def __init__(self) -> None:
        self.aws = FakeAws()
        self.resolver = FakeResolver()
        self.authority = FakeAuthority(self.resolver)
        self.reports = FakeReports()
        self.terraform = FakeTerraform(self.aws)
        self.templates = FakeTemplates()
        self.workspaces = FakeWorkspaces(self.terraform, self.templates)
        self.store = FakeStore()
        self.clock = FakeClock()
        self.progress = FakeProgress()
        self.mailer = FakeMailer()
        self.metrics = FakeMetrics()
        self.registrar = FakeRegistrar()
        self.runs = FakeRuns()
        self.inventory = FakeInventory()

    @property
    def batch(self) -> BatchEdges:
        return BatchEdges(self.edges, self.inventory, self.runs)

    @property
    def edges(self) -> Edges:
        return Edges(
            account=self.aws,
            authority=self.authority,
            clock=self.clock,
            identities=self.aws,
            mailer=self.mailer,
            metrics=self.metrics,
            progress=self.progress,
            registrar=self.registrar,
            reports=self.reports,
            resolver=self.resolver,
            store=self.store,
            templates=self.templates,
            terraform=self.terraform,
            users=self.aws,
            workspaces=self.workspaces,
            zones=self.aws,
        )
