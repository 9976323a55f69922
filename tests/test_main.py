"""The ways in which the program is started."""

import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provisioner import __main__
from provisioner.cli.frame.commands import top_level_help

BESIDE_PYTHON = str(Path(sys.executable).parent)


@pytest.fixture(params=["module", "script"])
def program(request: pytest.FixtureRequest) -> list[str]:
    if request.param == "module":
        return [sys.executable, "-m", "provisioner"]
    script = shutil.which("provisioner", path=BESIDE_PYTHON)
    assert script is not None, "the console script is not installed: run `make setup`"
    return [script]


def run(command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=cwd, check=False)


def test_the_program_prints_its_help(program: list[str], tmp_path: Path) -> None:
    outcome = run([*program, "--help"], tmp_path)
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, top_level_help(), "")


def test_the_program_runs_a_command(program: list[str], tmp_path: Path) -> None:
    outcome = run([*program, "list", "--json", "--home", str(tmp_path / "home")], tmp_path)
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, '{\n  "domains": []\n}\n', "")


def test_the_exit_code_is_the_commands_and_the_name_the_program_s_own(program: list[str], tmp_path: Path) -> None:
    outcome = run([*program, "list", "--frobnicate"], tmp_path)
    assert (outcome.returncode, outcome.stdout) == (2, "")
    assert outcome.stderr.endswith("hint: see `provisioner list --help`\n")


@pytest.fixture
def here(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., tuple[int, str]]]:
    """Run a command line in this process, which costs no start of Python; its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)
    before = signal.getsignal(signal.SIGTERM)
    yield lambda *arguments: (__main__._run([*arguments]), capsys.readouterr().out)
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_told_as_people_ask_for_it(here: Callable[..., tuple[int, str]], option: str) -> None:
    asked = here(option, "--json")
    assert asked == here("version", "--json")
    assert asked[1].startswith("{")


@pytest.mark.parametrize("words", [["new-domain"], ["dmarc", "set"], ["batch"], ["list"]])
def test_help_may_stand_in_front(here: Callable[..., tuple[int, str]], words: list[str]) -> None:
    in_front = here("help", *words)
    assert in_front == here(*words, "--help")
    assert in_front[1].startswith(f"Usage: provisioner {' '.join(words)} ")
    assert in_front[0] == 0


def test_a_reader_of_the_help_may_leave_early() -> None:
    program = f"{shlex.quote(sys.executable)} -m provisioner --help | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode in (0, 141)


def test_a_program_that_holds_secrets_leaves_no_core(tmp_path: Path) -> None:
    limits = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    source = f"import sys; from provisioner import __main__ as p; p._run = lambda _: exec({limits!r}); p.main()"
    assert run([sys.executable, "-c", source], tmp_path).stdout == "0\n"
