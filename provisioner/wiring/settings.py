"""What a run takes from its environment and its common options, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.templates import Backend, parse_state_url
from provisioner.wiring.partition import region_of_home

_DEFAULT_HOME = "provisioner-data"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a run takes from its environment and its common options; options win."""

    environment: Mapping[str, str] = field(repr=False)  # holds AWS credentials
    home: Path
    region: str | None
    profile: str | None
    fallback_region: str | None = None

    @classmethod
    def read(
        cls, environment: Mapping[str, str], *, home: Path | None, region: str | None, profile: str | None
    ) -> Settings:
        """Return the settings of a run."""
        chosen = home or Path(environment.get("PROVISIONER_HOME") or _DEFAULT_HOME)
        named = {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
        given = {name: value for name, value in named.items() if value}
        return cls({**environment, **given}, chosen.absolute(), region, profile)

    def value(self, name: str) -> str | None:
        """Return a variable of the environment, None when it is unset or empty."""
        return self.environment.get(name) or None

    def aws(self) -> AwsSession:
        """Return the AWS session of the run."""
        return AwsSession(self.environment, self.region, self.profile, self._fallback)

    def _fallback(self) -> str:
        return self.fallback_region or region_of_home(self.home)


def default_region(settings: Settings) -> str | None:
    """Return the region of the environment or of the AWS profile."""
    return settings.aws().region


def backend_of(settings: Settings) -> Backend:
    """Return where the settings keep Terraform states; raises `InputError` when `PROVISIONER_STATE` cannot be read."""
    region = settings.value("AWS_REGION") or settings.value("AWS_DEFAULT_REGION") or ""
    emulated = settings.value("AWS_ENDPOINT_URL") is not None
    return parse_state_url(settings.value("PROVISIONER_STATE") or "local", region=region, emulated=emulated)
