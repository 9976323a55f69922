"""What changed between two looks: by verdicts, not by values, and never by what nobody could look at."""

from datetime import UTC, datetime, timedelta

import pytest

from provisioner.core.checks.diagnosis import (
    Diagnosis,
    Look,
    changes,
    look_document,
    look_from_document,
    worst_first,
)
from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.values.domain import DomainName

FIRST = datetime(2026, 11, 27, 3, tzinfo=UTC)
LATER = FIRST + timedelta(days=1)
ABSENT = Finding("record.absent", Severity.ERROR, "MX bounce.example.com", "there is none")
OLD_KEY = Finding("key.old", Severity.WARNING, "access key AKIA1", "it is 400 days old")
BLIND = Finding(NOT_RUN, Severity.WARNING, "account", "nobody could look")
OK = Finding("record.ok", Severity.OK, "TXT example.com", "v=spf1 ...")
HINT = Finding("spf.neutral", Severity.INFO, "TXT example.com", "?all")


def found(*findings: Finding, name: str = "example.com") -> Diagnosis:
    return Diagnosis(DomainName.parse(name), findings)


def after(*findings: Finding) -> Look:
    return changes((), found(*findings), FIRST).look


def test_without_a_look_before_all_that_is_bad_is_new() -> None:
    first = changes((), found(ABSENT, OLD_KEY, HINT, OK), FIRST)
    assert (first.new, first.mended) == ((ABSENT, OLD_KEY), ())


def test_what_stays_is_no_change_although_its_values_rotate() -> None:
    elsewhere = Finding("record.absent", Severity.ERROR, "MX bounce.example.com", "there is none at ns2")
    again = changes(after(ABSENT), found(elsewhere), LATER)
    assert not again.any
    assert [verdict.since for verdict in again.look] == [FIRST]


def test_what_is_gone_is_mended_and_says_since_when_it_was_known() -> None:
    mended = changes(after(ABSENT, OLD_KEY), found(OLD_KEY), LATER)
    assert [(one.id, one.since) for one in mended.mended] == [("record.absent", FIRST)]
    assert [one.id for one in mended.look] == ["key.old"]


def test_what_gets_worse_is_new() -> None:
    worse = Finding("key.old", Severity.ERROR, "access key AKIA1", "it is 900 days old")
    assert changes(after(OLD_KEY), found(worse), LATER).new == (worse,)


def test_nothing_is_mended_while_somebody_could_not_look() -> None:
    blind = changes(after(ABSENT), found(BLIND), LATER)
    assert (blind.new, blind.mended) == ((BLIND,), ())
    seen_again = changes(blind.look, found(), LATER)
    assert {one.id for one in seen_again.mended} == {"record.absent", NOT_RUN}


def test_a_look_is_read_back_as_it_was_written() -> None:
    look = after(ABSENT, OLD_KEY)
    assert tuple(look_from_document(look_document(look))) == tuple(look)


@pytest.mark.parametrize(
    "document", [{}, {"verdicts": {}}, {"verdicts": [7]}, {"verdicts": [{"id": "a"}]}, {"verdicts": [None]}]
)
def test_a_torn_look_is_no_look(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is"):
        look_from_document(document)


def test_the_worst_domain_comes_first() -> None:
    warned, failed, well = found(OLD_KEY, name="b.com"), found(ABSENT, name="c.com"), found(OK, name="a.com")
    assert [one.domain.ascii for one in worst_first([well, warned, failed])] == ["c.com", "b.com", "a.com"]
