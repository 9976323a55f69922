"""What this program needs from the world, in its own words, and `Edges`, the bundle of them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from provisioner.core.asked.request import Request
from provisioner.core.batch.preflight import Stock
from provisioner.core.credentials.credential import Secret, SmtpCredential
from provisioner.core.dmarc.evidence import AggregateReport
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.records import Record
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.terraform.addresses import Import
from provisioner.core.terraform.differences import Difference
from provisioner.core.terraform.plan import Plan
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser


class Progress(Protocol):
    """Where steps, notes and warnings go while a command works: stderr, never stdout."""

    def step(self, text: str) -> None:
        """Say what is being done now."""

    def detail(self, text: str) -> None:
        """Say what only somebody who looks for a fault wants to read."""

    def tick(self) -> None:
        """Pass a moment of waiting; whoever wants the work to end raises here."""

    def note(self, text: str) -> None:
        """Say something worth knowing."""

    def warn(self, text: str) -> None:
        """Say something that the user should act on."""


class Clock(Protocol):
    """Time, so that tests need none."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that never go backwards."""

    def sleep(self, seconds: float) -> None:
        """Wait; an interrupt ends it early with `Interrupted`."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that Terraform reports, e.g. `('apply_start', 'module.smtp_user.aws_iam_user.this', 'Creating...')`."""

    kind: str
    address: str
    text: str


TICK = Event("tick", "", "")  # nothing new: Terraform is at work, and its caller may end it now
WARM = "warm_provider"  # the kind of events that tell which way a run goes


@dataclass(frozen=True, slots=True)
class ToolVersions:
    """Which Terraform, provider and mirror a run would use; `mirror` is None when the registry would be asked."""

    terraform: str
    terraform_path: str
    provider: str | None
    mirror: str | None


class Terraform(Protocol):
    """The real Terraform, over one rendered root directory at a time."""

    def versions(self) -> ToolVersions:
        """Say what would run; raises `ProvisionerError` when Terraform is absent or too old."""

    def plan(self, root: Path, on_event: Callable[[Event], None], *, destroy: bool = False) -> Plan:
        """Initialise the root if needed and plan it; the plan file stays in `root`, readable by its owner only."""

    def apply(self, root: Path, plan: Plan, on_event: Callable[[Event], None]) -> None:
        """Apply exactly the file that was planned, then delete it; raises `ProvisionerError` naming what failed."""

    def drift(self, root: Path, on_event: Callable[[Event], None]) -> Sequence[Difference]:
        """Plan the root and say what differs, attribute by attribute; no plan file stays and nothing is changed."""

    def take_over_backend(self, root: Path, other: Path) -> None:
        """Let `root` keep its state from now on where `other`, which is initialised, keeps it."""

    def forget(self, root: Path, address: str) -> None:
        """Take a resource out of the state without touching it on AWS; nothing happens when it is not in there."""

    def discard(self, root: Path, plan: Plan) -> None:
        """Delete a plan file that will not be applied."""


class Templates(Protocol):
    """The thin root of a domain."""

    def root(self, spec: MailDomain, imports: Sequence[Import] = ()) -> Mapping[str, str]:
        """Return file name -> text: `main.tf`, `imports.tf` and `terraform.tfvars.json`."""


class Workspace(Protocol):
    """What is kept of one domain on disk, under `$PROVISIONER_HOME/domains/<A-label>/`."""

    @property
    def domain(self) -> DomainName:
        """The domain."""

    @property
    def path(self) -> Path:
        """The directory that Terraform runs in."""

    def request(self) -> Request | None:
        """Return what was asked for this domain, None when nothing was yet; raises when the file is corrupt."""

    def remember(self, request: Request) -> None:
        """Keep what was asked, atomically."""

    def salvage(self) -> Sequence[tuple[str, Path]]:
        """Move files that cannot be read aside, and return the name that each had and where it is now."""

    def write_root(self, files: Mapping[str, str]) -> None:
        """Write the rendered root, atomically, each file readable by its owner only."""

    def has_state(self) -> bool:
        """Say whether Terraform has a local state with resources here."""

    def key_intent(self, user: SmtpUser) -> frozenset[str] | None:
        """Return the ids of the keys that were there when a key was about to be made, None when none is under way."""

    def intend_key(self, user: SmtpUser, known: Collection[str]) -> None:
        """Write down, before a key is made, which keys are there: a crash may come before the new one is stored."""

    def key_settled(self, user: SmtpUser) -> None:
        """Forget the intent: the key is stored, or was never made."""

    def order_intent(self) -> tuple[str, ...] | None:
        """Return the values, in Route 53's form, that a TXT set is being given in this order; None when none is."""

    def intend_order(self, values: Sequence[str]) -> None:
        """Write down the order of a TXT set's values, before Terraform, which knows only sets, writes them."""

    def order_settled(self) -> None:
        """Forget the order: the values stand in it."""

    def discard_if_unused(self) -> None:
        """Remove the directory when nothing was asked or made in it (after a plan of a domain that does not exist)."""

    def remove(self) -> None:
        """Remove the directory after the domain was destroyed."""


class Workspaces(Protocol):
    """All workspaces of a home."""

    def open(self, domain: DomainName) -> AbstractContextManager[Workspace]:
        """Hold the domain's workspace; raises `ProvisionerError` naming who holds it when another process does."""

    def peek(self, domain: DomainName) -> Workspace | None:
        """Return the workspace for reading, None when there is none."""

    def all(self) -> Iterator[Workspace]:
        """Go through every workspace that holds a request, by domain."""


class CredentialStore(Protocol):
    """Where SMTP credentials are kept, one for each SMTP user of a domain."""

    def load(self, user: SmtpUser) -> SmtpCredential | None:
        """Return the credential, None when none is kept; raises `corrupt_credential` when it cannot be read."""

    def save(self, credential: SmtpCredential) -> None:
        """Keep the credential, replacing an older one of its user, atomically."""

    def set_aside(self, user: SmtpUser) -> str:
        """Move a credential that cannot be read out of the way, overwriting nothing, and say where it is."""

    def check_writable(self, user: SmtpUser) -> None:
        """Raise unless `save` would succeed now: asked before a key is made whose secret is shown only once."""

    def remove(self, user: SmtpUser) -> None:
        """Forget the user's credential, if any."""

    def location(self, user: SmtpUser) -> str:
        """Say where the credential is, e.g. `file:credentials/example.com/smtp.json` or `ssm:/provisioner/smtp/...`."""


@dataclass(frozen=True, slots=True)
class HostedZone:
    """A public Route 53 hosted zone; `id` without the `/hostedzone/` prefix, `name` an A-label without trailing dot."""

    id: str
    name: str
    name_servers: tuple[str, ...]
    tags: Mapping[str, str]
    comment: str = ""


class Zones(Protocol):
    """Route 53."""

    def public_zones(self, name: str) -> Sequence[HostedZone]:
        """Return the public zones of exactly this name; Route 53 allows several."""

    def record_sets(self, zone_id: str) -> Sequence[Record]:
        """Return every record set of the zone; alias records have no values."""

    def replace(self, zone_id: str, before: Record, after: Record) -> None:
        """Put `after` where exactly `before` stands, both with `raw`, in one step.

        Raises `Refused("record_changed")` when something else stands there by now; nothing is overwritten then.
        """


class Identities(Protocol):
    """SES v2."""

    def configuration_set_tags(self, name: str, region: Region) -> Mapping[str, str] | None:
        """Return the tags of a configuration set, None when it does not exist."""

    def status(self, domain: DomainName, region: Region) -> IdentityStatus | None:
        """Return what SES says of the domain identity, None when it does not exist."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An access key of an IAM user; the secret is known only to whoever created it."""

    id: str
    active: bool


class SmtpUsers(Protocol):
    """IAM access keys of a domain's SMTP users."""

    def keys(self, user: str) -> Sequence[AccessKey]:
        """Return the user's access keys, oldest first; empty when the user does not exist."""

    def tags(self, user: str) -> Mapping[str, str] | None:
        """Return the user's tags, None when it does not exist."""

    def has_policy(self, user: str, policy: str) -> bool:
        """Say whether the user has this inline policy."""

    def create_key(self, user: str) -> tuple[str, Secret]:
        """Create an access key and return (access key id, secret access key); waits out IAM's eventual consistency."""

    def delete_key(self, user: str, key_id: str) -> None:
        """Delete an access key; nothing happens when it is gone already."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who the AWS credentials belong to."""

    account: str
    arn: str


class Account(Protocol):
    """The AWS account that is worked in."""

    def caller(self) -> Caller:
        """Return who we are; raises for absent, expired or refused credentials and for unreachable endpoints."""


@dataclass(frozen=True, slots=True)
class Found:
    """The resolver answered with records, each in presentation form; TXT strings joined and unquoted."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """The resolver answered that there is no such record (NXDOMAIN or NODATA)."""

    nxdomain: bool


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The resolver did not answer, or with a failure: nothing is known."""

    reason: str


Answer = Found | Absent | Unreachable


class Resolver(Protocol):
    """DNS."""

    def lookup(self, name: str, rtype: str) -> Answer:
        """Ask for one name and type."""


@dataclass(frozen=True, slots=True)
class PublicZone:
    """A zone as public DNS has it: its apex, and the hosts that serve it."""

    name: str
    name_servers: tuple[str, ...]


class Authority(Protocol):
    """The name servers that a zone itself is kept on, asked directly: no cache stands between."""

    def zone_of(self, name: str) -> PublicZone | Absent | Unreachable:
        """Return the zone that holds the name, at or above it; `Absent` when there is none below the top level."""

    def delegation(self, zone: str) -> Answer:
        """Return the NS records of the zone as its parent's name servers hand them out."""

    def lookup(self, zone: PublicZone, name: str, rtype: str) -> Mapping[str, Answer]:
        """Ask each name server of the zone; server -> answer."""


@dataclass(frozen=True, slots=True)
class UnreadableReport:
    """A file that is no DMARC aggregate report, and why."""

    path: str
    reason: str


class Reports(Protocol):
    """DMARC aggregate reports, as receivers send them."""

    def read(self, paths: Sequence[Path]) -> Iterator[AggregateReport | UnreadableReport]:
        """Read files and directories of XML, gzip and zip; raises `ProvisionerError` when a path does not exist."""


class Mailer(Protocol):
    """SMTP, as the customer's site would use it."""

    def send(self, credential: SmtpCredential, sender: str, recipient: str, subject: str, body: str) -> str:
        """Send one message and return the server's reply; raises `ProvisionerError` with the reply when refused."""


class Metrics(Protocol):
    """CloudWatch, as far as SES writes there."""

    def sent(self, configuration_set: str, region: Region, since: datetime) -> float | None:
        """Return how many messages went out through the configuration set, None when no metric says anything."""


class Registrar(Protocol):
    """Route 53 Domains, for the domains that are registered in this account."""

    def name_servers(self, domain: DomainName) -> Sequence[str] | None:
        """Return the name servers that the registry has, None when the domain is not registered in this account."""

    def set_name_servers(self, domain: DomainName, servers: Sequence[str]) -> str:
        """Ask for other name servers and return the id of the operation, which takes the registry some minutes."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Everything outside, built once by `wiring` and handed to each use case."""

    account: Account
    authority: Authority
    clock: Clock
    identities: Identities
    mailer: Mailer
    metrics: Metrics
    progress: Progress
    registrar: Registrar
    reports: Reports
    resolver: Resolver
    store: CredentialStore
    templates: Templates
    terraform: Terraform
    users: SmtpUsers
    workspaces: Workspaces
    zones: Zones


class Journal(Protocol):
    """The journal of one run, held by one process."""

    def append(self, event: Mapping[str, Any]) -> None:
        """Write one event and return when it is on disk; raises `ProvisionerError` when it cannot be written."""


class Runs(Protocol):
    """The batch runs of a home, under `$PROVISIONER_HOME/runs/<id>/`."""

    def open(self, run: str) -> AbstractContextManager[Journal]:
        """Hold a run, made when it does not exist; raises `ProvisionerError` when another process holds it."""

    def lines(self, run: str) -> Iterable[str]:
        """Return the lines of a run's journal; none when there is no such run."""

    def latest(self) -> str | None:
        """Return the id of the run that was worked on last, None when there was none."""

    def save(self, run: str, name: str, document: Mapping[str, Any]) -> str:
        """Keep a JSON document (`input` or `completion`) with the run, atomically; return its path."""

    def load(self, run: str, name: str) -> Mapping[str, Any] | None:
        """Return a document of the run, None when there is none; `run` may be a path to it."""


class Inventory(Protocol):
    """What the account holds, looked at as a whole before a batch."""

    def stocks(self, regions: Collection[Region]) -> Sequence[Stock]:
        """Return hosted zones, IAM users, and each region's SES identities and configuration sets, with their limits.

        Afterwards several threads may use the edges for these regions.
        """


@dataclass(frozen=True, slots=True)
class BatchEdges:
    """What a batch needs beyond the edges of its domains."""

    edges: Edges
    inventory: Inventory
    runs: Runs
