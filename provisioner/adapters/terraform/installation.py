"""What runs of Terraform have in common on this machine: the program, its version, the provider's mirror, the cache."""

from __future__ import annotations

from pathlib import Path

from provisioner.adapters.terraform import binary, initialise, mirror
from provisioner.adapters.terraform.command import Cli, environment_for_terraform
from provisioner.adapters.terraform.mirror import Mirror
from provisioner.adapters.terraform.process import Limits
from provisioner.adapters.terraform.settings import TerraformSettings
from provisioner.adapters.terraform.way import Way


class Installation:
    """Terraform as the settings name it; several threads may use one, and the version is asked once for all."""

    def __init__(self, settings: TerraformSettings) -> None:
        self.settings = settings
        self.cache = settings.home.absolute() / "plugin-cache"  # what comes from the registry, not from a mirror
        self._versions = binary.Versions(settings.environment, self.limits(settings.timeouts.version))

    def program(self) -> Path:
        """Return the program; raises `ProvisionerError` (`terraform_missing`)."""
        return binary.locate(self.settings.binary, self.settings.environment)

    def version(self) -> str:
        """Return e.g. `1.11.4`; raises `ProvisionerError`: `terraform_missing`, `_too_old` or `_unsupported`."""
        return self._versions.of(self.program())

    def provider_mirror(self) -> Mirror | None:
        """Return where providers come from, None for the registry; raises `InputError` (`provider_missing`)."""
        return mirror.find(self.settings.plugin_dir, Path(self.settings.environment.get("HOME", "/nonexistent")))

    def cli(self, root: Path, way: Way) -> Cli:
        """Return Terraform in an initialised root; `way` is added to its environment."""
        environment = environment_for_terraform(self.settings.environment, initialise.config_file(root))
        return Cli(str(self.program()), root, {**way, **environment})

    def limits(self, seconds: float) -> Limits:
        """Return the limits of a command that may take so many seconds."""
        return Limits(run=seconds, grace=self.settings.timeouts.grace)
