"""Where the AWS provider comes from: a filesystem mirror when there is one, else the registry."""

import json
import platform
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioner.errors import InputError

HOST = "registry.terraform.io"
PROVIDER = "hashicorp/aws"
CONSTRAINT = "~> 5.100"

_OPT = Path("/opt")
_SYSTEM = (Path("/usr/local/share/terraform/plugins"), Path("/usr/share/terraform/plugins"))
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64", "AMD64": "amd64"}
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_CONSTRAINT_MAJOR, _CONSTRAINT_MINOR = 5, 100


@dataclass(frozen=True, slots=True)
class Mirror:
    """A directory laid out as Terraform's filesystem mirror, and its newest provider that fits `CONSTRAINT`."""

    path: Path
    provider: str


def find(given: Path | None, user_home: Path, opt: Path = _OPT) -> Mirror | None:
    """Return the mirror to use: the given one, else the first discovered, else None (the registry).

    Discovered are Terraform's own implied directories and every folder directly under `opt`, but only those that hold a
    fitting provider for this platform. Raises `InputError` (`provider_missing`) when the given one does not.
    """
    if given is None:
        return next(filter(None, map(_mirror, _implied(user_home, opt))), None)
    mirror = _mirror(given.expanduser().resolve())
    if mirror is None:
        raise InputError(
            "provider_missing",
            f"{given} holds no provider {PROVIDER} {CONSTRAINT} for {this_platform()}",
            f"PROVISIONER_PLUGIN_DIR must be a Terraform filesystem mirror, the directory above {HOST}/: "
            f"make one with `terraform providers mirror DIR`, or unset it to use the registry",
        )
    return mirror


def cli_config(mirror: Mirror | None, cache: Path) -> str:
    """Return Terraform's CLI configuration; `cache` keeps what the registry gave, and is not used with a mirror.

    Source: developer.hashicorp.com/terraform/cli/config/config-file, "Provider Installation". Without
    `plugin_cache_may_break_dependency_lock_file` each new root would download the provider again.
    """
    if mirror is not None:
        return (
            f"provider_installation {{\n  filesystem_mirror {{\n    path = {json.dumps(str(mirror.path))}\n  }}\n}}\n"
        )
    return (
        f"plugin_cache_dir = {json.dumps(str(cache))}\n"
        "plugin_cache_may_break_dependency_lock_file = true\n"
        "provider_installation {\n  direct {}\n}\n"
    )


def this_platform() -> str:
    """Return the platform as Terraform spells it, e.g. `linux_amd64`."""
    machine = platform.machine()
    return f"{platform.system().lower()}_{_MACHINES.get(machine, machine)}"


def _implied(user_home: Path, opt: Path) -> Iterator[Path]:
    yield user_home / ".terraform.d" / "plugins"
    yield from _SYSTEM
    if opt.is_dir():
        yield from sorted(folder for folder in opt.iterdir() if (folder / HOST).is_dir())


def _mirror(path: Path) -> Mirror | None:
    fitting = [version for version in _versions(path / HOST / PROVIDER) if _fits(version)]
    return Mirror(path, ".".join(map(str, max(fitting)))) if fitting else None


def _versions(folder: Path) -> Iterator[tuple[int, ...]]:
    """Yield what is there for this platform, unpacked (`VERSION/PLATFORM/`) or packed (`..._VERSION_PLATFORM.zip`)."""
    names = [path.parent.name for path in folder.glob(f"*/{this_platform()}")]
    names += [path.name.split("_")[1] for path in folder.glob(f"terraform-provider-aws_*_{this_platform()}.zip")]
    yield from (tuple(map(int, name.split("."))) for name in names if _VERSION.fullmatch(name))


def _fits(version: Sequence[int]) -> bool:
    return version[0] == _CONSTRAINT_MAJOR and version[1] >= _CONSTRAINT_MINOR
