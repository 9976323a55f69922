"""The Terraform program: where it is, and whether its version will do."""

import json
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path

from provisioner.adapters.terraform import command_line
from provisioner.adapters.terraform.command import Cli, environment_for_terraform
from provisioner.adapters.terraform.process import Limits
from provisioner.errors import ProvisionerError

_OLDEST = (1, 9)
_NO_CONFIG = Path("/dev/null")
_INSTALL = "install Terraform 1.9 or newer, or name its binary in PROVISIONER_TERRAFORM"


def locate(name: str | None, environment: Mapping[str, str]) -> Path:
    """Return the program's absolute path; raises `ProvisionerError` (`terraform_missing`)."""
    path = shutil.which(name or "terraform", path=environment.get("PATH", ""))
    if path is None:
        raise ProvisionerError("terraform_missing", f"there is no program {name or 'terraform'!r} to run", _INSTALL)
    return Path(path).absolute()


class Versions:
    """What version each program is, asked once for as long as its file stays as it is; for any number of threads."""

    def __init__(self, environment: Mapping[str, str], limits: Limits) -> None:
        self._environment, self._limits = environment, limits
        self._known: dict[tuple[Path, int, int], str] = {}
        self._lock = threading.Lock()

    def of(self, binary: Path) -> str:
        """Return e.g. `1.11.4`; raises as `version_of` does."""
        found = binary.stat()
        key = (binary, found.st_size, found.st_mtime_ns)
        with self._lock:
            if key not in self._known:
                self._known[key] = version_of(binary, self._environment, self._limits)
            return self._known[key]


def version_of(binary: Path, environment: Mapping[str, str], limits: Limits) -> str:
    """Return e.g. `1.11.4`; raises `terraform_missing`, `terraform_too_old` or `terraform_unsupported`."""
    cli = Cli(str(binary), Path.cwd(), environment_for_terraform(environment, _NO_CONFIG))
    code, out, err = cli.cmd(command_line.version(), limits)
    try:
        version = str(json.loads(out[out.index("{") :])["terraform_version"])
        numbers = tuple(map(int, version.partition("-")[0].split(".")))
    except (ValueError, KeyError, TypeError):
        said = (err or out).strip() or f"exit code {code}"
        message = f"{binary} does not say its version, so it is no Terraform\n{said}"
        raise ProvisionerError("terraform_missing", message, _INSTALL) from None
    _check(binary, version, numbers)
    return version


def _check(binary: Path, version: str, numbers: tuple[int, ...]) -> None:
    if numbers < _OLDEST:
        message = f"{binary} is Terraform {version}; 1.9 is the oldest that will do"
        raise ProvisionerError("terraform_too_old", message, _INSTALL)
    if numbers[0] > _OLDEST[0]:
        message = f"{binary} is Terraform {version}; only 1.x is known to work"
        raise ProvisionerError("terraform_unsupported", message, _INSTALL)
