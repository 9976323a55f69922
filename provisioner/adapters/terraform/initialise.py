"""Whether a root has to be initialised: `terraform init` runs only when something that it depends on has changed."""

import fcntl
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provisioner.adapters.terraform.mirror import Mirror, cli_config
from provisioner.adapters.terraform.process import private_file

_CONFIG = "provisioner.tfrc"
_MARK = "provisioner-initialised"
_WITHOUT_PROVIDER = " without the provider"
_BACKEND = "terraform.tfstate"  # of the directory .terraform: where the state is, not the state


def config_file(root: Path) -> Path:
    """Return where the CLI configuration of this root's runs is."""
    return root / ".terraform" / _CONFIG


def fingerprint(root: Path, binary: Path, mirror: Mirror | None) -> str:
    """Return a digest of all that `init` depends on; the binary counts by size and time, so no process is needed."""
    status = binary.stat()
    parts = (root.joinpath("main.tf").read_text(), f"{binary} {status.st_size} {status.st_mtime_ns}", repr(mirror))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_initialised(root: Path, wanted: str, *, provider: bool = True) -> bool:
    """Say whether `init` has run for exactly this fingerprint and what it left is there; with the provider or not."""
    mark = root / ".terraform" / _MARK
    if not (mark.is_file() and config_file(root).is_file()):
        return False
    if provider:
        return root.joinpath(".terraform.lock.hcl").is_file() and mark.read_text() == wanted
    return mark.read_text() in (wanted, wanted + _WITHOUT_PROVIDER)


def has_begun(root: Path) -> bool:
    """Say whether `init` has run at all."""
    return config_file(root).is_file()


def keeps_its_state(root: Path) -> bool:
    """Say whether the state stays where the last `init` found it, though its other settings may differ."""
    try:
        saved = json.loads((root / ".terraform" / _BACKEND).read_text())
    except (FileNotFoundError, ValueError):
        return False
    config = saved.get("backend", {}).get("config", {})
    rendered = root.joinpath("main.tf").read_text()
    return all(
        re.search(rf"^\s+{name}\s+= {re.escape(json.dumps(config.get(name)))}$", rendered, re.MULTILINE)
        for name in ("bucket", "key")
    )


def prepare(root: Path, mirror: Mirror | None, cache: Path) -> None:
    """Write the CLI configuration for the runs of this root."""
    root.joinpath(".terraform").mkdir(mode=0o700, exist_ok=True)
    forget(root)
    if mirror is None:
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    with private_file(config_file(root)) as file:
        file.write(cli_config(mirror, cache).encode())


def mark_initialised(root: Path, wanted: str, *, provider: bool = True) -> None:
    """Remember that `init` succeeded, and whether it installed the provider."""
    with private_file(root / ".terraform" / _MARK) as file:
        file.write((wanted if provider else wanted + _WITHOUT_PROVIDER).encode())


def forget(root: Path) -> None:
    """Let the next plan initialise again."""
    root.joinpath(".terraform", _MARK).unlink(missing_ok=True)


def copy_backend(source: Path, target: Path) -> None:
    """Let `target` know the backend that `source` was initialised with, as if its state had been moved there."""
    known, ours = (root / ".terraform" / _BACKEND for root in (source, target))
    target.joinpath(".terraform").mkdir(mode=0o700, exist_ok=True)
    forget(target)
    if known.is_file():
        fresh = ours.with_suffix(".new")
        with private_file(fresh) as file:
            file.write(known.read_bytes())
        fresh.replace(ours)
    else:
        ours.unlink(missing_ok=True)


@contextmanager
def one_at_a_time(cache: Path) -> Iterator[None]:
    """Hold the plugin cache: two `init`s that fill it at once corrupt it (hashicorp/terraform #31964)."""
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
