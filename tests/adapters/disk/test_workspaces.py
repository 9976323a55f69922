"""One directory per domain."""

import json
import re
import stat
from pathlib import Path

import pytest

from provisioner.adapters.disk.workspaces import DirectoryWorkspaces, DomainWorkspace
from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import Request
from provisioner.core.credentials.rotation import Stage
from provisioner.core.mail_domain.standing import ALL_GOOD, DomainStanding
from provisioner.core.spf.merge import Part
from provisioner.core.standing import Grade, Standing
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError

EXAMPLE = DomainName.parse("example.com")
OTHER = DomainName.parse("example.org")
REMEMBERED = Remembered(Request.parse("us-east-1", customer="Ada"), None)
LONGEST = DomainName.of_ascii(".".join(["a" * 62, "b" * 62, "c" * 61, "d" * 61, "com"]))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def workspaces(home: Path) -> DirectoryWorkspaces:
    return DirectoryWorkspaces(home)


def provision(workspaces: DirectoryWorkspaces, domain: DomainName) -> DomainWorkspace:
    with workspaces.open(domain) as workspace:
        workspace.remember(REMEMBERED)
        return workspace


def test_what_was_asked_is_remembered(workspaces: DirectoryWorkspaces) -> None:
    assert provision(workspaces, EXAMPLE).recall() == REMEMBERED


def test_the_workspace_is_for_its_owner_only(workspaces: DirectoryWorkspaces, home: Path) -> None:
    provision(workspaces, EXAMPLE)
    directory = home / "domains" / "example.com"
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((directory / "request.json").stat().st_mode) == 0o600


def test_a_name_of_the_greatest_length_has_a_workspace(workspaces: DirectoryWorkspaces) -> None:
    assert len(LONGEST.ascii) == 253
    assert provision(workspaces, LONGEST).recall() == REMEMBERED


def test_a_domain_of_which_nothing_came_leaves_no_directory(workspaces: DirectoryWorkspaces, home: Path) -> None:
    with workspaces.open(EXAMPLE):
        pass
    assert list((home / "domains").iterdir()) == []


def test_a_directory_with_anything_in_it_stays(workspaces: DirectoryWorkspaces, home: Path) -> None:
    with workspaces.open(EXAMPLE) as workspace:
        workspace.write_root({"main.tf": "# made\n"})
    assert (home / "domains" / "example.com" / "main.tf").read_text() == "# made\n"


def test_only_domains_that_were_asked_for_are_listed_by_name(workspaces: DirectoryWorkspaces) -> None:
    provision(workspaces, OTHER)
    provision(workspaces, EXAMPLE)
    with workspaces.open(DomainName.parse("example.net")) as planned:
        planned.write_root({"main.tf": ""})
    assert [space.domain for space in workspaces.all()] == [EXAMPLE, OTHER]


def test_a_home_that_does_not_exist_lists_nothing_and_is_not_made(workspaces: DirectoryWorkspaces, home: Path) -> None:
    assert list(workspaces.all()) == []
    assert workspaces.peek(EXAMPLE) is None
    assert not home.exists()


def test_a_domain_can_be_looked_at_once_it_was_asked_for(workspaces: DirectoryWorkspaces) -> None:
    provision(workspaces, EXAMPLE)
    seen = workspaces.peek(EXAMPLE)
    assert seen is not None
    assert seen.recall() == REMEMBERED
    assert workspaces.peek(OTHER) is None


def test_a_damaged_request_is_said_and_left_as_it_is(workspaces: DirectoryWorkspaces) -> None:
    path = provision(workspaces, EXAMPLE).path / "request.json"
    path.write_text("{")
    with workspaces.open(EXAMPLE) as workspace, pytest.raises(ProvisionerError, match=re.escape(str(path))) as caught:
        workspace.recall()
    assert caught.value.code == "corrupt_request"
    assert path.read_text() == "{"


def test_files_of_the_root_that_did_not_change_are_not_written_again(workspaces: DirectoryWorkspaces) -> None:
    with workspaces.open(EXAMPLE) as workspace:
        workspace.write_root({"main.tf": "# one\n", "terraform.tfvars.json": "{}\n"})
        before = {path.name: path.stat().st_ino for path in workspace.path.iterdir()}
        workspace.write_root({"main.tf": "# two\n", "terraform.tfvars.json": "{}\n"})
        after = {path.name: path.stat().st_ino for path in workspace.path.iterdir()}
        assert (workspace.path / "main.tf").read_text() == "# two\n"
    assert after["terraform.tfvars.json"] == before["terraform.tfvars.json"]
    assert after["main.tf"] != before["main.tf"]


@pytest.mark.parametrize(
    ("state", "expected"),
    [(None, False), ({"version": 4, "resources": []}, False), ({"version": 4, "resources": [{"type": "x"}]}, True)],
)
def test_a_state_counts_when_it_holds_resources(
    workspaces: DirectoryWorkspaces, state: dict[str, object] | None, expected: bool
) -> None:
    with workspaces.open(EXAMPLE) as workspace:
        if state is not None:
            (workspace.path / "terraform.tfstate").write_text(json.dumps(state))
        workspace.discard_if_unused()
        assert workspace.path.exists() is expected


def test_a_damaged_state_is_not_taken_for_an_empty_one(workspaces: DirectoryWorkspaces) -> None:
    with workspaces.open(EXAMPLE) as workspace:
        (workspace.path / "terraform.tfstate").write_text("{")
        with pytest.raises(ProvisionerError) as caught:
            workspace.discard_if_unused()
        assert caught.value.code == "corrupt_state"
        assert (workspace.path / "terraform.tfstate").read_text() == "{"


@pytest.mark.parametrize("text", ["", "\n"])
def test_a_state_that_terraform_only_began_is_an_empty_one(workspaces: DirectoryWorkspaces, text: str) -> None:
    with workspaces.open(EXAMPLE) as workspace:
        (workspace.path / "terraform.tfstate").write_text(text)
        assert workspace.salvage() == []
        workspace.discard_if_unused()
        assert not workspace.path.exists()


def test_a_plan_of_an_unknown_domain_leaves_nothing(workspaces: DirectoryWorkspaces, home: Path) -> None:
    with workspaces.open(EXAMPLE) as workspace:
        workspace.write_root({"main.tf": ""})
        workspace.discard_if_unused()
    assert not (home / "domains" / "example.com").exists()


@pytest.mark.parametrize("kept", ["request.json", "terraform.tfstate"])
def test_a_plan_of_a_known_domain_leaves_what_is_there(workspaces: DirectoryWorkspaces, home: Path, kept: str) -> None:
    with workspaces.open(EXAMPLE) as workspace:
        documents = {"request.json": REMEMBERED.to_document(), "terraform.tfstate": {"resources": [{}]}}
        (workspace.path / kept).write_text(json.dumps(documents[kept]))
        workspace.discard_if_unused()
    assert (home / "domains" / "example.com" / kept).exists()


def test_a_destroyed_domain_is_gone_with_all_of_its_files(workspaces: DirectoryWorkspaces, home: Path) -> None:
    provision(workspaces, EXAMPLE)
    with workspaces.open(EXAMPLE) as workspace:
        (workspace.path / "logs").mkdir()
        (workspace.path / "logs" / "plan.log").write_text("log")
        workspace.remove()
        workspace.remove()
    assert not (home / "domains" / "example.com").exists()
    assert workspaces.peek(EXAMPLE) is None


def test_a_home_below_a_regular_file_is_said(home: Path) -> None:
    home.write_text("not a directory")
    with pytest.raises(ProvisionerError, match="Not a directory"), DirectoryWorkspaces(home).open(EXAMPLE):
        pytest.fail("there is no directory to hold")


def test_a_request_that_the_version_before_wrote_is_read(workspaces: DirectoryWorkspaces) -> None:
    written = """{
  "version": 1,
  "region": "eu-west-1",
  "zone": "adopt",
  "contact": "ann@example.com",
  "customer": "Bäckerei Müller",
  "mail_from": "bounce",
  "dmarc": null,
  "dmarc_rua": null,
  "delegation_set": null,
  "spf": "merge",
  "tags": {
    "Team": "web"
  },
  "senders": {},
  "resolved_zone": {
    "mode": "adopted",
    "name": "example.com",
    "id": "Z123"
  },
  "dmarc_inherited": false,
  "dmarc_theirs": true,
  "spf_part": "term"
}
"""
    path = provision(workspaces, EXAMPLE).path / "request.json"
    path.write_text(written, encoding="utf-8")
    with workspaces.open(EXAMPLE) as workspace:
        remembered = workspace.recall()
        assert remembered is not None
        assert remembered.request.customer == "Bäckerei Müller"
        zone = ResolvedZone(ResolvedMode.ADOPTED, "example.com", "Z123")
        assert remembered.decisions == Decisions(zone, False, True, Part.TERM)
        workspace.remember(remembered)
    new = {'"version": 1,': '"account": null,\n  "zone_id": null,', '"spf": "merge",': '"tls": "require",'}
    new['"senders": {},'] = '"permissions_boundary": "none",\n  "ignore_tags": "none",'
    for before, after in new.items():
        written = written.replace(before, f"{before}\n  {after}")
    assert path.read_text(encoding="utf-8") == written


def test_how_a_domain_stands_is_noted(workspaces: DirectoryWorkspaces) -> None:
    workspace = provision(workspaces, EXAMPLE)
    assert workspace.noted_standing() is None
    paused = DomainStanding(Standing(Grade.PAUSED, None, "spam"), {"shop": Standing(Grade.PAUSED)})
    workspace.note_standing(paused)
    assert workspace.noted_standing() == paused


@pytest.mark.parametrize("text", ["{", "[]", '{"enabled": false, "since": "yesterday"}'])
def test_a_note_that_cannot_be_read_says_nothing_and_is_written_again(
    workspaces: DirectoryWorkspaces, text: str
) -> None:
    workspace = provision(workspaces, EXAMPLE)
    (workspace.path / "standing.json").write_text(text)
    assert workspace.noted_standing() is None
    workspace.note_standing(ALL_GOOD)
    assert workspace.noted_standing() == ALL_GOOD


def test_who_has_two_keys_is_noted_until_nobody_has(workspaces: DirectoryWorkspaces, home: Path) -> None:
    user, shop = SmtpUser(EXAMPLE), SmtpUser(EXAMPLE, "shop")
    with workspaces.open(EXAMPLE) as workspace:
        workspace.note_rotation(user, Stage.NONE)
        assert workspace.noted_rotations() == {}
        workspace.note_rotation(user, Stage.PREPARED)
        workspace.note_rotation(shop, Stage.RETIRING)
        workspace.note_rotation(user, Stage.CONFIRMED)
        assert workspace.noted_rotations() == {None: Stage.CONFIRMED, "shop": Stage.RETIRING}
        workspace.note_rotation(user, Stage.DONE)
        workspace.note_rotation(shop, Stage.NONE)
        assert workspace.noted_rotations() == {}
    assert not (home / "domains" / "example.com").exists()


@pytest.mark.parametrize("text", ["{", '["x"]', '{"": "begun"}', '{"": ["prepared"]}'])
def test_a_note_of_rotations_that_cannot_be_read_says_nothing_and_is_written_again(
    workspaces: DirectoryWorkspaces, text: str
) -> None:
    with workspaces.open(EXAMPLE) as workspace:
        (workspace.path / "rotations.json").write_text(text)
        assert workspace.noted_rotations() == {}
        workspace.note_rotation(SmtpUser(EXAMPLE), Stage.PREPARED)
        assert workspace.noted_rotations() == {None: Stage.PREPARED}
