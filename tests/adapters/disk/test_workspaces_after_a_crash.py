import json
import os
import subprocess
import sys
import threading
from itertools import product
from pathlib import Path

import pytest

from provisioner.adapters.disk.credentials import FileCredentialStore
from provisioner.adapters.disk.workspaces import DirectoryWorkspaces
from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import Request
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError

EXAMPLE = DomainName.parse("example.com")
MAIN, SHOP = SmtpUser(EXAMPLE), SmtpUser(EXAMPLE, "shop")
REMEMBERED = Remembered(Request(Region.parse("us-east-1")), None)
HELD_BY_ORPHAN = """
import os, pathlib, signal, subprocess, sys
from provisioner.adapters.disk.workspaces import DirectoryWorkspaces
from provisioner.core.values.domain import DomainName
with DirectoryWorkspaces(pathlib.Path(sys.argv[1])).open(DomainName.parse("example.com")):
    child = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL, close_fds=False, start_new_session=True)
    print(child.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def root(home: Path) -> Path:
    return home / "domains" / "example.com"


OURS = ["request.json", "key-intent.json", "key-intent.shop.json"]
DAMAGE = [b"\xff\xfe", b"{", b"[]", b"{}", b"\0\0"]


@pytest.mark.parametrize(
    ("name", "content"),
    [*product(OURS, [b"", *DAMAGE]), *product(["terraform.tfstate"], DAMAGE)],  # Terraform itself leaves an empty state
)
def test_a_file_that_cannot_be_read_is_moved_aside_with_its_octets(tmp_path: Path, name: str, content: bytes) -> None:
    with DirectoryWorkspaces(tmp_path).open(EXAMPLE) as workspace:
        (workspace.path / name).write_bytes(content)
        ((found, kept),) = workspace.salvage()
        assert (found, kept) == (name, workspace.path / f"{name}.corrupt-1")
        assert kept.read_bytes() == content
        assert workspace.salvage() == []


def test_what_was_set_aside_before_is_not_overwritten(tmp_path: Path) -> None:
    with DirectoryWorkspaces(tmp_path).open(EXAMPLE) as workspace:
        for content in ("first", "second"):
            (workspace.path / "terraform.tfstate").write_text(content)
            workspace.salvage()
        kept = [(workspace.path / f"terraform.tfstate.corrupt-{n}").read_text() for n in (1, 2)]
        assert kept == ["first", "second"]


def test_files_that_can_be_read_stay_where_they_are(tmp_path: Path) -> None:
    with DirectoryWorkspaces(tmp_path).open(EXAMPLE) as workspace:
        workspace.remember(REMEMBERED)
        workspace.intend_key(MAIN, ["AKIA1"])
        workspace.intend_key(SHOP, ["AKIA2"])
        (workspace.path / "terraform.tfstate").write_text(json.dumps({"version": 4, "resources": []}))
        assert workspace.salvage() == []
        assert (workspace.recall(), workspace.key_intent(MAIN)) == (REMEMBERED, {"AKIA1"})
        assert workspace.key_intent(SHOP) == {"AKIA2"}
        workspace.settle_key(SHOP)
        assert (workspace.key_intent(MAIN), workspace.key_intent(SHOP)) == ({"AKIA1"}, None)


def test_what_a_newer_version_wrote_is_not_taken_for_corrupt(tmp_path: Path) -> None:
    with DirectoryWorkspaces(tmp_path).open(EXAMPLE) as workspace:
        (workspace.path / "request.json").write_text(json.dumps(REMEMBERED.to_document() | {"version": 99}))
        with pytest.raises(ProvisionerError, match="newer provisioner"):
            workspace.salvage()
        assert (workspace.path / "request.json").exists()


def test_a_directory_with_something_set_aside_is_not_discarded(tmp_path: Path) -> None:
    with DirectoryWorkspaces(tmp_path).open(EXAMPLE) as workspace:
        (workspace.path / "terraform.tfstate").write_text("half")
        workspace.salvage()
        workspace.discard_if_unused()
    assert (root(tmp_path) / "terraform.tfstate.corrupt-1").exists()


def test_a_credential_that_cannot_be_read_is_set_aside(tmp_path: Path) -> None:
    store = FileCredentialStore(tmp_path)
    path = tmp_path / "credentials" / "example.com" / "smtp.json"
    path.parent.mkdir(parents=True)
    path.write_text("half")
    assert store.set_aside(MAIN) == f"file:{path}.corrupt-1"
    assert store.load(MAIN) is None


@pytest.fixture
def orphan(tmp_path: Path) -> int:
    """A process that outlives the run which held the domain, as Terraform does."""
    run = subprocess.run([sys.executable, "-c", HELD_BY_ORPHAN, str(tmp_path)], stdout=subprocess.PIPE, check=False)
    return int(run.stdout)


def test_the_terraform_of_a_killed_run_is_waited_for(tmp_path: Path, orphan: int) -> None:
    said: list[str] = []
    killed = threading.Event()

    def kill() -> None:
        killed.set()
        os.kill(orphan, 9)

    threading.Timer(0.5, kill).start()
    with DirectoryWorkspaces(tmp_path, said.append).open(EXAMPLE):
        assert killed.is_set()
    (line,) = said
    assert "an earlier run was killed" in line


def test_a_run_that_lives_is_not_waited_for(tmp_path: Path) -> None:
    said: list[str] = []
    workspaces = DirectoryWorkspaces(tmp_path, said.append)
    with workspaces.open(EXAMPLE), pytest.raises(ProvisionerError) as caught, workspaces.open(EXAMPLE):
        pytest.fail("two hold it")
    assert (caught.value.code, said) == ("domain_busy", [])
    assert str(os.getpid()) in caught.value.message


def test_a_domain_is_free_again_even_when_a_child_inherited_its_lock(tmp_path: Path) -> None:
    workspaces = DirectoryWorkspaces(tmp_path)
    with workspaces.open(EXAMPLE):
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        with workspaces.open(EXAMPLE) as workspace:
            assert workspace.recall() is None
    finally:
        child.kill()
        child.wait()
