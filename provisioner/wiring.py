"""Read the environment once and build the real edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.adapters import engine_mounts
from provisioner.adapters.assets import find_assets
from provisioner.adapters.aws import AwsAccount, IamSmtpUsers, Route53Zones, SesIdentities
from provisioner.adapters.aws_session import AwsSession
from provisioner.adapters.clock import SystemClock
from provisioner.adapters.credential_file import FileCredentialStore
from provisioner.adapters.dns import DnsResolver
from provisioner.adapters.engine import DockerEngine
from provisioner.adapters.smtp import SmtpMailer
from provisioner.adapters.templates import Backend, RootTemplates, parse_state_url
from provisioner.adapters.terraform import Settings as TerraformSettings
from provisioner.adapters.terraform import TerraformRunner
from provisioner.adapters.workspaces import DirectoryWorkspaces
from provisioner.errors import InputError
from provisioner.ports import CredentialStore, Edges, Progress

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
    session = settings.aws()
    account = AwsAccount(session)
    assets = find_assets()
    return Edges(
        account=account,
        clock=SystemClock(),
        identities=SesIdentities(session, account),
        mailer=SmtpMailer(settings.value("PROVISIONER_SMTP_SERVER")),
        progress=progress,
        resolver=DnsResolver(settings.value("PROVISIONER_DNS_SERVER")),
        store=_store(settings),
        templates=RootTemplates(assets.templates, assets.modules, _backend(settings)),
        terraform=_terraform(settings),
        users=IamSmtpUsers(session),
        workspaces=DirectoryWorkspaces(settings.home),
        zones=Route53Zones(session),
    )


def default_region(settings: Settings) -> str | None:
    """Return the region of the environment or of the AWS profile."""
    return settings.aws().region


def container_engine(environment: Mapping[str, str]) -> DockerEngine:
    """Return the container engine of this machine."""
    return DockerEngine(environment)


def ephemeral_notice(settings: Settings) -> str | None:
    """Return what to tell a user whose workspace goes with its container, None when it stays."""
    return engine_mounts.ephemeral_notice(settings.environment, settings.home)


def _terraform(settings: Settings) -> TerraformRunner:
    plugin_dir = settings.value("PROVISIONER_PLUGIN_DIR")
    return TerraformRunner(
        TerraformSettings(
            environment=settings.environment,
            home=settings.home,
            binary=settings.value("PROVISIONER_TERRAFORM"),
            plugin_dir=Path(plugin_dir) if plugin_dir else None,
        )
    )


def _backend(settings: Settings) -> Backend:
    region = settings.value("AWS_REGION") or settings.value("AWS_DEFAULT_REGION") or ""
    emulated = settings.value("AWS_ENDPOINT_URL") is not None
    return parse_state_url(settings.value("PROVISIONER_STATE") or "local", region=region, emulated=emulated)


def _store(settings: Settings) -> CredentialStore:
    kind = settings.value("PROVISIONER_STORE") or "file"
    if kind != "file":
        raise InputError("invalid_store", f"PROVISIONER_STORE={kind} is not a credential store", "use file")
    return FileCredentialStore(settings.home)
