"""The program as a process among others: signals, pipes, terminals, disks, and its own defects."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.world import World

Cli = Callable[..., Any]
Program = Callable[..., subprocess.CompletedProcess[str]]
Terminal = Callable[..., tuple[int, str]]

PROVISIONER = [sys.executable, "-m", "provisioner"]


@pytest.fixture
def silent_aws() -> Iterator[socket.socket]:
    """An endpoint that takes a connection and never answers: whoever asks it can be interrupted at leisure."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(300)  # a hang guard: a busy machine may start the program slowly
        yield server


@pytest.fixture
def waiting(silent_aws: socket.socket, home: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `new-domain` and return it once it waits for AWS."""
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent_aws.getsockname()[1]}",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    }
    started: list[subprocess.Popen[str]] = []

    def start(*options: str) -> subprocess.Popen[str]:
        command = [*PROVISIONER, "new-domain", "example.com", "--region", "us-east-1", *options]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        connection, _ = silent_aws.accept()
        connection.recv(1)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_in_130_with_a_word_and_no_traceback_and_leaves_the_domain_free(
    waiting: Callable[..., subprocess.Popen[str]], home: Path, number: signal.Signals
) -> None:
    process = waiting()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == ""
    assert err.endswith(
        "error: interrupted\nhint: run the same command again: what was begun, if anything, is completed\n"
    )
    assert "Traceback" not in err
    assert (home / "locks" / "example.com").read_text() == ""


def test_an_interrupt_is_a_document_too(waiting: Callable[..., subprocess.Popen[str]]) -> None:
    process = waiting("--json")
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert '"code": "interrupted"' in out


@pytest.mark.parametrize(
    "arguments", [("list",), ("list", "--json"), ("list", "--json", "--frobnicate"), ("new-domain", "--help")]
)
@pytest.mark.parametrize("buffered", [True, False])
def test_a_reader_that_went_away_ends_the_program_quietly(
    home: Path, arguments: tuple[str, ...], buffered: bool
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    environment |= {} if buffered else {"PYTHONUNBUFFERED": "1"}
    run = subprocess.run(
        [*PROVISIONER, *arguments], stdout=writer, stderr=subprocess.PIPE, text=True, env=environment, check=False
    )
    os.close(writer)
    assert run.returncode == 141
    assert "Traceback" not in run.stderr
    assert "BrokenPipe" not in run.stderr


@pytest.mark.parametrize("options", [(), ("--json",)])
@pytest.mark.parametrize("buffered", ["", "1"])
def test_a_result_that_cannot_be_written_is_a_failure(home: Path, options: tuple[str, ...], buffered: str) -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [*PROVISIONER, "list", *options],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": buffered},
            check=False,
        )
    assert run.returncode == 1
    assert run.stderr.startswith("error: the result could not be written to stdout: No space left on device\nhint: ")
    assert "Exception ignored" not in run.stderr


@pytest.mark.parametrize("buffered", ["", "1"])
def test_an_error_that_cannot_be_written_as_a_document_is_still_said(home: Path, buffered: str) -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [*PROVISIONER, "plan", "co.uk", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": buffered},
            check=False,
        )
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
def test_nothing_is_coloured_without_a_terminal(program: Program, arguments: tuple[str, ...]) -> None:
    run = program(*arguments, FORCE_COLOR="1", CLICOLOR_FORCE="1")
    assert "\033" not in run.stdout + run.stderr
    assert run.stdout + run.stderr


def test_an_error_is_coloured_on_a_terminal(on_a_terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    code, shown = on_a_terminal([*PROVISIONER, "list", "--frobnicate"])
    assert code == 2
    assert "\033[31merror: " in shown


def test_no_color_is_respected_on_a_terminal(on_a_terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for arguments in (["list", "--frobnicate"], ["list", "--help"], ["--help"], ["list"]):
        _, shown = on_a_terminal([*PROVISIONER, *arguments])
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


def test_an_argument_that_is_not_utf_8_is_an_error_like_any_other(home: Path) -> None:
    for arguments in ([b"new-domain", b"\xff.com"], [b"list", b"--\xff"]):
        command = [os.fsencode(text) for text in PROVISIONER]
        run = subprocess.run([*command, *arguments, b"--json"], capture_output=True, check=False)
        assert run.returncode == 2
        assert b"Traceback" not in run.stderr
        assert '"error"' in run.stdout.decode("utf-8")


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
