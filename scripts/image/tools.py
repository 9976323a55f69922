"""Fetch and check the Terraform and the AWS provider of the image; runs inside `docker build`, standard library only.

`fetch DIR` downloads Terraform's release for this machine's architecture and lets it install the provider: Terraform
checks HashiCorp's signature and the lock file. `check DIR` holds what is in DIR, wherever it came from, against the
checksums pinned beside this file: `terraform.sha256`, and `provider/.terraform.lock.hcl` for the provider.

DIR holds `terraform` and `plugins/`, which is laid out as Terraform's filesystem mirror, unpacked.
"""

import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
RELEASES = "https://releases.hashicorp.com/terraform"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def main(arguments: list[str]) -> None:
    """Run one of the two commands."""
    command, directory = arguments
    {"fetch": fetch, "check": check}[command](Path(directory).absolute())


def fetch(directory: Path) -> None:
    """Download Terraform and the provider into the directory."""
    name = _release()
    with urllib.request.urlopen(f"{RELEASES}/{name.split('_')[1]}/{name}.zip", timeout=300) as answer:  # noqa: S310 - https
        archive = answer.read()
    _compare(f"{name}.zip", hashlib.sha256(archive).hexdigest())
    directory.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(archive)) as release:
        release.extract("terraform", directory)
    directory.joinpath("terraform").chmod(0o755)
    shutil.move(_initialised(directory) / ".terraform" / "providers", directory / "plugins")


def check(directory: Path) -> None:
    """Exit with a message unless the directory holds exactly what is pinned."""
    with directory.joinpath("terraform").open("rb") as program:
        _compare(_release(), hashlib.file_digest(program, "sha256").hexdigest())
    shutil.rmtree(_initialised(directory, f"-plugin-dir={directory / 'plugins'}"))
    for path in (directory, *directory.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.name.startswith("terraform") else 0o644)


def _release() -> str:
    """Return the pinned release's name for this machine, e.g. `terraform_1.11.4_linux_arm64`."""
    machine = platform.machine()
    ending = f"_linux_{ARCHITECTURES.get(machine, machine)}"
    return next((name for name in _pinned() if name.endswith(ending)), f"terraform{ending}")


def _pinned() -> dict[str, str]:
    lines = HERE.joinpath("terraform.sha256").read_text().splitlines()
    return {name: digest for digest, name in (line.split() for line in lines if not line.startswith("#"))}


def _compare(name: str, digest: str) -> None:
    pinned = _pinned().get(name, "nothing")
    if digest != pinned:
        sys.exit(f"{name} has SHA-256 {digest}, but terraform.sha256 pins {pinned}")


def _initialised(directory: Path, *options: str) -> Path:
    """Let Terraform install the pinned provider into a new root, held against the lock file, and return the root."""
    root = Path(tempfile.mkdtemp(dir=directory.parent))
    shutil.copytree(HERE / "provider", root, dirs_exist_ok=True)
    command = [str(directory / "terraform"), f"-chdir={root}", "init", "-no-color", "-lockfile=readonly", *options]
    subprocess.run(command, check=True, env={**os.environ, "CHECKPOINT_DISABLE": "1"})  # noqa: S603 - ours
    return root


if __name__ == "__main__":
    main(sys.argv[1:])
