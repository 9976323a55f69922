"""This machine as the consumers see it: mounts and a network of its own, which `scripts/test_consumers.sh` has made."""

import fcntl
import os
import socket
import struct
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1  # netdevice(7)
PATIENCE = 60  # seconds for one program


def is_private() -> bool:
    """Say whether nothing outside sees what is changed here: whoever has processes of its own has the rest as well."""
    return bool(os.environ.get("CONSUMERS")) and os.getpid() == 1


def bring_up_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", _IFF_UP))


def add_interface() -> None:
    """Add one beside loopback, which leads nowhere: Nodemailer does not look for a name without it."""
    for command in (
        "link add name outside type veth peer name nowhere",
        "address add 192.0.2.1/24 dev outside",  # RFC 5737, for documentation
        "link set outside up",
        "link set nowhere up",
    ):
        subprocess.run(["ip", *command.split()], check=True)


def put_in_place(path: str, other: Path) -> None:
    """Let a file or directory of the system be another one from now on."""
    subprocess.run(["mount", "--bind", str(other), path], check=True)


def copy_in_place(path: str, folder: Path) -> None:
    """Let a directory of the system be a copy of itself, which may be changed."""
    copy = folder / path.strip("/").replace("/", "-")
    subprocess.run(["cp", "-a", path, str(copy)], check=True)
    put_in_place(path, copy)


def run(*command: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program in the environment of a machine that knows nothing of the sandbox."""
    return subprocess.run(
        command,
        input=stdin,
        env=clean(variables),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def clean(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables with those that every program has; Debian's programs go before others of their names."""
    path = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin"
    return {"HOME": "/root", **variables, "PATH": path}


def debian_version(packages: Sequence[str]) -> str:
    """Return what is installed of Debian's packages, e.g. `postfix 3.7.11-0+deb12u1`."""
    listed = run("dpkg-query", "--show", "--showformat", "${Package} ${Version}, ", *packages).stdout
    return listed.removesuffix(", ")
