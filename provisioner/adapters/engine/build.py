"""`docker build`, through the client program: the SDK knows only the builder that BuildKit has replaced."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from provisioner.core.container import BuildSpec
from provisioner.errors import InputError, ProvisionerError

_NO_CLIENT = "install Docker, or run `docker build -t provisioner .` where it is"
_NO_DOCKERFILE = (
    "name the directory of provisioner's source, e.g. `provisioner container build --context ~/src/provisioner`"
)


def build_argv(program: str, spec: BuildSpec) -> Sequence[str]:
    """Return the command line."""
    options = [f"--build-arg={argument}" for argument in spec.arguments]
    network = [f"--network={spec.network}"] if spec.network else []
    return [program, "build", f"--tag={spec.tag}", *options, *network, spec.context]


def build_image(spec: BuildSpec, environment: Mapping[str, str]) -> None:
    """Build, showing the client's output on stderr; an interrupt reaches the client from the terminal itself.

    Raises `InputError` (`no_dockerfile`) and `ProvisionerError` (`no_docker_client`, `build_failed`).
    """
    if not Path(spec.context, "Dockerfile").is_file():
        raise InputError("no_dockerfile", f"there is no Dockerfile in {spec.context}", _NO_DOCKERFILE)
    program = shutil.which("docker", path=environment.get("PATH"))
    if program is None:
        raise ProvisionerError("no_docker_client", "there is no program `docker` to build with", _NO_CLIENT)
    argv = build_argv(program, spec)
    ended = subprocess.run(  # noqa: S603 - argv is ours, never a shell's
        argv, env=dict(environment), stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False
    )
    if ended.returncode:
        raise ProvisionerError(
            "build_failed", f"`docker build` ended with {ended.returncode}", "its output above says which step failed"
        )
