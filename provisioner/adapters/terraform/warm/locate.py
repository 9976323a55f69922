"""The AWS provider's program: in an unpacked mirror, or where `terraform init` puts it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from provisioner.adapters.terraform import binary, initialise, mirror
from provisioner.adapters.terraform.command import Cli, environment_for_terraform
from provisioner.adapters.terraform.process import Limits
from provisioner.adapters.terraform.settings import TerraformSettings
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
        self._settings = settings
        self._cache = settings.home.absolute() / "plugin-cache"
        self._root: TemporaryDirectory[str] | None = None
        self.environment: Mapping[str, str] = environment_for_terraform(settings.environment, _NO_CONFIG)

    def binary(self) -> Path:
        """Return the program; raises `ProvisionerError` (`provider_missing`) when it is not to be had."""
        found = mirror.find(self._settings.plugin_dir, Path(self._settings.environment.get("HOME", "/nonexistent")))
        programs = _programs(found.path, found.provider) if found else []
        if not programs and self._root is None:
            self._install(found)
        programs = programs or self._installed()
        if not programs:
            raise ProvisionerError("provider_missing", "terraform init installed no AWS provider")
        return programs[0]

    def close(self) -> None:
        """Delete what was installed for us alone."""
        if self._root is not None:
            self._root.cleanup()

    def _installed(self) -> list[Path]:
        return _programs(Path(self._root.name, ".terraform/providers"), "*") if self._root else []

    def _install(self, found: mirror.Mirror | None) -> None:
        """Let Terraform choose, fetch, check and unpack it, in a root that has nothing else."""
        self._root = TemporaryDirectory(prefix="provisioner-provider-")
        root = Path(self._root.name)
        root.joinpath("main.tf").write_text(_ROOT)
        initialise.prepare(root, found, self._cache)
        program = binary.locate(self._settings.binary, self._settings.environment)
        environment = environment_for_terraform(self._settings.environment, initialise.config_file(root))
        with nullcontext() if found else initialise.one_at_a_time(self._cache):
            code, out, err = Cli(str(program), root, environment).cmd(
                "init", limits=Limits(run=self._settings.timeouts.init, grace=self._settings.timeouts.grace)
            )
        if code:
            raise ProvisionerError("provider_missing", f"the AWS provider could not be installed\n{err or out}")


def _programs(folder: Path, version: str) -> list[Path]:
    place = f"{mirror.HOST}/{mirror.PROVIDER}/{version}/{mirror.this_platform()}/{_PROGRAM}"
    return sorted(path.resolve() for path in folder.glob(place))
