"""A whole batch over the world in memory: journal, resume, failures, reports."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import DmarcPolicy, ZoneMode
from provisioner.core.batch.batch import Batch
from provisioner.core.batch.journal import read
from provisioner.core.batch.manifest import Entry, Manifest
from provisioner.core.batch.report import BatchReport, Outcome
from provisioner.core.batch.shards import Shard
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, LoggedOut, NotDesired, ProvisionerError
from provisioner.usecases.batch.merge import merge
from provisioner.usecases.batch.run import REPORT, Control, plan_batch, run_batch
from provisioner.usecases.batch.runs import finished_domains
from provisioner.usecases.parallel.stopping import Stop, Urgency

REGION = Region.parse("us-east-1")


class FakeWatcher:
    """Keeps what it is shown."""

    def __init__(self, on_step: Callable[[str], None] = lambda _: None) -> None:
        self.steps: list[str] = []
        self.warnings: list[str] = []
        self.ends: list[Outcome] = []
        self._on_step = on_step

    def started(self, worker: int, domain: str) -> None:
        self.steps.append(f"{domain} begun")

    def stepped(self, worker: int, domain: str, text: str) -> None:
        self.steps.append(f"{domain} {text}")
        self._on_step(domain)

    def warned(self, domain: str, text: str) -> None:
        self.warnings.append(f"{domain}: {text}")

    def ended(self, outcome: Outcome) -> None:
        self.ends.append(outcome)


def entry(name: str, **asked: Any) -> Entry:
    return Entry(DomainName.parse(name), replace(Asked(default_region=REGION), **asked))


def batch(*entries: Entry, **given: Any) -> Batch:
    base = Batch("r1", Manifest(entries), None, parallelism=1, timeout=timedelta(minutes=30))
    return replace(base, **given)


def run(world: World, what: Batch, watcher: FakeWatcher | None = None, stop: Stop | None = None) -> BatchReport:
    return run_batch(world.batch, what, Control(watcher or FakeWatcher(), stop or Stop()))


def statuses(report: BatchReport) -> dict[str, str]:
    return {outcome.domain: str(outcome.status) for outcome in report.outcomes}


A, B, C = entry("a.com"), entry("b.com"), entry("c.com")
HOPELESS = entry("b.com", zone=ZoneMode.ADOPT)  # there is no zone to adopt


def test_every_domain_is_provisioned_and_reported_in_the_order_of_the_manifest(world: World) -> None:
    watcher = FakeWatcher()
    report = run(world, batch(C, A, B), watcher)
    assert statuses(report) == {"c.com": "provisioned", "a.com": "provisioned", "b.com": "provisioned"}
    assert report.complete
    assert set(world.store.kept) == {"a.com", "b.com", "c.com"}
    assert report.outcomes[0].name_servers == world.aws.zones[0].name_servers
    assert [outcome.domain for outcome in watcher.ends] == ["c.com", "a.com", "b.com"]
    assert "c.com planning" in watcher.steps


def test_a_failure_is_its_domains_alone(world: World) -> None:
    report = run(world, batch(A, HOPELESS, C))
    assert statuses(report) == {"a.com": "provisioned", "b.com": "failed", "c.com": "provisioned"}
    assert report.failed[0].error is not None
    assert report.failed[0].error["code"] == "zone_not_found"
    assert report.complete


def test_a_domain_whose_dns_is_elsewhere_fails_alone_with_the_choice(world: World) -> None:
    world.resolver.answers("b.com", "NS", "ns1.host.example").answers("b.com", "MX", "10 mx.host.example")
    report = run(world, batch(A, B))
    assert statuses(report) == {"a.com": "provisioned", "b.com": "failed"}
    assert report.failed[0].error is not None
    assert report.failed[0].error["code"] == "dns_elsewhere"
    assert "--zone external" in report.failed[0].error["hint"]
    assert statuses(run(world, batch(A, replace(B, asked=replace(B.asked, zone=ZoneMode.EXTERNAL))))) == {
        "a.com": "provisioned",
        "b.com": "provisioned",
    }


def test_when_the_session_has_expired_no_more_domains_are_begun_and_resuming_does_them(world: World) -> None:
    watcher = FakeWatcher()
    expired = LoggedOut("expired_token", "ses:GetEmailIdentity: ExpiredToken: expired", "log in again")
    world.terraform.will_fail(expired)
    report = run(world, batch(A, B, C), watcher)
    assert statuses(report) == {"a.com": "failed", "b.com": "not_started", "c.com": "not_started"}
    assert not report.complete
    assert watcher.warnings == [": no more domains are begun: ses:GetEmailIdentity: ExpiredToken: expired"]
    assert set(statuses(run(world, batch(A, B, C))).values()) == {"provisioned"}


def test_a_defect_in_one_domain_is_told_without_its_text_and_the_others_go_on(world: World) -> None:
    def broken(domain: str) -> None:
        if domain == "a.com":
            raise ZeroDivisionError("secret")

    report = run(world, batch(A, B), FakeWatcher(broken))
    assert statuses(report) == {"a.com": "failed", "b.com": "provisioned"}
    assert report.failed[0].error is not None
    assert report.failed[0].error["code"] == "defect"
    assert "secret" not in str(report.to_document())


def test_the_journal_holds_no_password(world: World) -> None:
    report = run(world, batch(A))
    password = world.store.kept["a.com"].password.reveal()
    assert report.outcomes[0].user_name == world.store.kept["a.com"].user_name
    for text in (*world.runs.lines("r1"), str(report.to_document()), str(world.runs.documents)):
        assert password not in text
        assert "some+secret+key" not in text


def test_going_on_with_a_run_does_only_what_is_not_finished(world: World) -> None:
    run(world, batch(A, HOPELESS))
    watcher = FakeWatcher()
    report = run(world, batch(A, B), watcher)
    assert [outcome.domain for outcome in watcher.ends] == ["b.com"]
    assert statuses(report) == {"a.com": "provisioned", "b.com": "provisioned"}


def test_a_domain_of_which_something_else_is_asked_now_is_done_again(world: World) -> None:
    run(world, batch(A, B))
    watcher = FakeWatcher()
    run(world, batch(A, entry("b.com", dmarc=DmarcPolicy.REJECT)), watcher)
    assert [(outcome.domain, str(outcome.status)) for outcome in watcher.ends] == [("b.com", "provisioned")]


def test_only_failed_leaves_alone_what_was_never_tried(world: World) -> None:
    run(world, batch(HOPELESS))
    report = run(world, batch(A, B), None)
    assert report.complete
    world.runs.journals.clear()
    run(world, batch(HOPELESS, fail_fast=True))
    watcher = FakeWatcher()
    report = run(world, batch(C, HOPELESS, only_failed=True), watcher)
    assert [outcome.domain for outcome in watcher.ends] == ["b.com"]
    assert statuses(report)["c.com"] == "not_started"


def test_fail_fast_begins_nothing_after_the_first_failure(world: World) -> None:
    report = run(world, batch(A, HOPELESS, C, fail_fast=True))
    assert statuses(report) == {"a.com": "provisioned", "b.com": "failed", "c.com": "not_started"}
    assert not report.complete


def test_the_first_ctrl_c_lets_running_domains_finish(world: World) -> None:
    stop = Stop()
    report = run(world, batch(A, B), FakeWatcher(lambda _: stop.request(Urgency.DRAIN)), stop)
    assert statuses(report) == {"a.com": "provisioned", "b.com": "not_started"}


def test_the_second_ctrl_c_ends_a_domain_at_its_next_word_and_resume_completes_it(world: World) -> None:
    stop = Stop()
    report = run(world, batch(A, B), FakeWatcher(lambda _: stop.request(Urgency.INTERRUPT)), stop)
    assert statuses(report) == {"a.com": "interrupted", "b.com": "not_started"}
    assert statuses(run(world, batch(A, B))) == {"a.com": "provisioned", "b.com": "provisioned"}


def test_a_domain_that_takes_too_long_fails_and_the_others_go_on(world: World) -> None:
    slow = FakeWatcher(lambda domain: world.clock.sleep(100 if domain == "a.com" else 0))
    report = run(world, batch(A, B, timeout=timedelta(seconds=60)), slow)
    assert statuses(report) == {"a.com": "failed", "b.com": "provisioned"}
    assert report.failed[0].error is not None
    assert report.failed[0].error["code"] == "domain_timeout"
    assert report.failed[0].seconds == 100


def test_a_journal_that_can_no_longer_be_written_is_told_once_and_the_batch_goes_on(world: World) -> None:
    world.runs.breaks_after(1)
    watcher = FakeWatcher()
    report = run(world, batch(A, B, C), watcher)
    assert report.complete
    assert len(watcher.warnings) == 1
    assert "No space left" in watcher.warnings[0]


def test_a_journal_that_cannot_be_begun_ends_it_before_anything_is_touched(world: World) -> None:
    world.runs.breaks_after(0)
    with pytest.raises(ProvisionerError, match="No space left"):
        run(world, batch(A))
    assert world.aws.zones == []


def test_a_run_is_not_continued_as_another_shard(world: World) -> None:
    run(world, batch(A))
    with pytest.raises(InputError) as caught:
        run(world, batch(A, shard=Shard(0, 2)))
    assert caught.value.code == "another_shard"


def test_a_plan_of_a_batch_changes_and_journals_nothing(world: World) -> None:
    watcher = FakeWatcher()
    report = plan_batch(world.batch, batch(A, HOPELESS), Control(watcher, Stop()))
    assert statuses(report) == {"a.com": "planned", "b.com": "failed"}
    assert report.outcomes[0].changes["add"] > 5
    assert world.aws.zones == []
    assert world.runs.journals == {}


def test_a_domain_whose_plan_takes_too_long_is_not_said_to_be_half_made(world: World) -> None:
    slow = FakeWatcher(lambda _: world.clock.sleep(100))
    (failed,) = plan_batch(world.batch, batch(A, timeout=timedelta(seconds=60)), Control(slow, Stop())).failed
    assert failed.error is not None
    assert failed.error["hint"] == "nothing was changed; --timeout gives each domain more time"


def test_the_report_is_kept_with_the_run_and_the_finished_domains_are_known(world: World) -> None:
    report = run(world, batch(A, HOPELESS))
    assert BatchReport.from_document(world.runs.documents["r1", REPORT]) == report
    assert [str(domain) for domain in finished_domains(world.runs, "latest")] == ["a.com"]
    with pytest.raises(InputError, match="no batch run r9"):
        finished_domains(world.runs, "r9")


def test_the_journal_ends_with_how_it_ended(world: World) -> None:
    run(world, batch(A))
    assert '"why":"finished"' in list(world.runs.lines("r1"))[-1]
    assert read(world.runs.lines("r1")).running == set()


# --- shards

MANY = tuple(entry(f"d{number}.com") for number in range(12))


def shards(world: World, total: int = 3) -> list[BatchReport]:
    return [run(world, batch(*MANY, run=f"s{index}", shard=Shard(index, total))) for index in range(total)]


def test_all_shards_together_are_the_batch(world: World) -> None:
    parts = shards(world)
    whole = merge(world.runs, ["s2", "s0", "s1"])
    assert sorted(statuses(whole)) == sorted(f"d{number}.com" for number in range(12))
    assert whole.complete
    assert whole.shard is None
    assert whole.parallelism == 3
    assert sum(len(part.outcomes) for part in parts) == 12


def test_a_missing_shard_is_named_and_can_be_run_yet(world: World) -> None:
    shards(world)
    with pytest.raises(NotDesired, match="missing: 1 of 3"):
        merge(world.runs, ["s0", "s2"])


def test_a_shard_that_was_interrupted_is_named(world: World) -> None:
    shards(world)
    run(world, batch(*MANY[:5], entry("z.com"), run="s1", shard=Shard(1, 3)))
    stop = Stop()
    stop.request(Urgency.DRAIN)
    for index in range(3):
        run(world, batch(*MANY, run=f"t{index}", shard=Shard(index, 3)), None, stop if index == 1 else None)
    with pytest.raises(NotDesired, match="not at their end: 1/3"):
        merge(world.runs, ["t0", "t1", "t2"])


def test_a_shard_of_another_manifest_or_total_is_refused(world: World) -> None:
    shards(world)
    run(world, batch(*MANY[:6], run="x1", shard=Shard(1, 3)))
    run(world, batch(*MANY, run="y1", shard=Shard(1, 2)))
    for other in ("x1", "y1"):
        with pytest.raises(InputError) as caught:
            merge(world.runs, ["s0", other, "s2"])
        assert caught.value.code == "different_batches"


def test_a_shard_twice_a_whole_batch_and_a_name_of_nothing_are_refused(world: World) -> None:
    shards(world)
    run(world, batch(A, run="whole"))
    for names, code in ((["s0", "s0", "s1", "s2"], "shard_twice"), (["whole"], "not_a_shard"), (["zz"], "no_report")):
        with pytest.raises(InputError) as caught:
            merge(world.runs, names)
        assert caught.value.code == code


def test_a_report_whose_domains_were_tampered_with_is_refused(world: World) -> None:
    parts = shards(world)
    document = parts[0].to_document()
    world.runs.documents["s0", REPORT] = {**document, "domains": document["domains"][1:]}
    with pytest.raises(InputError, match="the shards hold 11 domains, the manifest 12"):
        merge(world.runs, ["s0", "s1", "s2"])
    world.runs.documents["s0", REPORT] = {**document, "domains": parts[1].to_document()["domains"]}
    with pytest.raises(InputError, match="is not of shard 0/3"):
        merge(world.runs, ["s0", "s1", "s2"])
    world.runs.documents["s0", REPORT] = {"version": 1}
    with pytest.raises(ProvisionerError, match="not a report"):
        merge(world.runs, ["s0", "s1", "s2"])
