"""Terraform as the settings describe it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from provisioner.adapters.assets import find_assets
from provisioner.adapters.terraform import TerraformRunner, TerraformSettings, Timeouts
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.adapters.terraform.warm.schema_types import schema_types_in
from provisioner.core.terraform.sharing import Sharing
from provisioner.wiring.settings import Settings, backend_of


def timeouts_within(domain: timedelta) -> Timeouts:
    """Return the usual timeouts, none longer than that of a domain."""
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
def open_terraform(settings: TerraformSettings, sharing: Sharing) -> Iterator[TerraformRunner]:
    """Give a Terraform whose runs share a provider as `sharing` says; it ends with the block."""
    if sharing is Sharing.NEVER:
        yield TerraformRunner(settings)
        return
    with WarmProvider(settings, schema_types_in(find_assets().modules)) as warm:
        yield TerraformRunner(settings, warm, sharing)


def terraform_settings(
    settings: Settings, more: Mapping[str, str] = MappingProxyType({}), timeouts: Timeouts | None = None
) -> TerraformSettings:
    """Return the settings of Terraform, whose environment has `more` than ours."""
    plugin_dir = settings.value("PROVISIONER_PLUGIN_DIR")
    return TerraformSettings(
        environment={**settings.environment, **more},
        home=settings.home,
        binary=settings.value("PROVISIONER_TERRAFORM"),
        plugin_dir=Path(plugin_dir) if plugin_dir else None,
        locks_state=not backend_of(settings).bucket,
        timeouts=timeouts or Timeouts(),
    )
