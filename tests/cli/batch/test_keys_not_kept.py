"""A batch in which new keys could be neither stored nor deleted: their passwords are on its stdout and nowhere else."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fakes.world import World

from provisioner.adapters.disk.runs import DirectoryRuns
from provisioner.core.credentials.password import derive
from provisioner.errors import Interrupted
from provisioner.ports.batch import BatchEdges

Cli = Callable[..., Any]

PASSWORD = derive("some+secret+key", "us-east-1")
REPORTS = ("--report", "r.json", "--report", "r.csv", "--report", "r.html")
NAMES = ("example.com", "example.org")


@pytest.fixture
def batch(cli: Cli, in_memory: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run `batch` over a store and an IAM that fail, with its journal on disk."""
    edges = BatchEdges(in_memory.edges, in_memory.inventory, DirectoryRuns(home))
    monkeypatch.setattr("provisioner.wiring.worlds.open_batch", lambda *_, **__: nullcontext(edges))
    in_memory.store.breaks_on_save()
    in_memory.aws.deletes_no_key()
    Path("two.yaml").write_text("domains: [example.com, example.org]")
    return lambda *arguments: cli("batch", *arguments)


@pytest.fixture
def written(tmp_path: Path) -> Callable[[], str]:
    """Return all that was written to any file."""
    return lambda: "".join(
        path.read_bytes().decode("utf-8", "replace") for path in tmp_path.rglob("*") if path.is_file()
    )


def test_each_is_told_behind_the_report(batch: Cli, in_memory: World, written: Callable[[], str]) -> None:
    told = batch("two.yaml", *REPORTS)
    assert told.code == 4
    assert told.out.count("This SMTP credential works, is stored nowhere, and is shown this once:\n") == 2
    for name in NAMES:
        (key,) = in_memory.aws.keys(name)
        assert f"  domain: {name}\n" in told.out
        assert f"  user_name: {key.id}\n  password: {PASSWORD}\n" in told.out
        assert (
            f"  next: once file:credentials/{name}/smtp.json can be written, `provisioner new-domain {name}`"
            in told.out
        )
    assert PASSWORD not in told.err + written()
    assert "key_not_kept" in written()


def test_with_json_each_is_at_its_domain(batch: Cli, cli: Cli, in_memory: World, written: Callable[[], str]) -> None:
    told = batch("two.yaml", "--json", *REPORTS)
    entries = {entry["domain"]: entry["error"]["credential"] for entry in told.document["domains"]}
    assert {name: entry["user_name"] for name, entry in entries.items()} == {
        name: in_memory.aws.keys(name)[0].id for name in NAMES
    }
    assert {entry["password"] for entry in entries.values()} == {PASSWORD}
    assert PASSWORD not in told.err + written()
    jsonschema.Draft202012Validator(cli("schema", "report").document).validate(told.document)


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_the_same_command_goes_on_once_all_works(batch: Cli, in_memory: World, more: tuple[str, ...]) -> None:
    assert batch("two.yaml", *more).code == 4
    in_memory.store.works()
    in_memory.aws.deletes_keys()
    done = batch("--resume", *more)
    assert (done.code, PASSWORD in done.out) == (0, False)
    assert [len(in_memory.aws.keys(name)) for name in NAMES] == [1, 1]


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_who_wants_no_secret_gets_none(batch: Cli, more: tuple[str, ...]) -> None:
    told = batch("two.yaml", "--no-secret", *more)
    assert told.out.count("was made, and could neither be stored") == 2
    assert PASSWORD not in told.out + told.err


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_report_that_cannot_be_written_does_not_hide_them(
    batch: Cli, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    def full(*_: object) -> None:
        raise Interrupted("interrupted", "interrupted while writing")

    monkeypatch.setattr("provisioner.adapters.disk.batch_reports.BatchReports.write", full)
    told = batch("two.yaml", *REPORTS, *more)
    assert told.code == 130
    assert told.out.count(PASSWORD) == 2
    if more:
        assert {one["domain"] for one in told.document["error"]["credentials"]} == set(NAMES)


def test_a_merge_of_what_the_command_printed_forgets_them(batch: Cli, cli: Cli, written: Callable[[], str]) -> None:
    for index in range(2):
        shard = batch("two.yaml", "--shard", f"{index}/2", "--run", "n", "--json")
        Path(f"{index}.json").write_text(shard.out)
    assert PASSWORD in written()
    merged = cli("batch", "merge", "0.json", "1.json", "--json", "--report", "all.json")
    assert {entry["error"]["code"] for entry in merged.document["domains"]} == {"key_not_kept"}
    assert PASSWORD not in merged.out + Path("all.json").read_text()
    assert len(json.loads(Path("all.json").read_text())["domains"]) == len(NAMES)
