"""The command line in this process over the world in memory, and the real program as another process."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from select import select
from typing import Any

import pytest
from fakes.world import World
from forks import Loaded, loaded

import provisioner.wiring.worlds  # noqa: F401 - before anything is put in place of what it imports
from provisioner.cli.frame.app import run
from provisioner.core.credentials.credential import SmtpCredential


@dataclass(frozen=True)
class Outcome:
    """What a command line did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; anything before or after it is an error."""
        return json.loads(self.out)

    @property
    def error(self) -> Mapping[str, str]:
        """The error of `--json`, which has exactly these members."""
        error: Mapping[str, str] = self.document["error"]
        assert list(self.document) == ["error"]
        faults = ["faults"] if error["code"] == "invalid_manifest" else []
        assert list(error) == ["code", "message", "hint", *faults]
        return error


Cli = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def quiet_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Work in an empty directory, without AWS and settings of this machine; restore the signals that `run` takes."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "PROVISIONER_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "aws-credentials"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that does not exist yet."""
    monkeypatch.setenv("PROVISIONER_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], home: Path) -> Cli:
    """Run a command line in this process."""

    def call(*arguments: str) -> Outcome:
        code = run(arguments)
        out, err = capsys.readouterr()
        return Outcome(code, out, err)

    return call


@pytest.fixture
def in_memory(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Let commands meet the world in memory instead of the real one."""
    monkeypatch.setattr("provisioner.wiring.edges.build", lambda _settings, _progress: world.edges)
    monkeypatch.setattr("provisioner.wiring.account.account_edges", lambda _settings, _progress: world.of_account)
    monkeypatch.setattr("provisioner.wiring.doctor.doctor_edges", lambda _settings, _progress: world.of_doctor)
    for opener in ("open_domain", "open_drift"):
        monkeypatch.setattr(
            f"provisioner.wiring.worlds.{opener}", lambda _settings, _progress, **_: nullcontext(world.edges)
        )
    monkeypatch.setattr("provisioner.wiring.audit.audit_edges", lambda _settings, _progress: world.of_audit)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return world


@pytest.fixture
def provisioned(cli: Cli, in_memory: World) -> SmtpCredential:
    """A world in which example.com is provisioned; its credential."""
    assert cli("new-domain", "example.com").code == 0
    return in_memory.store.kept["example.com"]


@pytest.fixture
def program(home: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the program as a process of its own, without a terminal."""

    def call(*arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "provisioner", *arguments],
            input=stdin,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return call


@pytest.fixture
def python(home: Path) -> Callable[[str], str]:
    """Run Python source in a process of its own and return what it printed."""

    def call(source: str, *arguments: Sequence[str]) -> str:
        command = [sys.executable, "-c", source, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    return call


def sleeps(pid: int) -> bool:
    """Whether a process waits for something (proc(5), `state`)."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "S"


@pytest.fixture
def watch() -> Callable[[int, int, str, str], str]:
    """Read a terminal to its end, type when its program waits at the prompt; what was to be seen.

    A Ctrl-C that comes between the prompt and Python's wait for the line would not be noticed, and one that is typed
    again could meet a program that is just ending: so the typing waits until the program sleeps.
    """

    def call(terminal: int, pid: int, prompt: str, typed: str) -> str:
        shown, to_type = "", typed.encode()
        with suppress(OSError):  # the end of a terminal is an error on Linux
            while True:
                if select([terminal], [], [], 0.1)[0]:
                    shown += os.read(terminal, 65536).decode()
                elif to_type and prompt in shown and sleeps(pid):
                    os.write(terminal, to_type)
                    to_type = b""
        return shown

    return call


@pytest.fixture(scope="session")
def program_loaded() -> Iterator[Loaded]:
    """The program, loaded, for a fork to each test that looks at what a process does."""
    with loaded() as program:
        yield program


@pytest.fixture
def on_a_terminal(
    home: Path, program_loaded: Loaded, watch: Callable[[int, int, str, str], str]
) -> Callable[..., tuple[int, str]]:
    """Run the program on a terminal of its own; its exit code and what was to be seen."""

    def call(*arguments: str) -> tuple[int, str]:
        terminal, its_end = os.openpty()
        fork = program_loaded.start(arguments, (its_end, its_end, its_end), terminal=True)
        os.close(its_end)
        shown = watch(terminal, fork.pid, "", "")
        code = fork.wait()
        os.close(terminal)  # not before: it would hang up on a program that is just ending
        return code, shown

    return call
