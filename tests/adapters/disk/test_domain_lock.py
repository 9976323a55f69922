"""A domain is held by one process at a time: the other process here is a real one."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from provisioner.adapters.disk.workspaces import DirectoryWorkspaces, DomainWorkspace
from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import Request
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError

EXAMPLE = DomainName.parse("example.com")
OTHER = DomainName.parse("example.org")
REMEMBERED = Remembered(Request.parse("us-east-1", customer="Ada"), None)

HOLD = """
import sys
from pathlib import Path
from provisioner.adapters.disk.workspaces import DirectoryWorkspaces
from provisioner.core.values.domain import DomainName
sys.argv = ["/usr/bin/provisioner", "new-domain", "example.com", "--customer", "Ada"]
with DirectoryWorkspaces(Path(sys.stdin.readline().strip())).open(DomainName.parse("example.com")):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def workspaces(home: Path) -> DirectoryWorkspaces:
    return DirectoryWorkspaces(home)


@pytest.fixture
def holder(home: Path) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    """Start another process that holds example.com until its stdin ends."""
    with ExitStack() as stack:

        def start() -> subprocess.Popen[str]:
            command = [sys.executable, "-c", HOLD]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{home}\n")
            process.stdin.flush()
            assert process.stdout.readline() == "held\n"
            return process

        yield start


def busy(workspaces: DirectoryWorkspaces) -> ProvisionerError:
    with pytest.raises(ProvisionerError) as caught, workspaces.open(EXAMPLE):
        pytest.fail("two hold the domain")
    return caught.value


def provision(workspaces: DirectoryWorkspaces, domain: DomainName) -> DomainWorkspace:
    with workspaces.open(domain) as workspace:
        workspace.remember(REMEMBERED)
        return workspace


def test_a_domain_held_by_another_process_is_busy_and_says_by_whom(
    workspaces: DirectoryWorkspaces, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    process = holder()
    error = busy(workspaces)
    assert (error.code, error.exit_code) == ("domain_busy", 1)
    assert f"process {process.pid} on " in error.message
    assert "provisioner new-domain (" in error.message
    assert "Ada" not in error.message  # arguments may be anything
    assert error.hint


def test_a_domain_is_free_when_its_holder_is_done(
    workspaces: DirectoryWorkspaces, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    process = holder()
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(10) == 0
    assert provision(workspaces, EXAMPLE).recall() == REMEMBERED


def test_a_domain_is_free_when_its_holder_is_killed(
    workspaces: DirectoryWorkspaces, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    process = holder()
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    assert provision(workspaces, EXAMPLE).recall() == REMEMBERED


def test_another_domain_is_not_held_up(
    workspaces: DirectoryWorkspaces, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    holder()
    assert provision(workspaces, OTHER).recall() == REMEMBERED


def test_a_held_domain_can_be_looked_at(
    workspaces: DirectoryWorkspaces, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    provision(workspaces, EXAMPLE)
    holder()
    assert [space.domain for space in workspaces.all()] == [EXAMPLE]


def test_one_process_does_not_hold_a_domain_twice(workspaces: DirectoryWorkspaces) -> None:
    with workspaces.open(EXAMPLE):
        assert f"process {os.getpid()} on " in busy(workspaces).message


def test_a_holder_that_did_not_sign_is_another_process(workspaces: DirectoryWorkspaces, home: Path) -> None:
    with workspaces.open(EXAMPLE):
        (home / "locks" / "example.com").write_text("{")
        assert "another process works on this domain" in busy(workspaces).message


def test_a_domain_is_free_again_after_a_failure(workspaces: DirectoryWorkspaces, home: Path) -> None:
    with pytest.raises(RuntimeError), workspaces.open(EXAMPLE):
        raise RuntimeError
    assert (home / "locks" / "example.com").read_text() == ""
    assert provision(workspaces, EXAMPLE).recall() == REMEMBERED
