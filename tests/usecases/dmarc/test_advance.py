from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import ZoneMode
from provisioner.core.dmarc.evidence import AggregateReport, Need, ReportedRow, UnreadableReport
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, Refused
from provisioner.usecases.dmarc.advance import Advance, Grounds, preview_advance
from provisioner.usecases.dmarc.set import carry_out
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
REPORTS = (Path("reports"),)


@pytest.fixture
def domain(world: World) -> World:
    new_domain(world.edges, EXAMPLE, Asked(region=Region.parse("us-east-1")))
    world.clock.seconds = NOW.timestamp()
    return world


def adopted(world: World, *texts: str) -> World:
    raw = tuple(f'"{text}"' for text in texts)
    world.aws.has_zone("example.com", Record("_dmarc.example.com", "TXT", 300, texts, raw))
    new_domain(world.edges, EXAMPLE, Asked(region=Region.parse("us-east-1"), zone=ZoneMode.ADOPT))
    return world


def daily(days: Iterable[int], good: int, bad: int = 0) -> list[AggregateReport | UnreadableReport]:
    rows = [ReportedRow("192.0.2.1", "Amazon", "example.com", good, is_aligned=True)]
    if bad:
        rows.append(ReportedRow("198.51.100.7", "Mailer Inc", "example.com", bad, is_aligned=False))
    begins = [(day, NOW - timedelta(days=day)) for day in days]
    return [
        AggregateReport("google.com", str(day), "example.com", begin, begin + timedelta(days=1), tuple(rows))
        for day, begin in begins
    ]


def advanced(
    world: World, *, force: bool = False, paths: tuple[Path, ...] = REPORTS, need: Need | None = None
) -> Advance:
    return preview_advance(world.edges, EXAMPLE, Grounds(paths, need or Need(), force=force))


def test_enough_evidence_carries_one_step_at_a_time(domain: World) -> None:
    domain.reports.found = daily(range(1, 15), 10)
    for policy in ("quarantine", "reject"):
        step = advanced(domain)
        assert step.preview.after == (f"v=DMARC1; p={policy}",)
        carry_out(domain.edges, step.preview)
    assert not advanced(domain).preview.changed


def test_the_document_holds_the_numbers_and_the_sources(domain: World) -> None:
    domain.reports.found = daily(range(1, 15), 99, 1)
    document = advanced(domain).to_document(applied=False)
    assert document["evidence"] == {
        "reports": 14,
        "messages": 1400,
        "aligned": 1386,
        "aligned_share": 0.99,
        "days": 14,
        "failing_sources": [
            {
                "address": "198.51.100.7",
                "owner": "Mailer Inc",
                "header_from": ["example.com"],
                "reasons": [],
                "messages": 14,
            }
        ],
        "given": 14,
        "unreadable": [],
    }
    assert "would break: 198.51.100.7 (Mailer Inc): 14 messages from example.com" in domain.progress.notes


def test_too_few_aligned_messages_are_refused_with_the_numbers(domain: World) -> None:
    domain.reports.found = daily(range(1, 15), 90, 10)
    with pytest.raises(Refused, match=r"90 % aligned, 98 % needed; found: 1260 of 1400") as caught:
        advanced(domain)
    assert "198.51.100.7 (Mailer Inc)" in caught.value.message
    assert caught.value.exit_code == 5


@pytest.mark.parametrize(
    ("days", "good", "says"),
    [
        (range(1, 15), 7, "98 messages reported, 100 needed"),
        (range(1, 14), 10, "13 days covered by reports, 14 needed"),
        (range(200, 215), 100, "0 messages reported"),
    ],
)
def test_too_little_or_too_old_evidence_is_refused(domain: World, days: range, good: int, says: str) -> None:
    domain.reports.found = daily(days, good)
    with pytest.raises(Refused, match=says):
        advanced(domain)


def test_limits_can_be_changed(domain: World) -> None:
    domain.reports.found = daily([1], 4, 1)
    assert advanced(domain, need=Need(5, 1, 0.8)).preview.changed


def test_force_goes_on_with_too_little_evidence_and_without_any(domain: World) -> None:
    domain.reports.found = daily([1], 1, 1)
    forced = advanced(domain, force=True)
    assert forced.preview.changed
    assert forced.evidence is not None
    assert advanced(domain, force=True, paths=()).evidence is None


def test_without_reports_nothing_is_guessed(domain: World) -> None:
    with pytest.raises(InputError, match="needs evidence"):
        advanced(domain, paths=())


def test_files_that_are_no_reports_are_named(domain: World) -> None:
    domain.reports.found = [*daily(range(1, 15), 10), UnreadableReport("x.zip", "not a zip file")]
    assert advanced(domain).preview.changed
    assert any("x.zip" in warning for warning in domain.progress.warnings)


def test_a_step_on_partial_evidence_says_so(domain: World) -> None:
    domain.reports.found = [*daily(range(1, 15), 10), UnreadableReport("x.zip", "not a zip file")]
    document = advanced(domain).to_document(applied=False)
    assert document["notes"] == ["partial evidence: 1 of 15 reports cannot be read"]
    assert document["evidence"]["unreadable"] == [{"path": "x.zip", "reason": "not a zip file"}]


def test_when_many_reports_cannot_be_read_the_others_do_not_decide(domain: World) -> None:
    domain.reports.found = [*daily(range(1, 15), 10), *[UnreadableReport("x.zip", "not a zip file")] * 10]
    with pytest.raises(Refused, match="10 of 24 reports cannot be read, 10 % may") as caught:
        advanced(domain)
    assert "leave out the files that cannot be read" in caught.value.hint
    assert advanced(domain, need=Need(unreadable=0.5)).preview.changed


def test_at_reject_there_is_nothing_to_do_and_no_evidence_needed(world: World) -> None:
    assert not advanced(adopted(world, "v=DMARC1; p=reject; adkim=s"), paths=()).preview.changed


def test_a_policy_in_test_mode_first_becomes_real(world: World) -> None:
    adopted(world, "v=DMARC1; p=reject; t=y")
    assert advanced(world, force=True, paths=()).preview.after == ("v=DMARC1; p=reject",)


def test_names_below_count_unless_they_have_a_policy_of_their_own(world: World) -> None:
    adopted(world, "v=DMARC1; p=none; sp=none")
    world.clock.seconds = NOW.timestamp()
    world.reports.found = daily(range(1, 15), 10)
    below = ReportedRow("203.0.113.9", None, "blog.example.com", 500, is_aligned=False)
    begin = NOW - timedelta(days=3)
    world.reports.found.append(AggregateReport("x", "y", "example.com", begin, begin + timedelta(days=1), (below,)))
    assert advanced(world).preview.changed


def test_without_a_record_of_its_own_there_is_nothing_to_advance(world: World) -> None:
    new_domain(world.edges, EXAMPLE, Asked(region=Region.parse("us-east-1"), zone=ZoneMode.EXTERNAL))
    with pytest.raises(InputError, match="no DMARC record stands"):
        advanced(world)


def test_several_records_are_put_right_first(world: World) -> None:
    with pytest.raises(Refused, match="2 DMARC records stand"):
        advanced(adopted(world, "v=DMARC1; p=none", "v=DMARC1; p=reject"))


def test_a_record_that_receivers_do_not_read_is_put_right_first(world: World) -> None:
    with pytest.raises(Refused, match="do not take this for a DMARC record: v=dmarc1; p=none") as caught:
        advanced(adopted(world, "v=dmarc1; p=none"))
    assert caught.value.hint == "put it right first: `provisioner dmarc tidy example.com`"


def test_a_step_carries_addresses_over_that_receivers_could_not_read(world: World) -> None:
    adopted(world, "v=DMARC1; p=none, rua=mailto:a@example.com")
    step = advanced(world, force=True, paths=())
    assert step.preview.after == ("v=DMARC1; p=quarantine; rua=mailto:a@example.com",)
    assert step.to_document(applied=False)["carried"] == ["a@example.com"]
