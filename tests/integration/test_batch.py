"""Many domains in one run, by the real Terraform: a failure among them, resume, shards, interrupts, kill -9."""

import json
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from integration.harness import Ran, Site, wait_until

ONE_OF_EACH = {"zones": 1, "identities": 1, "sets": 1, "users": 1, "keys": 1}
NO_ZONE = ONE_OF_EACH | {"zones": 0}
SIX = """\
defaults: {dmarc: quarantine}
domains:
  - one.com
  - domain: two.com
    customer: Ada Lovelace
    tags: {Team: web}
  - {domain: three.com, zone: external}
  - {domain: four.com, zone: adopt}
  - {domain: five.com, zone: external, dmarc: reject}
  - {domain: six.com, zone: external}
"""


@dataclass(frozen=True)
class Batch:
    """Six domains of which one failed, and the run that completed them."""

    first: Ran
    resumed: Ran
    calls_between: Any
    reports: Path


@pytest.fixture(scope="module")
def batch(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """Run it once for the tests of the module."""
    where = tmp_path_factory.mktemp("batch")
    manifest = where / "six.yaml"
    manifest.write_text(SIX)
    reports = [option for kind in ("json", "csv", "html") for option in ("--report", str(where / f"r.{kind}"))]
    first = site.run("batch", str(manifest), "--parallelism", "6", "--json", *reports)
    site.make_zone("four.com")
    before = site.calls()["calls"]
    resumed = site.run("batch", "--resume", "--json")
    after = site.calls()["calls"]
    created = {name: after["iam"][name] - before["iam"][name] for name in ("CreateUser", "CreateAccessKey")}
    return Batch(first, resumed, created, where)


def statuses(ran: Ran) -> dict[str, str]:
    return {entry["domain"]: entry["status"] for entry in ran.document["domains"]}


def test_five_are_provisioned_and_the_sixth_fails_alone(batch: Batch) -> None:
    batch.first.expect(4)
    found = statuses(batch.first)
    assert list(found) == ["one.com", "two.com", "three.com", "four.com", "five.com", "six.com"]
    assert found.pop("four.com") == "failed"
    assert set(found.values()) == {"provisioned"}


def test_resume_does_the_one_that_was_left_and_nothing_else(batch: Batch) -> None:
    assert set(statuses(batch.resumed.expect(0)).values()) == {"provisioned"}
    assert batch.calls_between == {"CreateUser": 1, "CreateAccessKey": 1}
    assert batch.resumed.document["run"] == batch.first.document["run"]


def test_there_is_one_of_everything_afterwards(batch: Batch, site: Site) -> None:
    assert [site.owned(name) for name in ("one.com", "two.com", "four.com")] == [ONE_OF_EACH] * 3
    assert [site.owned(name) for name in ("three.com", "five.com", "six.com")] == [NO_ZONE] * 3


def test_the_options_of_the_manifest_arrive(batch: Batch, site: Site) -> None:
    assert "v=DMARC1; p=quarantine" in site.dns("_dmarc.one.com", "TXT")[0]
    shown = site.run("show", "five.com", "--json").expect(0).document
    assert (shown["dmarc"], shown["zone"]) == ("reject", "external")
    shown = site.run("show", "two.com", "--json").document
    assert (shown["customer"], shown["tags"]) == ("Ada Lovelace", {"Team": "web"})


def test_the_report_keeps_to_the_schema_that_is_published(batch: Batch, site: Site) -> None:
    schema = site.run("schema", "report").expect(0).document
    jsonschema.Draft202012Validator(schema).validate(json.loads((batch.reports / "r.json").read_text()))
    assert len((batch.reports / "r.csv").read_text().splitlines()) == 7
    page = (batch.reports / "r.html").read_text()
    server = batch.first.document["domains"][0]["name_servers"][0]
    assert server in page


def test_no_secret_is_anywhere_but_in_the_store_and_on_stdout_of_the_export(batch: Batch, site: Site) -> None:
    exported = site.run("credentials", "export", "--run", "latest").expect(0).document["credentials"]
    assert {entry["domain"] for entry in exported} == set(statuses(batch.resumed))
    secrets = [entry["password"] for entry in exported] + [site.secret_of(entry["user_name"]) for entry in exported]
    runs = [path for path in (site.home / "runs").rglob("*") if path.is_file()]
    reports = [path for path in batch.reports.iterdir() if path.is_file()]
    assert runs
    for path in (*runs, *reports):
        text = path.read_text()
        assert not any(secret in text for secret in secrets), path
    assert not any(secret in batch.first.stdout + batch.first.stderr for secret in secrets)


def test_a_credential_of_the_batch_can_send(batch: Batch, site: Site) -> None:
    exported = site.run("credentials", "export", "--run", "latest").document["credentials"]
    one = next(entry for entry in exported if entry["domain"] == "one.com")
    with site.login(one["user_name"], one["password"]) as client:
        assert client.noop()[0] == 250


def test_three_shards_as_three_processes_are_one_batch(site: Site, tmp_path: Path) -> None:
    names = [f"shard{number}.com" for number in range(6)]
    manifest = tmp_path / "m.json"
    manifest.write_text(json.dumps({"defaults": {"zone": "external"}, "domains": names}))

    def shard(index: int) -> Ran:
        variables = {"JOB_COMPLETION_INDEX": str(index)}
        return site.run("batch", str(manifest), "--shards", "3", "--run", "nightly", "--json", **variables)

    with ThreadPoolExecutor(3) as pool:
        parts = [ran.expect(0).document for ran in pool.map(shard, range(3))]
    done = [entry["domain"] for part in parts for entry in part["domains"]]
    assert sorted(done) == names
    merged = site.run("batch", "merge", *(f"nightly.{index}-of-3" for index in range(3)), "--json").expect(0).document
    assert sorted(entry["domain"] for entry in merged["domains"]) == names
    assert [site.owned(name) for name in names] == [NO_ZONE] * 6
    again = shard(1).expect(0)  # a task that is started again, after it has done its work
    assert again.document["counts"]["provisioned"] == len(parts[1]["domains"])


def test_ctrl_c_lets_running_domains_finish_and_says_how_to_go_on(site: Site, tmp_path: Path) -> None:
    manifest = tmp_path / "m.csv"
    manifest.write_text("domain,zone\n" + "".join(f"drain{number}.com,external\n" for number in range(3)))
    process = site.start("batch", str(manifest), "--run", "drain", "--parallelism", "1", "--verbose")
    process.wait_for("drain0.com: applying")
    process.signal(signal.SIGINT)
    ran = process.end()
    assert ran.code == 130
    assert "no new domains are begun" in ran.stderr
    assert "provisioner batch --resume=drain" in ran.stderr
    assert (site.owned("drain0.com"), site.owned("drain1.com")) == (NO_ZONE, dict.fromkeys(ONE_OF_EACH, 0))
    resumed = site.run("batch", "--resume=drain", "--json").expect(0)
    assert set(statuses(resumed).values()) == {"provisioned"}


def test_a_second_ctrl_c_interrupts_terraform_once_and_resume_completes_it(site: Site, tmp_path: Path) -> None:
    manifest = tmp_path / "m.yaml"
    manifest.write_text("domains: [twice.com]")
    process = site.start("batch", str(manifest), "--run", "twice", "--verbose")
    process.wait_for("Creation complete")
    process.signal(signal.SIGINT)
    process.wait_for("no new domains")
    process.signal(signal.SIGTERM)
    ran = process.end()
    assert ran.code == 130
    log = (site.home / "domains/twice.com/logs/apply.log").read_text()
    assert log.count("Interrupt received") == 1, log
    assert "Two interrupts received" not in log
    assert statuses(site.run("batch", "--resume=twice", "--json").expect(0)) == {"twice.com": "provisioned"}
    assert site.owned("twice.com") == ONE_OF_EACH


def test_a_batch_that_is_killed_leaves_a_journal_that_resume_completes(site: Site, tmp_path: Path) -> None:
    manifest = tmp_path / "m.yaml"
    manifest.write_text("defaults: {zone: external}\ndomains: [dead0.com, dead1.com]")
    process = site.start("batch", str(manifest), "--run", "dead", "--parallelism", "1")
    process.wait_for("dead0.com: provisioned")
    process.signal(signal.SIGKILL)
    process.end()
    journal = site.home / "runs/dead/journal.jsonl"
    assert '"closed"' not in journal.read_text()
    with journal.open("a") as file:
        file.write('{"event":"ended","outc')  # as if it had been killed in the middle of a line
    wait_until(lambda: not _terraform_of(site.home / "domains/dead1.com"))  # it may have begun, and finishes by itself
    resumed = site.run("batch", "--resume=dead", "--json").expect(0)
    assert set(statuses(resumed)) == {"dead0.com", "dead1.com"}
    assert [site.owned(name) for name in ("dead0.com", "dead1.com")] == [NO_ZONE] * 2


def _terraform_of(root: Path) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if (path / "cwd").readlink() == root.resolve():
                found.append(path.name)
        except OSError:
            continue  # it ended meanwhile
    return found
