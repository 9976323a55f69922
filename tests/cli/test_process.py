"""The program as a process among others: signals, pipes, terminals, disks, and its own defects."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fakes.world import World
from forks import Loaded

Cli = Callable[..., Any]
Terminal = Callable[..., tuple[int, str]]

PROVISIONER = [sys.executable, "-m", "provisioner"]
NEW_DOMAIN = ("new-domain", "example.com", "--region", "us-east-1")


@pytest.fixture
def silent_aws() -> Iterator[socket.socket]:
    """An endpoint that takes a connection and never answers: whoever asks it can be interrupted at leisure."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(300)  # a hang guard: a busy machine may start the program slowly
        yield server


@dataclass(frozen=True)
class Waiting:
    """A program that waits, and how to see it end: its exit code, stdout and stderr."""

    pid: int
    end: Callable[[], tuple[int, str, str]]


@pytest.fixture
def environment(silent_aws: socket.socket, home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent_aws.getsockname()[1]}",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    }


def asked(silent_aws: socket.socket) -> None:
    """Wait until a program asks AWS."""
    connection, _ = silent_aws.accept()
    connection.recv(1)


@pytest.fixture
def started(environment: dict[str, str], silent_aws: socket.socket) -> Iterator[Callable[[], Waiting]]:
    """Start `new-domain` as a user does and return it once it waits for AWS."""
    with ExitStack() as stack:

        def start(*options: str) -> Waiting:
            process = stack.enter_context(
                subprocess.Popen(
                    [*PROVISIONER, *NEW_DOMAIN, *options],
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(process.kill)
            asked(silent_aws)

            def end() -> tuple[int, str, str]:
                out, err = process.communicate(timeout=30)
                return process.returncode, out, err

            return Waiting(process.pid, end)

        yield start


@pytest.fixture
def forked(
    program_loaded: Loaded, environment: dict[str, str], silent_aws: socket.socket, tmp_path: Path
) -> Iterator[Callable[..., Waiting]]:
    """Let `new-domain` begin in a fork and return it once it waits for AWS."""
    out, err = tmp_path / "stdout", tmp_path / "stderr"
    with ExitStack() as stack:

        def start(*options: str) -> Waiting:
            with Path(os.devnull).open() as nothing, out.open("w") as to_out, err.open("w") as to_err:
                streams = nothing.fileno(), to_out.fileno(), to_err.fileno()
                fork = program_loaded.start((*NEW_DOMAIN, *options), streams, environment)
            stack.callback(fork.kill)
            asked(silent_aws)
            return Waiting(fork.pid, lambda: (fork.wait(), out.read_text(), err.read_text()))

        yield start


@pytest.mark.parametrize(("how", "number"), [("started", signal.SIGINT), ("forked", signal.SIGTERM)])
def test_an_interrupt_ends_in_130_with_a_word_and_no_traceback_and_leaves_the_domain_free(
    request: pytest.FixtureRequest, home: Path, how: str, number: signal.Signals
) -> None:
    waiting: Waiting = request.getfixturevalue(how)()
    os.kill(waiting.pid, number)
    code, out, err = waiting.end()
    assert code == 130
    assert out == ""
    assert err.endswith(
        "error: interrupted\nhint: run the same command again: what was begun, if anything, is completed\n"
    )
    assert "Traceback" not in err
    assert (home / "locks" / "example.com").read_text() == ""


def test_an_interrupt_is_a_document_too(forked: Callable[..., Waiting]) -> None:
    waiting = forked("--json")
    os.kill(waiting.pid, signal.SIGINT)
    code, out, _ = waiting.end()
    assert code == 130
    assert '"code": "interrupted"' in out


def with_buffer(*, buffered: bool) -> dict[str, str]:
    """Return an environment in which Python buffers what a program writes, or does not."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return environment | ({} if buffered else {"PYTHONUNBUFFERED": "1"})


@pytest.fixture
def without_reader() -> Iterator[int]:
    """The end of a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.fixture
def full() -> Iterator[int]:
    """A file on a disk that is full."""
    with Path("/dev/full").open("w") as file:
        yield file.fileno()


@pytest.mark.parametrize(
    "arguments", [("list",), ("list", "--json"), ("list", "--json", "--frobnicate"), ("new-domain", "--help")]
)
@pytest.mark.parametrize("buffered", [True, False])
def test_a_reader_that_went_away_ends_the_program_quietly(
    program_loaded: Loaded, home: Path, without_reader: int, arguments: tuple[str, ...], buffered: bool
) -> None:
    ends_quietly(program_loaded.run(arguments, with_buffer(buffered=buffered), without_reader))


@pytest.mark.parametrize("buffered", [True, False])
def test_a_program_that_was_just_started_ends_quietly_too(home: Path, without_reader: int, buffered: bool) -> None:
    environment = with_buffer(buffered=buffered)
    command = [*PROVISIONER, "list"]
    ends_quietly(
        subprocess.run(command, stdout=without_reader, stderr=subprocess.PIPE, text=True, env=environment, check=False)
    )


def ends_quietly(run: subprocess.CompletedProcess[str]) -> None:
    assert run.returncode == 141
    assert "Traceback" not in run.stderr
    assert "BrokenPipe" not in run.stderr


@pytest.mark.parametrize("options", [(), ("--json",)])
@pytest.mark.parametrize("buffered", [True, False])
def test_a_result_that_cannot_be_written_is_a_failure(
    program_loaded: Loaded, home: Path, full: int, options: tuple[str, ...], buffered: bool
) -> None:
    run = program_loaded.run(("list", *options), with_buffer(buffered=buffered), full)
    assert run.returncode == 1
    assert run.stderr.startswith("error: the result could not be written to stdout: No space left on device\nhint: ")
    assert "Exception ignored" not in run.stderr


@pytest.mark.parametrize("buffered", [True, False])
def test_an_error_that_cannot_be_written_as_a_document_is_still_said(
    program_loaded: Loaded, home: Path, full: int, buffered: bool
) -> None:
    run = program_loaded.run(("plan", "co.uk", "--json"), with_buffer(buffered=buffered), full)
    assert run.returncode == 2
    assert "public suffix" in run.stderr
    assert "error: the result could not be written to stdout: No space left on device\n" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_defect_is_one_line_without_a_traceback(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("password=BMXhUYlu5Z3g")

    monkeypatch.setattr("provisioner.wiring.edges.build", broken)
    outcome = cli("list", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "defect")
    assert re.search(r"RuntimeError \(.*test_process\.py:\d+\)$", outcome.error["message"])
    assert "PROVISIONER_TRACEBACK" in outcome.error["hint"]
    assert "Traceback" not in outcome.err
    assert "BMXhUYlu5Z3g" not in outcome.out + outcome.err


def test_a_defect_shows_its_traceback_on_request(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError("why")

    monkeypatch.setattr("provisioner.wiring.edges.build", broken)
    monkeypatch.setenv("PROVISIONER_TRACEBACK", "1")
    with pytest.raises(RuntimeError, match="why"):
        cli("list")


@pytest.mark.parametrize("arguments", [("list",), ("list", "--frobnicate"), ("list", "--help"), ("version", "--json")])
def test_nothing_is_coloured_without_a_terminal(program_loaded: Loaded, home: Path, arguments: tuple[str, ...]) -> None:
    run = program_loaded.run(arguments, {**os.environ, "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"})
    assert "\033" not in run.stdout + run.stderr
    assert run.stdout + run.stderr


def test_an_error_is_coloured_on_a_terminal(on_a_terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    code, shown = on_a_terminal("list", "--frobnicate")
    assert code == 2
    assert "\033[31merror: " in shown


def test_no_color_is_respected_on_a_terminal(on_a_terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for arguments in (["list", "--frobnicate"], ["list", "--help"], ["--help"], ["list"]):
        _, shown = on_a_terminal(*arguments)
        assert "\033" not in shown
        assert shown


@pytest.mark.parametrize("spelled", ["there", "./there", "../work/there"])
def test_a_relative_home_is_below_the_current_directory(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, spelled: str
) -> None:
    outcome = cli("credentials", "show", "example.com", "--home", spelled, "--json")
    located = outcome.error["message"].partition("file:")[2]
    assert Path(os.path.normpath(located)) == Path.cwd() / "there" / "credentials" / "example.com" / "smtp.json"
    assert Path(located).is_absolute()


def test_an_absolute_home_wins_over_the_environment(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("credentials", "show", "example.com", "--home", str(tmp_path / "other"), "--json")
    assert f"file:{tmp_path / 'other' / 'credentials'}/" in outcome.error["message"]


def test_without_any_setting_the_home_is_in_the_current_directory(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROVISIONER_HOME")
    outcome = cli("credentials", "show", "example.com", "--json")
    assert f"file:{Path.cwd() / 'provisioner-data' / 'credentials'}/" in outcome.error["message"]


def test_an_argument_that_is_not_utf_8_is_an_error_like_any_other(program_loaded: Loaded, home: Path) -> None:
    command = [*map(os.fsencode, PROVISIONER), b"new-domain", b"\xff.com", b"--json"]
    started = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    for run in (started, program_loaded.run(("list", os.fsdecode(b"--\xff"), "--json"))):
        assert run.returncode == 2
        assert "Traceback" not in run.stderr
        assert '"error"' in run.stdout


def test_progress_goes_to_stderr_and_can_be_silenced(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from provisioner.cli.frame.output import StderrProgress  # noqa: PLC0415 - the one test of it

    for quiet, verbose in ((False, True), (False, False), (True, False)):
        progress = StderrProgress(quiet=quiet, verbose=verbose)
        progress.step("a step")
        progress.detail("a detail")
        progress.note("a note")
        progress.warn("a warning")
    out, err = capsys.readouterr()
    loud, ordinary, silent = "- a step\n  a detail\na note\nwarning: a warning\n", "- a step\na note\n", ""
    assert out == ""
    assert err == loud + ordinary + "warning: a warning\n" + silent + "warning: a warning\n"


def test_the_options_quiet_and_verbose_reach_the_progress(
    cli: Cli, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tells(_settings: object, progress: Any) -> Any:
        progress.step("a step")
        progress.detail("a detail")
        return world.edges

    monkeypatch.setattr("provisioner.wiring.edges.build", tells)
    assert cli("list").err == "- a step\n"
    assert cli("list", "--verbose").err == "- a step\n  a detail\n"
    assert cli("list", "--quiet").err == ""
