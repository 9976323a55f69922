"""A Docker engine of this network, whose containers have this machine's programs and nothing else of it."""

import io
import os
import subprocess
import tarfile
import time
from collections.abc import Mapping
from itertools import count
from pathlib import Path

import pytest
from consumers.machine import clean
from consumers.programs import SWAKS, Mail, Sent

_ROOT = Path(__file__).parents[2]
_UNAVAILABLE = 69  # of scripts/engine.sh
_IMAGE = "this-machine"
_LINKS = {"bin": "usr/bin", "lib": "usr/lib", "lib64": "usr/lib64", "sbin": "usr/sbin"}
_FOLDERS = ("usr", "etc", "etc/ssl", "proc", "sys", "dev", "run", "tmp", "var")
_MOUNTED = ("/usr", "/etc/ssl")  # programs, and whom they trust


class Engine:
    """An engine that runs. With `CI` in the environment there must be one."""

    def __init__(self, folder: Path) -> None:
        own = {"DOCKER_HOST": "unix:///none", "ENGINE_RUN": f"{folder}/engine", "ENGINE_DATA": f"{folder}/engine-data"}
        self._variables = clean({**os.environ, **own})
        started = self._run(str(_ROOT / "scripts/engine.sh"), "start")
        if started.returncode == _UNAVAILABLE and not os.environ.get("CI"):
            pytest.skip(started.stderr)
        assert started.returncode == 0, started.stderr
        self._docker_host = {"DOCKER_HOST": started.stdout.strip()}
        self._numbers = count(1)
        self._must("import", "-", _IMAGE, stdin=_nothing())
        self._must("swarm", "init", "--advertise-addr", "127.0.0.1")

    def version(self) -> str:
        return f"Docker {self._must('version', '--format', '{{.Server.Version}}').strip()}"

    def send_by_env_file(self, form: Path, mail: Mail) -> Sent:
        """`docker run --env-file`; only a sender's file says From, so the image has a usual one."""
        mounts = [f"--volume={path}:{path}:ro" for path in _MOUNTED]
        usual = "" if "SMTP_FROM=" in form.read_text() else "SMTP_FROM=noreply@example.com; "
        shell = ("sh", "-c", usual + SWAKS, "sh", "-", mail.recipient, mail.subject)
        ended = self._docker("run", "--rm", "--network=host", f"--env-file={form}", *mounts, _IMAGE, *shell)
        return Sent(ended.returncode == 0, ended.stdout + ended.stderr)

    def send_by_secret(self, form: Path, mail: Mail) -> Sent:
        """`docker secret create`, and a service that is given the secret."""
        name = f"smtp-{next(self._numbers)}"
        self._must("secret", "create", name, str(form))
        mounts = [f"--mount=type=bind,src={path},dst={path},ro" for path in _MOUNTED]
        shell = ("sh", "-c", f". /run/secrets/{name}; {SWAKS}", "sh", "-", mail.recipient, mail.subject)
        options = ("--detach", "--network=host", "--restart-condition=none", f"--name={name}", f"--secret={name}")
        self._must("service", "create", *options, *mounts, _IMAGE, *shell)
        state = self._end(name)
        said = self._must("service", "logs", name)
        self._must("service", "rm", name)
        return Sent(state.startswith("Complete"), f"{state}\n{said}")

    def _end(self, service: str) -> str:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            state = self._must("service", "ps", "--format", "{{.CurrentState}}", service).strip()
            if state.startswith(("Complete", "Failed", "Rejected")):
                return state
            time.sleep(0.2)
        raise AssertionError(f"{service} does not end: {state}")

    def _must(self, *arguments: str, stdin: bytes = b"") -> str:
        ended = self._docker(*arguments, stdin=stdin)
        assert ended.returncode == 0, f"docker {arguments}: {ended.stderr}"
        return ended.stdout

    def _docker(self, *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[str]":
        return self._run("docker", *arguments, stdin=stdin, **self._docker_host)

    def _run(self, *command: str, stdin: bytes = b"", **more: str) -> "subprocess.CompletedProcess[str]":
        environment: Mapping[str, str] = {**self._variables, **more}
        ended = subprocess.run(command, input=stdin, env=environment, capture_output=True, timeout=120, check=False)
        return subprocess.CompletedProcess(command, ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def _nothing() -> bytes:
    """Return an archive of empty folders, into which the programs are mounted."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name in _FOLDERS:
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(folder)
        for name, target in _LINKS.items():
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            tar.addfile(link)
    return archive.getvalue()
