"""The home on a disk that is private, full, read-only or damaged."""

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from provisioner.adapters.disk.files import (
    found_home,
    in_our_words,
    private_directory,
    read_document,
    write_atomically,
    write_document,
)
from provisioner.adapters.disk.workspaces import DirectoryWorkspaces
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError

OLD, NEW = "the old text", "the new text\n"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def failure_to_write(path: Path) -> ProvisionerError:
    with pytest.raises(ProvisionerError) as caught:
        write_atomically(path, NEW)
    assert caught.value.hint
    return caught.value


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every temporary file be the kernel's own full device; its name is still there to be cleaned up."""
    make = tempfile.mkstemp

    def on_full_device(**options: Any) -> tuple[int, str]:
        handle, name = make(**options)
        os.close(handle)
        return os.open("/dev/full", os.O_WRONLY), name

    monkeypatch.setattr("provisioner.adapters.disk.files.tempfile.mkstemp", on_full_device)


def test_a_file_and_its_directory_are_for_their_owner_only(tmp_path: Path) -> None:
    os.umask(0)
    try:
        write_atomically(tmp_path / "made" / "file", NEW)
    finally:
        os.umask(0o022)
    assert mode(tmp_path / "made" / "file") == 0o600
    assert mode(tmp_path / "made") == 0o700


def test_an_older_file_that_others_could_read_becomes_private(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(OLD)
    (tmp_path / "file").chmod(0o644)
    write_atomically(tmp_path / "file", NEW)
    assert mode(tmp_path / "file") == 0o600
    assert (tmp_path / "file").read_text() == NEW


def test_a_directory_is_made_with_all_above_it_and_may_exist(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    assert private_directory(path) == path
    assert private_directory(path) == path
    assert path.is_dir()


def test_nothing_but_the_file_is_left_behind(tmp_path: Path) -> None:
    write_atomically(tmp_path / "file", OLD)
    write_atomically(tmp_path / "file", NEW)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_is_said_and_leaves_the_old_file(tmp_path: Path, full_disk: None) -> None:
    (tmp_path / "file").write_text(OLD)
    error = failure_to_write(tmp_path / "file")
    assert (error.code, error.exit_code) == ("disk_full", 1)
    assert str(tmp_path / "file") in error.message
    assert "No space left on device" in error.message
    assert (tmp_path / "file").read_text() == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_write_that_is_cut_off_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(OLD)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4, hard))
    try:
        with pytest.raises(ProvisionerError) as caught:
            write_atomically(tmp_path / "file", NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert caught.value.code == "file_error"
    assert (tmp_path / "file").read_text() == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_process_killed_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(OLD)
    script = (
        "import os, signal, sys; from pathlib import Path; from provisioner.adapters.disk import files;"
        "files.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL);"
        "files.write_atomically(Path(sys.argv[1]), 'half')"
    )
    run = subprocess.run([sys.executable, "-c", script, str(tmp_path / "file")], check=False)
    assert run.returncode == -signal.SIGKILL
    assert (tmp_path / "file").read_text() == OLD


def test_an_interrupt_while_writing_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_handle: int) -> None:
        raise KeyboardInterrupt

    (tmp_path / "file").write_text(OLD)
    monkeypatch.setattr("provisioner.adapters.disk.files.os.fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "file", NEW)
    assert [path.read_text() for path in tmp_path.iterdir()] == [OLD]


def test_a_home_below_a_regular_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a directory")
    error = failure_to_write(tmp_path / "home" / "domains" / "file")
    assert error.code == "file_error"
    assert "Not a directory" in error.message
    assert "--home" in error.hint


def test_a_home_that_is_a_regular_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("not a directory")
    error = failure_to_write(tmp_path / "home" / "file")
    assert error.code == "file_error"
    assert str(tmp_path / "home") in error.message


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_directory_without_write_permission_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    error = failure_to_write(tmp_path / "file")
    assert error.code == "home_not_writable"
    assert "PROVISIONER_HOME" in error.hint


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS])
def test_every_way_of_being_read_only_names_the_place_and_the_option(number: int) -> None:
    with pytest.raises(ProvisionerError, match="/srv/home/file") as caught, in_our_words(Path("/srv/home")):
        raise OSError(number, os.strerror(number), "/srv/home/file")
    assert caught.value.code == "home_not_writable"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_quota_that_is_used_up_is_a_full_disk(number: int) -> None:
    with pytest.raises(ProvisionerError, match="/srv/home") as caught, in_our_words(Path("/srv/home")):
        raise OSError(number, os.strerror(number))
    assert caught.value.code == "disk_full"


def test_a_document_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    write_document(tmp_path / "file", {"name": "Bücher", "number": 1})
    assert read_document(tmp_path / "file", "corrupt") == {"name": "Bücher", "number": 1}
    assert "Bücher" in (tmp_path / "file").read_text()


def test_a_document_that_does_not_exist_is_none(tmp_path: Path) -> None:
    assert read_document(tmp_path / "file", "corrupt") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000, b"{} {}"])
def test_a_document_that_is_damaged_is_said_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ProvisionerError) as caught:
        read_document(tmp_path / "file", "corrupt_something")
    assert caught.value.code == "corrupt_something"
    assert str(tmp_path / "file") in caught.value.message
    assert "left as it is" in caught.value.message
    assert (tmp_path / "file").read_bytes() == content


def test_a_directory_where_a_document_should_be_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProvisionerError, match="Is a directory"):
        read_document(tmp_path, "corrupt")


def test_git_keeps_out_of_a_new_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    found_home(home)
    write_atomically(home / "credentials" / "example.com" / "smtp.json", NEW)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    status = ["git", "-C", str(tmp_path), "status", "--porcelain", "--untracked-files=all"]
    assert subprocess.run(status, check=True, capture_output=True, text=True).stdout == ""


def test_a_home_that_is_in_use_stays_as_it_is(tmp_path: Path) -> None:
    write_atomically(tmp_path / "domains" / "example.com" / "request.json", NEW)
    found_home(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["domains"]


@pytest.mark.parametrize("made", [True, False])
def test_what_is_kept_of_a_domain_begins_with_that(tmp_path: Path, made: bool) -> None:
    home = tmp_path / "home"
    if made:
        home.mkdir()
    with DirectoryWorkspaces(home).open(DomainName.parse("example.com")):
        assert (home / ".gitignore").read_text() == "*\n"
