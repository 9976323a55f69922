"""`batch` from the arguments to the exit code, over the world in memory."""

import json
import re
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from fakes.world import World

from provisioner.adapters.disk.runs import DirectoryRuns
from provisioner.cli.batch.options import with_run
from provisioner.core.account.stock import Kind
from provisioner.ports.batch import BatchEdges

Cli = Callable[..., Any]


@pytest.fixture
def batch(cli: Cli, in_memory: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run `batch` over the world in memory, with its journal on disk, one domain after the other."""
    edges = BatchEdges(in_memory.edges, in_memory.inventory, DirectoryRuns(home))
    monkeypatch.setattr("provisioner.wiring.worlds.open_batch", lambda _settings, _progress, **_: nullcontext(edges))
    return lambda *arguments: cli("batch", *arguments, "--parallelism", "1")


@pytest.fixture
def manifest() -> Callable[[str], str]:
    """Write a manifest into the working directory."""

    def write(text: str, name: str = "m.yaml") -> str:
        Path(name).write_text(text)
        return name

    return write


GOOD = "domains: [a.com, b.com]"
MIXED = "domains: [a.com, {domain: b.com, zone: adopt}, c.com]"


def statuses(document: Any) -> dict[str, str]:
    return {entry["domain"]: entry["status"] for entry in document["domains"]}


def test_a_batch_prints_one_document_and_exits_with_0(batch: Cli, manifest: Any) -> None:
    outcome = batch(manifest(GOOD), "--json")
    assert outcome.code == 0
    assert statuses(outcome.document) == {"a.com": "provisioned", "b.com": "provisioned"}


def test_a_batch_of_which_some_failed_exits_with_4_and_names_them(batch: Cli, manifest: Any) -> None:
    outcome = batch(manifest(MIXED))
    assert outcome.code == 4
    assert "b.com FAILED: this account has no public hosted zone" in outcome.out
    assert re.search(r"run \S+: 2 provisioned, 1 failed in", outcome.out)
    assert "3 domains: about" in outcome.err
    assert "b.com: failed after" in outcome.err


def test_passwords_that_go_with_the_container_are_told_before_they_are_made(
    batch: Cli, manifest: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [f"passwords go, {printed=}" for printed in (True, False)]
    monkeypatch.setattr("provisioner.wiring.container.ephemeral_notice", lambda _, *, printed: told[not printed])
    assert f"warning: {told[1]}\n" in batch(manifest(GOOD), "--quiet").err
    assert told[1] not in batch(manifest(GOOD), "--dry-run").err


@pytest.mark.parametrize("words", [("--resume",), ("--resume", "latest"), ("--resume=latest",), ("--only-failed",)])
def test_resume_needs_no_manifest_and_does_what_is_left(
    batch: Cli, manifest: Any, in_memory: World, words: tuple[str, ...]
) -> None:
    assert batch(manifest(MIXED)).code == 4
    in_memory.aws.has_zone("b.com")
    outcome = batch(*words, "--json")
    assert outcome.code == 0
    assert statuses(outcome.document) == dict.fromkeys(("a.com", "b.com", "c.com"), "provisioned")
    assert in_memory.terraform.applied == 3


def test_a_named_run_is_begun_and_then_continued(batch: Cli, manifest: Any, in_memory: World, home: Path) -> None:
    for _ in range(2):
        assert batch(manifest(GOOD), "--run", "nightly").code == 0
    assert in_memory.terraform.applied == 2
    assert {path.name for path in (home / "runs" / "nightly").iterdir()} == {
        "journal.jsonl",
        "input.json",
        "report.json",
    }


def test_each_shard_has_a_run_of_its_own_and_merge_makes_one_report(batch: Cli, cli: Cli, manifest: Any) -> None:
    name = manifest("domains: [" + ", ".join(f"d{number}.com" for number in range(9)) + "]")
    for index in range(3):
        assert batch(name, "--run", "n", "--shard", f"{index}/3").code == 0
    outcome = cli("batch", "merge", *(f"n.{index}-of-3" for index in range(3)), "--json", "--report", "all.html")
    assert outcome.code == 0
    assert len(outcome.document["domains"]) == 9
    assert "<!doctype html>" in Path("all.html").read_text()
    missing = cli("batch", "merge", "n.0-of-3", "n.2-of-3", "--json")
    assert (missing.code, missing.error["code"]) == (3, "shards_incomplete")


def test_an_indexed_job_does_its_shard(batch: Cli, manifest: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOB_COMPLETION_INDEX", "1")
    assert batch(manifest(GOOD), "--json").error["code"] == "shard_total_unknown"
    outcome = batch(manifest(GOOD), "--json", "--shards", "2", "--run", "n")
    assert outcome.document["shard"] == {"index": 1, "total": 2}
    assert outcome.document["run"] == "n.1-of-2"


def test_resume_of_a_shard_knows_its_shard(batch: Cli, manifest: Any) -> None:
    batch(manifest(GOOD), "--run", "n", "--shard", "1/2")
    assert batch("--resume", "--json").document["shard"] == {"index": 1, "total": 2}


def test_reports_are_written_in_every_format(batch: Cli, manifest: Any, in_memory: World) -> None:
    assert batch(manifest(GOOD), "--report", "r.json", "--report", "r.csv", "--report", "r.html").code == 0
    assert statuses(json.loads(Path("r.json").read_text())) == {"a.com": "provisioned", "b.com": "provisioned"}
    secrets = [credential.password.reveal() for credential in in_memory.store.kept.values()]
    for name in ("r.json", "r.csv", "r.html"):
        assert not any(secret in Path(name).read_text() for secret in secrets)


def test_a_dry_run_prints_a_line_per_domain_and_leaves_nothing(
    batch: Cli, manifest: Any, home: Path, in_memory: World
) -> None:
    outcome = batch(manifest(MIXED), "--dry-run")
    assert outcome.code == 4
    assert re.search(r"a\.com +13 +0 +0 +0 +created", outcome.out)
    planned = batch(manifest(GOOD), "--dry-run", "--json")
    assert planned.code == 3
    document = planned.document
    assert [len(entry["plan"]) for entry in document["domains"]] == [14, 14]  # the access key too
    assert document["preflight"]["quotas"][0]["kind"] == "hosted zones"
    assert document["preflight"]["estimate"]["monthly_dollars"] == 1.0
    assert in_memory.aws.zones == []
    assert not (home / "runs").exists()


def test_a_dry_run_tells_what_changes_with_its_value_before_and_after(
    batch: Cli, manifest: Any, in_memory: World
) -> None:
    assert batch(manifest(GOOD)).code == 0
    unchanged = batch(manifest(GOOD), "--dry-run")
    assert unchanged.code == 0
    assert "->" not in unchanged.out
    outcome = batch(manifest("domains: [{domain: a.com, dmarc: reject}, b.com, c.com]"), "--dry-run")
    assert outcome.code == 3
    assert re.search(r"^a\.com\n  ~ .*p=none.* -> .*p=reject", outcome.out, re.MULTILINE)
    assert "  + " not in outcome.out
    in_memory.aws.access_keys["b.com"] = []
    assert "b.com\n  + access key of IAM user b.com" in batch(manifest("domains: [b.com]"), "--dry-run").out
    assert "c.com\n  + " in batch(manifest("domains: [c.com]"), "--dry-run", "--verbose").out


def test_what_lacks_our_tags_is_taken_over_when_the_hint_is_followed(
    batch: Cli, manifest: Any, in_memory: World
) -> None:
    in_memory.aws.has_identity("a.com")
    refused = batch(manifest(GOOD), "--json")
    assert refused.code == 4
    assert "--take-over" in refused.document["domains"][0]["error"]["hint"]
    assert batch("--resume", "--take-over").code == 0
    assert batch(manifest(GOOD), "--dry-run").code == 0


def test_a_hint_of_a_batch_names_the_field_of_the_manifest(batch: Cli, manifest: Any) -> None:
    (_, failed, _) = batch(manifest(MIXED), "--json").document["domains"]
    assert failed["error"]["hint"].endswith("(in a manifest: `zone`)")


def test_a_manifest_takes_back_what_is_null_in_it(batch: Cli, cli: Cli, manifest: Any) -> None:
    assert batch(manifest("domains: [{domain: a.com, customer: Ada, senders: {shop: orders}, tags: {T: x}}]")).code == 0
    assert batch(manifest("domains: [a.com]")).code == 0
    assert cli("show", "a.com", "--json").document["customer"] == "Ada"
    assert batch(manifest("domains: [{domain: a.com, customer: ~, senders: ~, tags: ~}]")).code == 0
    shown = cli("show", "a.com", "--json").document
    assert (shown["customer"], shown["tags"], len(shown["senders"])) == (None, {}, 1)


def test_an_account_without_room_is_refused_unless_told_otherwise(batch: Cli, manifest: Any, in_memory: World) -> None:
    in_memory.inventory.has(Kind.ZONES, set(), limit=1)
    outcome = batch(manifest(GOOD), "--json")
    assert (outcome.code, outcome.error["code"]) == (5, "quota_exceeded")
    assert in_memory.aws.zones == []
    assert batch(manifest(GOOD), "--ignore-quotas").code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("none.yaml",), "no_manifest"),
        ((), "no_manifest"),
        (("--resume",), "no_such_run"),
        (("--resume", "--run", "x"), "no_such_run"),
        (("m.yaml", "--report", "r.pdf"), "invalid_report"),
        (("m.yaml", "--shard", "3/3"), "invalid_shard"),
        (("m.yaml", "--api-rate", "s3=1"), "invalid_rate"),
        (("m.yaml", "--timeout", "soon"), "invalid_duration"),
        (("m.yaml", "--run", "../x"), "invalid_run"),
        (("bad.yaml",), "invalid_manifest"),
    ],
)
def test_bad_input_touches_nothing(
    batch: Cli, manifest: Any, in_memory: World, arguments: tuple[str, ...], code: str
) -> None:
    manifest(GOOD)
    manifest("domains: [a.com, {domain: b.com, dmarcc: reject}]", "bad.yaml")
    outcome = batch(*arguments, "--json")
    assert (outcome.code, outcome.error["code"]) == (2, code)
    assert in_memory.aws.zones == []


def test_credentials_of_a_run_are_exported_together(batch: Cli, cli: Cli, manifest: Any, in_memory: World) -> None:
    cli("new-domain", "other.com")
    batch(manifest(MIXED))
    exported = cli("credentials", "export", "--run", "latest").document["credentials"]
    assert [entry["domain"] for entry in exported] == ["a.com", "c.com"]
    assert exported[0]["password"] == in_memory.store.kept["a.com"].password.reveal()
    assert len(cli("credentials", "export", "--run", "latest", "--format", "csv").out.splitlines()) == 3
    assert cli("credentials", "export", "a.com", "--run", "latest", "--json").error["code"] == "run_or_domains"


def test_credentials_of_a_run_hold_those_of_its_senders(batch: Cli, cli: Cli, manifest: Any) -> None:
    batch(manifest("domains: [{domain: a.com, senders: {shop: orders}}, b.com]"))
    exported = cli("credentials", "export", "--run", "latest").document["credentials"]
    assert [(entry["domain"], entry["sender"]) for entry in exported] == [
        ("a.com", None),
        ("a.com", "shop"),
        ("b.com", None),
    ]
    (shop,) = cli("credentials", "export", "--run", "latest", "--sender", "shop").document["credentials"]
    assert shop["iam_user"] == "a.com+shop"
    batch(manifest("domains: [{domain: a.com, senders: {shop: orders}}]"))
    own = cli("credentials", "export", "--run", "latest", "--format", "env").out
    assert f"SMTP_USERNAME={exported[0]['user_name']}\n" in own


def test_resuming_does_a_domain_again_whose_senders_changed(batch: Cli, manifest: Any, in_memory: World) -> None:
    batch(manifest("domains: [{domain: a.com, senders: {shop: orders}}, b.com]"))
    assert batch(manifest("domains: [{domain: a.com, senders: {fax: fax}}, b.com]"), "--resume").code == 0
    assert set(in_memory.store.kept) == {"a.com", "a.com+fax", "a.com+shop", "b.com"}


def test_schemas_are_printed(cli: Cli) -> None:
    assert cli("schema", "manifest").document["properties"]["domains"]["minItems"] == 1
    assert cli("schema", "report").document["properties"]["version"] == {"const": 1}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["--resume"], ["--resume"]),
        (["--resume", "m.yaml"], ["--resume", "m.yaml"]),
        (["--resume", "20260101-120000-ab12"], ["--resume", "--run", "20260101-120000-ab12"]),
        (["--resume", "20260101-120000-ab12.0-of-3"], ["--resume", "--run", "20260101-120000-ab12.0-of-3"]),
        (["--resume=x", "m.yaml"], ["--resume", "--run", "x", "m.yaml"]),
        (["--run", "latest"], ["--run", "latest"]),
    ],
)
def test_resume_takes_a_run_where_it_can_be_nothing_else(given: list[str], read: list[str]) -> None:
    assert with_run(given) == read


@pytest.mark.parametrize("steps", [("--prepare",), ("--prepare", "--confirm"), ("--prepare", "--confirm", "--retire")])
def test_a_batch_in_the_middle_of_a_rotation_changes_nothing(
    cli: Cli, batch: Cli, manifest: Any, in_memory: World, steps: tuple[str, ...]
) -> None:
    assert batch(manifest(GOOD)).code == 0
    for step in steps:
        assert cli("credentials", "rotate", "a.com", step).code == 0
    were = {user: [(key.id, key.active) for key in keys] for user, keys in in_memory.aws.access_keys.items()}
    kept, beside = dict(in_memory.store.kept), {slot: dict(held) for slot, held in in_memory.store.beside.items()}
    outcome = batch(manifest(GOOD), "--json")
    assert outcome.code == 0
    assert statuses(outcome.document) == {"a.com": "unchanged", "b.com": "unchanged"}
    assert {user: [(key.id, key.active) for key in keys] for user, keys in in_memory.aws.access_keys.items()} == were
    assert (in_memory.store.kept, in_memory.store.beside) == (kept, beside)
    assert len(were["a.com"]) == 2
