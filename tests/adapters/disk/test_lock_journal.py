import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from provisioner.adapters.disk.lock_journal import FileLockJournal, Machine
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError

EXAMPLE = DomainName.parse("example.com")
HERE = Machine("boot-1", "machine-1", "host-1")


def journal(home: Path, machine: Machine = HERE, place: str = "s3://states") -> FileLockJournal:
    return FileLockJournal(home, place, machine)


def died_with(home: Path, lock_id: str, machine: Machine = HERE) -> None:
    with journal(home, machine).open(EXAMPLE) as page:
        page.took(lock_id)


def test_a_lock_that_a_dead_run_left_is_known(tmp_path: Path) -> None:
    died_with(tmp_path, "one")
    with journal(tmp_path).open(EXAMPLE) as page:
        assert page.left() == {"one"}


def test_a_lock_that_was_dropped_is_forgotten(tmp_path: Path) -> None:
    died_with(tmp_path, "one")
    with journal(tmp_path).open(EXAMPLE) as page:
        page.took("two")
        page.dropped()
        assert page.left() == frozenset()


def test_a_run_that_died_before_it_could_take_over_forgets_nothing(tmp_path: Path) -> None:
    died_with(tmp_path, "one")
    died_with(tmp_path, "two")
    with journal(tmp_path).open(EXAMPLE) as page:
        assert page.left() == {"one", "two"}


@pytest.mark.parametrize(
    ("machine", "is_same"),
    [
        (Machine("boot-1", "", "another-container"), True),
        (Machine("boot-2", "machine-1", "host-1"), True),
        (Machine("boot-2", "machine-2", "host-1"), False),
        (Machine("boot-2", "machine-1", "host-2"), False),
        (Machine("", "", "host-1"), False),
    ],
)
def test_only_locks_of_this_very_machine_are_ours(tmp_path: Path, machine: Machine, is_same: bool) -> None:
    died_with(tmp_path, "one")
    with journal(tmp_path, machine).open(EXAMPLE) as page:
        assert page.left() == ({"one"} if is_same else set())


def test_the_locks_of_another_machine_are_not_forgotten(tmp_path: Path) -> None:
    died_with(tmp_path, "theirs", Machine("boot-9", "machine-9", "host-9"))
    with journal(tmp_path).open(EXAMPLE) as page:
        page.dropped()
    with journal(tmp_path, Machine("boot-9", "machine-9", "host-9")).open(EXAMPLE) as page:
        assert page.left() == {"theirs"}


def test_a_page_cut_short_by_a_crash_names_no_lock(tmp_path: Path) -> None:
    died_with(tmp_path, "one")
    (file,) = (tmp_path / "state-locks").glob("*/*")
    file.write_text(file.read_text()[:-3])
    with journal(tmp_path).open(EXAMPLE) as page:
        assert page.left() == frozenset()
        page.took("two")
        assert page.left() == {"two"}


def test_each_place_has_a_journal_of_its_own(tmp_path: Path) -> None:
    with journal(tmp_path).open(EXAMPLE) as page, journal(tmp_path, place="s3://other").open(EXAMPLE) as other:
        page.took("one")
        assert other.left() == frozenset()


def test_a_page_is_held_by_one_run_at_a_time(tmp_path: Path) -> None:
    with (
        journal(tmp_path).open(EXAMPLE),
        pytest.raises(ProvisionerError, match="still works on this domain") as caught,
        journal(tmp_path).open(EXAMPLE),
    ):
        pytest.fail("two hold it")
    assert caught.value.code == "domain_busy"


def test_a_terraform_that_outlives_its_run_holds_the_page(tmp_path: Path) -> None:
    script = (
        "import pathlib, subprocess, sys\n"
        "from provisioner.adapters.disk.lock_journal import FileLockJournal\n"
        "from provisioner.core.values.domain import DomainName\n"
        "with FileLockJournal(pathlib.Path(sys.argv[1]), 's3://states').open(DomainName('example.com')) as page:\n"
        "    page.took('one')\n"
        "    child = subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL, close_fds=False)\n"
        "    print(child.pid, flush=True)\n"
        "    import os, signal\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True, check=False)
    orphan, ours = int(run.stdout), FileLockJournal(tmp_path, "s3://states")
    try:
        with pytest.raises(ProvisionerError, match="or a Terraform that it started"), ours.open(EXAMPLE):
            pytest.fail("the orphan still works")
    finally:
        os.kill(orphan, 9)
    _wait_until_gone(orphan)
    with ours.open(EXAMPLE) as page:
        assert page.left() == {"one"}


def _wait_until_gone(pid: int) -> None:
    while Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z":
        time.sleep(0.01)


def test_a_page_that_ends_is_free_even_when_a_child_inherited_it(tmp_path: Path) -> None:
    with journal(tmp_path).open(EXAMPLE):
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        with journal(tmp_path).open(EXAMPLE) as page:
            assert page.left() == frozenset()
    finally:
        child.kill()
        child.wait()


def test_the_journal_is_private(tmp_path: Path) -> None:
    died_with(tmp_path, "one")
    (file,) = (tmp_path / "state-locks").glob("*/*")
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_text())[0]["id"] == "one"
