"""Every command that knows `--dry-run`: exit 3 when there are changes, 0 when there are none; nothing is changed."""

import copy
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.buckets import FakeBuckets
from fakes.stores import FakeStore
from fakes.world import World
from program import every_command, options_of

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.store_kind import StoreKind
from provisioner.core.states.bucket import BucketSettings

Cli = Callable[..., Any]

REGION = "us-east-1"

CHANGING = {  # of the command, over a world in which example.com is provisioned: a line with changes, one without
    "new-domain": ("new-domain example.com --dmarc reject", "new-domain example.com"),
    "destroy-domain": ("destroy-domain example.com", None),
    "batch run": ("batch changed.yaml", "batch same.yaml"),
    "dmarc set": ("dmarc set example.com --policy reject", "dmarc set example.com --policy none"),
    "dmarc tidy": ("dmarc tidy theirs.com", "dmarc tidy example.com"),
    "dmarc advance": ("dmarc advance example.com --force", "dmarc advance reject.com --force"),
    "pause": ("pause example.com", "pause theirs.com"),
    "resume": ("resume theirs.com", "resume example.com"),
    "account request-production": (
        "account request-production --website example.com --region eu-west-1",
        "account request-production --website example.com",
    ),
    "suppression add": (
        "suppression add new@example.net --reason BOUNCE",
        "suppression add gone@example.net --reason BOUNCE",
    ),
    "suppression remove": ("suppression remove gone@example.net", "suppression remove new@example.net"),
    "sender add": ("sender add example.com news=letter", "sender add shop.com shop=orders"),
    "sender remove": ("sender remove shop.com shop", "sender remove shop.com news"),
    "sender pause": ("sender pause shop.com shop", "sender pause shop.com scanner"),
    "sender resume": ("sender resume shop.com scanner", "sender resume shop.com shop"),
    "credentials move": ("credentials move --to ssm", "credentials move reject.com --to ssm"),
    "credentials rotate": ("credentials rotate example.com --prepare", "credentials rotate example.com --cancel"),
    "account bootstrap": ("account bootstrap --bucket new-states", "account bootstrap --bucket our-states"),
}

# These have a world of their own, and their dry runs are tested there: tests/cli/audit.
OF_THE_AUDIT = {"audit collect", "audit import", "audit deploy", "audit destroy"}


@pytest.fixture
def world_of_changes(cli: Cli, in_memory: World, provisioned: SmtpCredential, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world with something to change for each command, and with something that is as it should be."""
    world, buckets = in_memory, FakeBuckets()
    buckets.create("our-states", REGION)
    buckets.kept["our-states"] = BucketSettings().wanted("our-states", "aws")
    monkeypatch.setattr("provisioner.wiring.states.state_buckets", lambda _: buckets)
    monkeypatch.setattr("provisioner.wiring.worlds.open_batch", lambda *_, **__: nullcontext(world.batch))
    assert cli("new-domain", "reject.com", "--dmarc", "reject").code == 0
    assert cli("new-domain", "theirs.com", "--zone", "external").code == 0
    assert cli("new-domain", "shop.com", "--sender", "shop=orders", "--sender", "scanner=scan").code == 0
    assert cli("pause", "shop.com", "--sender", "scanner").code == 0
    ssm = FakeStore("ssm")
    ssm.kept["reject.com"] = world.store.kept.pop("reject.com")
    stores = {StoreKind.FILE: world.store, StoreKind.SSM: ssm}
    monkeypatch.setattr("provisioner.wiring.stores.open_store", lambda _, kind: stores[kind])
    world.aws.paused_sets.add("theirs-com")
    world.suppression.has("gone@example.net")
    world.aws.sandboxes.add("eu-west-1")
    world.aws.ses = replace(world.aws.ses, suppressed_reasons=("BOUNCE", "COMPLAINT"))
    world.resolver.answers("_dmarc.theirs.com", "TXT", "v=DMARC1; p=none; ruf=mailto:a@theirs.com")
    Path("changed.yaml").write_text("domains: [example.com, new.com]")
    Path("same.yaml").write_text("domains: [example.com]")
    return world


def standing(world: World) -> Any:
    kept = {name: space.kept for name, space in world.workspaces.spaces.items() if space.kept}
    aws = world.aws
    kept_on_aws = (aws.sets, aws.identities, aws.user_tags, aws.paused_sets, aws.documents, aws.access_keys)
    of_account = (world.suppression.entries, world.sending.requests)
    return copy.deepcopy((kept_on_aws, of_account, list(world.store.kept), world.store.beside, kept))


def test_the_table_names_every_command_that_knows_a_dry_run() -> None:
    assert {name for name, command in every_command() if "--dry-run" in options_of(command)} == {
        *CHANGING,
        *OF_THE_AUDIT,
    }


@pytest.mark.parametrize("command", CHANGING)
def test_a_dry_run_exits_with_3_when_there_are_changes_and_makes_none(
    cli: Cli, world_of_changes: World, command: str
) -> None:
    before = standing(world_of_changes)
    outcome = cli(*CHANGING[command][0].split(), "--dry-run")
    assert outcome.code == 3, outcome.err
    assert outcome.out
    assert cli(*CHANGING[command][0].split(), "--dry-run", "--json").code == 3
    assert standing(world_of_changes) == before


@pytest.mark.parametrize("command", [command for command, (_, same) in CHANGING.items() if same])
def test_a_dry_run_exits_with_0_when_there_is_nothing_to_change(
    cli: Cli, world_of_changes: World, command: str
) -> None:
    outcome = cli(*str(CHANGING[command][1]).split(), "--dry-run")
    assert outcome.code == 0, outcome.err + outcome.out
