"""Where a state was kept and where it is to be kept, for the command that moves it."""

import json
from pathlib import Path

import pytest

from provisioner.adapters.assets import find_assets
from provisioner.adapters.templates import RootTemplates, parse_state_url
from provisioner.adapters.terraform.state_places import place_before, place_now
from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.request import Request
from provisioner.core.mail_domain.spec import spec_of
from provisioner.core.values.domain import DomainName

KEY = "domains/example.com/terraform.tfstate"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "domains" / "example.com"
    (made / ".terraform").mkdir(parents=True)
    return made


def initialised(root: Path, **config: str | None) -> None:
    backend = {"type": "s3", "config": config}
    (root / ".terraform/terraform.tfstate").write_text(json.dumps({"version": 3, "backend": backend}))


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"bucket": "states", "key": KEY, "region": None}, "s3://states"),
        ({"bucket": "states", "key": f"mail/x/{KEY}", "region": "us-east-1"}, "'s3://states/mail/x?region=us-east-1'"),
        ({"bucket": "states", "key": "somewhere/else.tfstate"}, "..."),
        ({"bucket": None, "key": KEY}, "..."),
    ],
)
def test_terraform_notes_where_the_state_was(root: Path, config: dict[str, str | None], place: str) -> None:
    initialised(root, **config)
    assert place_before(root) == place


def test_a_root_without_a_note_was_local(root: Path) -> None:
    assert place_before(root) == "local"


@pytest.mark.parametrize("note", ["{", "[]", '{"backend": null}', '{"backend": {"type": "s3", "config": null}}'])
def test_a_note_that_cannot_be_read_is_passed_by(root: Path, note: str) -> None:
    (root / ".terraform/terraform.tfstate").write_text(note)
    assert place_before(root) == "..."


@pytest.mark.parametrize("place", ["local", "s3://states", "s3://states/mail/x?region=eu-west-1"])
def test_the_roots_own_files_say_where_it_is_now(root: Path, place: str) -> None:
    assets, domain = find_assets(), DomainName.parse(root.name)
    decisions = Decisions(ResolvedZone(ResolvedMode.EXTERNAL, domain.ascii, None), dmarc_inherited=False)
    spec = spec_of(domain, Request.parse("us-east-1"), decisions, None)
    files = RootTemplates(assets.templates, assets.modules, parse_state_url(place)).root(spec)
    (root / "main.tf").write_text(files["main.tf"])
    assert place_now(root).strip("'") == place
