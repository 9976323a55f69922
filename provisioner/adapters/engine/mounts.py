"""Whether what we write in a container outlives it: read from the kernel's own list of mounts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_MOUNTS = Path("/proc/self/mountinfo")
_IN_MEMORY = ("tmpfs", "ramfs")
_ANONYMOUS = re.compile(r"/volumes/[0-9a-f]{64}(/_data)?$")  # Docker's, Podman's and containerd's name for it
_EMPTY_DIR = "kubernetes.io~empty-dir"


@dataclass(frozen=True, slots=True)
class _Mount:
    root: str
    point: PurePosixPath
    kind: str


def ephemeral_notice(
    environment: Mapping[str, str], home: Path, mounts: Path = _MOUNTS, *, printed: bool = True
) -> str | None:
    """Return what to tell the user when a state or password goes with this container; None when both stay.

    Says what is safe all the same, and how to keep the rest; `printed`: the command prints the passwords. Only the
    image sets `PROVISIONER_IMAGE`; elsewhere nothing is said.
    """
    if not environment.get("PROVISIONER_IMAGE"):
        return None
    reason = ephemeral(mounts.read_text(encoding="utf-8", errors="replace"), str(home))
    if reason is None:
        return None
    state_goes = (environment.get("PROVISIONER_STATE") or "local") == "local"
    passwords_go = (environment.get("PROVISIONER_STORE") or "file") == "file"
    lost = ["the Terraform states"] * state_goes + ["the SMTP passwords"] * passwords_go
    if not lost:
        return None
    kept = "" if state_goes else ", and the Terraform state in S3,"
    kept = kept if passwords_go else ", and the SMTP passwords in their store,"
    shown = ""
    if passwords_go:
        shown = (
            ", or save the credentials that are printed: they are not shown again"
            if printed
            else ", or the passwords with `-e PROVISIONER_STORE=secretsmanager` or `ssm`: this command prints none"
        )
    return (
        f"{home} is {reason}: {' and '.join(lost)} in it go with this container. "
        f"What is made on AWS{kept} stays and keeps working; "
        f"keep the rest with a volume, `docker run -v provisioner:{home} ...`{shown}"
    )


def ephemeral(mountinfo: str, path: str) -> str | None:
    """Return in a few words why the path does not outlive the container, None when it does.

    `mountinfo` is the text of /proc/self/mountinfo (Linux, Documentation/filesystems/proc.rst, 3.5).
    """
    mounted = _holding(mountinfo, PurePosixPath(path))
    if mounted is None or mounted.point == PurePosixPath("/"):
        return "no volume"
    if mounted.kind in _IN_MEMORY:
        return "in memory"
    if _ANONYMOUS.search(mounted.root):
        return "a volume without a name"
    return "an emptyDir" if _EMPTY_DIR in mounted.root else None


def _holding(mountinfo: str, path: PurePosixPath) -> _Mount | None:
    """Return the innermost mount that holds the path; of several on one point, the last hides the others."""
    holding = [mounted for mounted in map(_parse, mountinfo.splitlines()) if path.is_relative_to(mounted.point)]
    return max(reversed(holding), key=lambda mounted: len(mounted.point.parts), default=None)


def _parse(line: str) -> _Mount:
    fields = line.split(" ")
    root, point = (re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), text) for text in fields[3:5])
    return _Mount(root, PurePosixPath(point), fields[fields.index("-", 6) + 1])
