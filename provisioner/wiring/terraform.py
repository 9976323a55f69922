"""Terraform as the settings describe it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from provisioner.adapters.assets import find_assets
from provisioner.adapters.aws.lending import without_credentials
from provisioner.adapters.terraform import TerraformRunner, TerraformSettings, Timeouts
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.adapters.terraform.warm.schema_types import schema_types_in
from provisioner.core.terraform.sharing import Sharing
from provisioner.wiring.settings import Settings, backend_of

_OF_A_DOMAIN = ("init", "plan", "apply", "show", "grace")  # the timeouts that go by it


def timeouts_within(domain: timedelta) -> Timeouts:
    """Return the usual timeouts, none of a command longer than that of a domain."""
    usual, most = Timeouts(), domain.total_seconds()
    return replace(usual, **{name: min(getattr(usual, name), most) for name in _OF_A_DOMAIN})


def idle_terraform(settings: Settings) -> TerraformRunner:
    """Return a Terraform without credentials, which can say its version."""
    return TerraformRunner(terraform_settings(settings, without_credentials(settings.environment)))


@contextmanager
def open_terraform(settings: TerraformSettings, sharing: Sharing) -> Iterator[TerraformRunner]:
    """Give a Terraform whose runs share a provider as `sharing` says; it ends with the block."""
    if sharing is Sharing.NEVER:
        yield TerraformRunner(settings)
        return
    with WarmProvider(settings, schema_types_in(find_assets().modules)) as warm:
        yield TerraformRunner(settings, warm, sharing)


def terraform_settings(
    settings: Settings, environment: Mapping[str, str], timeouts: Timeouts | None = None
) -> TerraformSettings:
    """Return the settings of a Terraform that runs in this environment."""
    plugin_dir = settings.value("PROVISIONER_PLUGIN_DIR")
    return TerraformSettings(
        environment=environment,
        home=settings.home,
        binary=settings.value("PROVISIONER_TERRAFORM"),
        plugin_dir=Path(plugin_dir) if plugin_dir else None,
        locks_state=not backend_of(settings).bucket,
        timeouts=timeouts or Timeouts(),
    )
