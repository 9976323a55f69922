"""Read the environment once and build the real edges."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from provisioner.adapters.assets import find_assets
from provisioner.adapters.aws.cloudwatch import CloudWatchMetrics
from provisioner.adapters.aws.inventory import AwsInventory
from provisioner.adapters.aws.rates.limiter import CallLimiter
from provisioner.adapters.aws.rates.relay import relayed
from provisioner.adapters.aws.registrar import Route53Registrar
from provisioner.adapters.aws.route53 import AwsAccount, IamSmtpUsers, Route53Zones, SesIdentities
from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.states.bucket import S3Buckets
from provisioner.adapters.aws.states.objects import S3StateLocks, S3States, StateObjects, new_lock
from provisioner.adapters.aws.vaults.secretsmanager import SecretsManager
from provisioner.adapters.aws.vaults.ssm import ParameterStore
from provisioner.adapters.aws.vaults.vault import VaultCredentialStore
from provisioner.adapters.clock import SystemClock
from provisioner.adapters.disk.batch_reports import ReportFiles as BatchReportFiles
from provisioner.adapters.disk.credentials import FileCredentialStore
from provisioner.adapters.disk.lock_journal import FileLockJournal
from provisioner.adapters.disk.runs import DirectoryRuns
from provisioner.adapters.disk.states import DirectoryTrials, LocalStates
from provisioner.adapters.disk.workspaces import DirectoryWorkspaces
from provisioner.adapters.dmarc_reports import ReportFiles
from provisioner.adapters.dns.authoritative import AuthoritativeServers
from provisioner.adapters.dns.resolver import DnsResolver
from provisioner.adapters.engine import mounts
from provisioner.adapters.engine.docker_engine import DockerEngine
from provisioner.adapters.smtp.mailer import SmtpMailer
from provisioner.adapters.templates import Backend, RootTemplates, parse_state_url
from provisioner.adapters.terraform import Settings as TerraformSettings
from provisioner.adapters.terraform import TerraformRunner, Timeouts
from provisioner.adapters.terraform.warm import WarmProvider, schema_types_in
from provisioner.core.account.rates import DOCUMENTED, Rate
from provisioner.core.batch.manifest import Manifest
from provisioner.errors import InputError
from provisioner.ports.edges import BatchEdges, CredentialStore, Edges, Progress, Runs, Workspaces
from provisioner.ports.states import StateBuckets, StateLocks, StatePlace, Trials
from provisioner.usecases.states.locks import HeldWorkspaces, StateHolder

_DEFAULT_HOME = "provisioner-data"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a run takes from its environment and its common options; options win."""

    environment: Mapping[str, str] = field(repr=False)  # holds AWS credentials
    home: Path
    region: str | None
    profile: str | None

    @classmethod
    def read(
        cls, environment: Mapping[str, str], *, home: Path | None, region: str | None, profile: str | None
    ) -> Settings:
        """Return the settings of a run."""
        chosen = home or Path(environment.get("PROVISIONER_HOME") or _DEFAULT_HOME)
        named = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region, "AWS_PROFILE": profile}
        given = {name: value for name, value in named.items() if value}
        return cls({**environment, **given}, chosen.absolute(), region, profile)

    def value(self, name: str) -> str | None:
        """Return a variable of the environment, None when it is unset or empty."""
        return self.environment.get(name) or None

    def aws(self) -> AwsSession:
        """Return the AWS session of the run."""
        return AwsSession(self.environment, self.region, self.profile)


def build(settings: Settings, progress: Progress) -> Edges:
    """Return the real world as the settings describe it; nothing outside is asked yet."""
    return _edges(settings, progress, settings.aws())


@contextmanager
def open_warm(settings: Settings, progress: Progress, *, cold: bool, applies: bool = False) -> Iterator[Edges]:
    """Return the real world for commands whose runs of Terraform share a provider, unless `cold`.

    One that `applies` changes a single domain, and shares it for reading only.
    """
    with _terraform(_terraform_settings(settings), cold=cold, reads_warm=applies) as terraform:
        yield replace(build(settings, progress), terraform=terraform)


@contextmanager
def open_drift(settings: Settings, progress: Progress, *, cold: bool) -> Iterator[Edges]:
    """Return the real world for reading many domains: one provider, unless `cold`, kept to the account's rates."""
    session = settings.aws()
    with (
        relayed(session, CallLimiter(DOCUMENTED)) as ses,
        _terraform(_terraform_settings(settings, ses), cold=cold) as terraform,
    ):
        yield replace(_edges(settings, progress, session), terraform=terraform)


@contextmanager
def open_batch(
    settings: Settings, progress: Progress, *, rates: Mapping[str, Rate], timeout: timedelta, cold: bool
) -> Iterator[BatchEdges]:
    """Return the world of a batch: its threads share the AWS clients, kept to `rates`, and a provider, unless `cold`.

    `timeout` is that of a domain; no command of its Terraform takes longer.
    """
    # Threads share a client's connections; one more than fit is closed after use, which is no news to a user.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    session, limiter = settings.aws(), CallLimiter(rates)

    def open_client(service: str, region: str | None) -> Any:
        return limiter.attach(session.client(service, region) if region else session.client(service))

    with ExitStack() as stack:
        ses = stack.enter_context(relayed(session, limiter))
        terraform_settings = _terraform_settings(settings, ses, _timeouts(timeout))
        terraform = stack.enter_context(_terraform(terraform_settings, cold=cold))
        edges = replace(_edges(settings, progress, session), terraform=terraform)
        yield BatchEdges(edges, AwsInventory(open_client), runs(settings))


def runs(settings: Settings) -> Runs:
    """Return the batch runs of the home."""
    return DirectoryRuns(settings.home)


def report_files() -> BatchReportFiles:
    """Return the writer of batch reports."""
    return BatchReportFiles(find_assets().templates)


def read_manifest(source: str) -> Manifest:
    """Return the manifest in a file, or on standard input for `-`; raises `InputError` with every fault at once."""
    from provisioner.adapters.manifest import file as manifest_file  # noqa: PLC0415 - pydantic is for those who have a manifest

    return manifest_file.read_manifest(source)


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema of a manifest."""
    from provisioner.adapters.manifest import model  # noqa: PLC0415 - as above

    return model.manifest_schema()


def _edges(settings: Settings, progress: Progress, session: AwsSession) -> Edges:
    account = AwsAccount(session)
    assets = find_assets()
    dns_server = settings.value("PROVISIONER_DNS_SERVER")
    resolver = DnsResolver(dns_server)
    return Edges(
        account=account,
        authority=AuthoritativeServers(resolver, dns_server),
        clock=SystemClock(),
        identities=SesIdentities(session, account),
        mailer=SmtpMailer(settings.value("PROVISIONER_SMTP_SERVER")),
        metrics=CloudWatchMetrics(session),
        progress=progress,
        registrar=Route53Registrar(session),
        reports=ReportFiles(),
        resolver=resolver,
        store=_store(settings, session),
        templates=RootTemplates(assets.templates, assets.modules, _backend(settings)),
        terraform=TerraformRunner(_terraform_settings(settings)),
        users=IamSmtpUsers(session),
        workspaces=_workspaces(settings, progress),
        zones=Route53Zones(session),
    )


def state_holder(settings: Settings, progress: Progress) -> StateHolder | None:
    """Return who locks the states where the settings keep them; None for states on disk, which Terraform locks."""
    backend = _backend(settings)
    if not backend.bucket:
        return None
    locks = S3StateLocks(_objects(settings, backend))
    journal = FileLockJournal(settings.home, f"s3://{backend.bucket}/{backend.prefix}")
    return StateHolder(locks, journal, SystemClock(), progress, new_lock)


def state_locks(settings: Settings) -> StateLocks:
    """Return the locks of the states on S3; raises `InputError` when the states are on disk."""
    backend = _backend(settings)
    if not backend.bucket:
        raise InputError("local_state", "the states are on this disk, where locks end with their process", "")
    return S3StateLocks(_objects(settings, backend))


def state_place(settings: Settings, url: str, progress: Progress) -> StatePlace:
    """Return the place of states that `url` names; its workspaces are held without its states."""
    there = replace(settings, environment={**settings.environment, "PROVISIONER_STATE": url})
    backend, holder = _backend(there), state_holder(there, progress)
    edges = replace(build(there, progress), workspaces=DirectoryWorkspaces(settings.home))
    states = S3States(_objects(there, backend)) if backend.bucket else LocalStates(settings.home)
    return StatePlace(url, edges, states, holder.held if holder else lambda _: nullcontext())


def state_trials(settings: Settings) -> Trials:
    """Return where roots are tried."""
    return DirectoryTrials(settings.home)


def state_buckets(settings: Settings) -> StateBuckets:
    """Return the buckets for states."""
    return S3Buckets(settings.aws())


def _objects(settings: Settings, backend: Backend) -> StateObjects:
    return StateObjects(settings.aws(), backend.bucket, backend.region, backend.key)


def default_region(settings: Settings) -> str | None:
    """Return the region of the environment or of the AWS profile."""
    return settings.aws().region


def container_engine(environment: Mapping[str, str]) -> DockerEngine:
    """Return the container engine of this machine."""
    return DockerEngine(environment)


def ephemeral_notice(settings: Settings) -> str | None:
    """Return what to tell a user whose workspace goes with its container, None when it stays."""
    return mounts.ephemeral_notice(settings.environment, settings.home)


def _timeouts(domain: timedelta) -> Timeouts:
    usual, most = Timeouts(), domain.total_seconds()
    return Timeouts(
        version=usual.version,
        init=min(usual.init, most),
        plan=min(usual.plan, most),
        apply=min(usual.apply, most),
        show=min(usual.show, most),
        grace=min(usual.grace, most),
    )


@contextmanager
def _terraform(settings: TerraformSettings, *, cold: bool, reads_warm: bool = False) -> Iterator[TerraformRunner]:
    """Give a Terraform whose runs share a provider, unless `cold`; with `reads_warm`, those that change nothing."""
    if cold:
        yield TerraformRunner(settings, reads_warm=reads_warm)
        return
    with WarmProvider(settings, schema_types_in(find_assets().modules)) as warm:
        yield TerraformRunner(settings, warm, reads_warm=reads_warm)


def _terraform_settings(
    settings: Settings, more: Mapping[str, str] = MappingProxyType({}), timeouts: Timeouts | None = None
) -> TerraformSettings:
    """Return the settings of Terraform, whose environment has `more` than ours."""
    plugin_dir = settings.value("PROVISIONER_PLUGIN_DIR")
    return TerraformSettings(
        environment={**settings.environment, **more},
        home=settings.home,
        binary=settings.value("PROVISIONER_TERRAFORM"),
        plugin_dir=Path(plugin_dir) if plugin_dir else None,
        locks_state=not _backend(settings).bucket,
        timeouts=timeouts or Timeouts(),
    )


def _workspaces(settings: Settings, progress: Progress) -> Workspaces:
    workspaces = DirectoryWorkspaces(settings.home, progress.note)
    holder = state_holder(settings, progress)
    return HeldWorkspaces(workspaces, holder.held) if holder else workspaces


def _backend(settings: Settings) -> Backend:
    region = settings.value("AWS_REGION") or settings.value("AWS_DEFAULT_REGION") or ""
    emulated = settings.value("AWS_ENDPOINT_URL") is not None
    return parse_state_url(settings.value("PROVISIONER_STATE") or "local", region=region, emulated=emulated)


def _store(settings: Settings, session: AwsSession) -> CredentialStore:
    stores: Mapping[str, Callable[[], CredentialStore]] = {
        "file": lambda: FileCredentialStore(settings.home),
        "secretsmanager": lambda: VaultCredentialStore(SecretsManager(session)),
        "ssm": lambda: VaultCredentialStore(ParameterStore(session)),
    }
    kind = settings.value("PROVISIONER_STORE") or "file"
    if kind not in stores:
        message = f"PROVISIONER_STORE={kind} is not a credential store"
        raise InputError("invalid_store", message, "use file, secretsmanager or ssm")
    return stores[kind]()
