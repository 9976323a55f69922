"""The Terraform program: where it is, and whether its version will do."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from provisioner.adapters.terraform.cli import FLAG, Cli, environment_for_terraform
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


def version_of(binary: Path, environment: Mapping[str, str], limits: Limits) -> str:
    """Return e.g. `1.11.4`; raises `terraform_missing`, `terraform_too_old` or `terraform_unsupported`."""
    cli = Cli(str(binary), Path.cwd(), environment_for_terraform(environment, _NO_CONFIG))
    code, out, err = cli.cmd("version", json=FLAG, limits=limits)
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
