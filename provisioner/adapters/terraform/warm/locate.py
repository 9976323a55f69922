"""The AWS provider's program: in an unpacked mirror, or where `terraform init` puts it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from provisioner.adapters.terraform import initialise, mirror
from provisioner.adapters.terraform.command import environment_for_terraform
from provisioner.adapters.terraform.command_line import CommandLine
from provisioner.adapters.terraform.installation import Installation
from provisioner.adapters.terraform.settings import TerraformSettings
from provisioner.adapters.terraform.way import COLD
from provisioner.errors import ProvisionerError

_NO_CONFIG = Path("/dev/null")
_PROGRAM = "terraform-provider-aws_v*"
_ROOT = f"""terraform {{
  required_providers {{
    aws = {{
      source  = "{mirror.PROVIDER}"
      version = "{mirror.CONSTRAINT}"
    }}
  }}
}}
"""


class Provider:
    """Which program to start, with what environment: Terraform's own, as a provider that it starts would have it."""

    def __init__(self, settings: TerraformSettings) -> None:
        self._installation = Installation(settings)
        self._root: TemporaryDirectory[str] | None = None
        self._installing = threading.Lock()
        self.environment: Mapping[str, str] = environment_for_terraform(settings.environment, _NO_CONFIG)

    def binary(self) -> Path:
        """Return the program; raises `ProvisionerError` (`provider_missing`) when it is not to be had."""
        found = self._installation.provider_mirror()
        programs = _programs(found.path, found.provider) if found else []
        programs = programs or self._installed(found)
        if not programs:
            raise ProvisionerError("provider_missing", "terraform init installed no AWS provider")
        return programs[0]

    def close(self) -> None:
        """Delete what was installed for us alone."""
        if self._root is not None:
            self._root.cleanup()

    def _installed(self, found: mirror.Mirror | None) -> list[Path]:
        """Return what Terraform installed for us; one of several threads lets it do so."""
        with self._installing:
            if self._root is None:
                self._root = TemporaryDirectory(prefix="provisioner-provider-")
                self._install(Path(self._root.name), found)
            return _programs(Path(self._root.name, ".terraform/providers"), "*")

    def _install(self, root: Path, found: mirror.Mirror | None) -> None:
        """Let Terraform choose, fetch, check and unpack it, in a root that has nothing else."""
        root.joinpath("main.tf").write_text(_ROOT)
        initialise.prepare(root, found, self._installation.cache)
        limits = self._installation.limits(self._installation.settings.timeouts.init)
        with nullcontext() if found else initialise.one_at_a_time(self._installation.cache):
            code, out, err = self._installation.cli(root, COLD).cmd(CommandLine("init"), limits)
        if code:
            raise ProvisionerError("provider_missing", f"the AWS provider could not be installed\n{err or out}")


def _programs(folder: Path, version: str) -> list[Path]:
    place = f"{mirror.HOST}/{mirror.PROVIDER}/{version}/{mirror.this_platform()}/{_PROGRAM}"
    return sorted(path.resolve() for path in folder.glob(place))
