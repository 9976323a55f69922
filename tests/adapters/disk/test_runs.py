import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from provisioner.adapters.disk.runs import DirectoryRuns
from provisioner.core.batch.journal import read
from provisioner.errors import InputError, ProvisionerError

EVENT = {"event": "started", "domain": "a.com", "digest": "x", "at": "t"}
OTHER = {"event": "started", "domain": "b.com", "digest": "x", "at": "t"}


@pytest.fixture
def runs(tmp_path: Path) -> DirectoryRuns:
    return DirectoryRuns(tmp_path)


def test_events_come_back_in_order_and_the_journal_is_private(runs: DirectoryRuns, tmp_path: Path) -> None:
    for event in (EVENT, OTHER):
        with runs.open("r1") as journal:
            journal.append(event)
    path = tmp_path / "runs/r1/journal.jsonl"
    assert read(runs.lines("r1")).running == {"a.com", "b.com"}
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_run_that_never_was_has_no_lines(runs: DirectoryRuns) -> None:
    assert list(runs.lines("r1")) == []
    assert runs.latest() is None
    assert runs.load("r1", "report") is None


@pytest.mark.parametrize("torn", [b'{"event": "ended", "outc', b"\x00" * 4096, b"x" * 100])
def test_a_torn_last_line_is_cut_off_before_the_next_event(runs: DirectoryRuns, tmp_path: Path, torn: bytes) -> None:
    with runs.open("r1") as journal:
        journal.append(EVENT)
    with (tmp_path / "runs/r1/journal.jsonl").open("ab") as file:
        file.write(torn)
    with runs.open("r1") as journal:
        journal.append(OTHER)
    state = read(runs.lines("r1"))
    assert (state.running, state.unreadable) == ({"a.com", "b.com"}, 0)


def test_a_torn_line_alone_in_its_journal_leaves_nothing(runs: DirectoryRuns, tmp_path: Path) -> None:
    (tmp_path / "runs/r1").mkdir(parents=True)
    (tmp_path / "runs/r1/journal.jsonl").write_bytes(b'{"eve')
    with runs.open("r1"):
        assert list(runs.lines("r1")) == []


def test_kill_9_loses_no_event_that_was_written(runs: DirectoryRuns, tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import os, signal, sys
        from pathlib import Path
        from provisioner.adapters.disk.runs import DirectoryRuns
        with DirectoryRuns(Path(sys.argv[1])).open("r1") as journal:
            for number in range(5):
                journal.append({"event": "started", "domain": f"d{number}.com", "digest": "x", "at": "t"})
            os.kill(os.getpid(), signal.SIGKILL)
    """)
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, timeout=60)
    assert done.returncode == -9
    assert len(read(runs.lines("r1")).running) == 5
    with runs.open("r1") as journal:  # and nobody holds it any more
        journal.append(EVENT)


def test_two_processes_never_work_on_one_run(runs: DirectoryRuns) -> None:
    with runs.open("r1"), pytest.raises(ProvisionerError) as caught, runs.open("r1"):
        pytest.fail("held twice")
    assert caught.value.code == "run_busy"


def test_a_full_disk_is_told_and_leaves_no_half_line(
    runs: DirectoryRuns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with runs.open("r1") as journal:
        journal.append(EVENT)
        monkeypatch.setattr("provisioner.adapters.disk.runs._write", _half)
        with pytest.raises(ProvisionerError) as caught:
            journal.append(OTHER)
        monkeypatch.undo()
        journal.append(OTHER)
    assert caught.value.code == "disk_full"
    assert (read(runs.lines("r1")).running, read(runs.lines("r1")).unreadable) == ({"a.com", "b.com"}, 0)


def _half(stream: object, line: bytes) -> None:
    stream.write(line[: len(line) // 2])  # type: ignore[attr-defined]  # the journal's own stream
    raise OSError(28, "No space left on device")


def test_the_latest_run_is_the_one_written_to_last(runs: DirectoryRuns) -> None:
    for name in ("b", "a"):
        with runs.open(name) as journal:
            journal.append(EVENT)
    assert runs.latest() == "a"


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "..", "x" * 200, "-x"])
def test_a_name_that_is_no_name_never_leaves_the_directory_of_runs(runs: DirectoryRuns, name: str) -> None:
    with pytest.raises(InputError, match="is not the name of a run"), runs.open(name):
        pytest.fail("opened")


def test_a_document_is_found_by_run_by_directory_and_as_a_file(runs: DirectoryRuns, tmp_path: Path) -> None:
    path = runs.save("r1", "report", {"x": 1})
    for name in ("r1", str(tmp_path / "runs/r1"), path):
        assert runs.load(name, "report") == {"x": 1}


def test_a_damaged_document_is_told(runs: DirectoryRuns) -> None:
    path = Path(runs.save("r1", "report", {"x": 1}))
    path.write_text("{")
    with pytest.raises(ProvisionerError) as caught:
        runs.load("r1", "report")
    assert caught.value.code == "corrupt_run"
