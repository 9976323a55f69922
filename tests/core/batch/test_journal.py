import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.batch.journal import Begun, closed, encode, ended, read, started
from provisioner.core.batch.manifest import Entry
from provisioner.core.batch.report import Outcome, Status
from provisioner.core.batch.shards import Part, Shard
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError

A, B, C = (Entry(DomainName.parse(name), Asked()) for name in ("a.com", "b.com", "c.com"))
BEGUN = Begun("r1", Part("ab" * 32, 3, Shard(1, 3)), "2026-01-01T00:00:00+00:00", 4)


def outcome(entry: Entry, status: Status) -> Outcome:
    return Outcome(entry.domain.ascii, status, entry.digest, name_servers=("ns-1", "ns-2"))


LINES = [
    encode(event)
    for event in (
        BEGUN.event(),
        started(A, "t"),
        ended(outcome(A, Status.PROVISIONED)),
        started(B, "t"),
        ended(outcome(B, Status.FAILED)),
        started(C, "t"),
        closed("t", "stopped"),
    )
]


def test_a_journal_tells_what_began_what_ended_and_what_was_cut_short() -> None:
    state = read(LINES)
    assert state.begun == BEGUN
    assert state.outcomes["a.com"] == outcome(A, Status.PROVISIONED)
    assert state.running == {"c.com"}
    assert state.unreadable == 0


def test_only_what_is_not_finished_is_to_do() -> None:
    assert read(LINES).to_do([A, B, C]) == [B, C]
    assert read(LINES).to_do([A, B, C], only_failed=True) == [B]
    assert read([]).to_do([A, B, C]) == [A, B, C]


def test_a_finished_domain_of_which_something_else_is_asked_now_is_to_do() -> None:
    changed = replace(A, asked=Asked(dmarc=DmarcPolicy.REJECT))
    assert read(LINES).to_do([changed]) == [changed]


def test_an_unchanged_domain_counts_as_finished_and_an_interrupted_one_does_not() -> None:
    lines = [encode(ended(outcome(A, Status.UNCHANGED))), encode(ended(outcome(B, Status.INTERRUPTED)))]
    assert read(lines).to_do([A, B]) == [B]


@given(st.integers(0, sum(map(len, LINES))))
def test_a_journal_cut_off_anywhere_can_be_read_and_never_claims_too_much(cut: int) -> None:
    text = "".join(LINES)[:cut]
    state = read(text.splitlines())
    whole = text.count("\n")
    assert state.unreadable <= 1
    assert (A in state.to_do([A, B, C])) == (whole < 3 and text.rstrip("\n") != "".join(LINES[:3]).rstrip("\n"))


@pytest.mark.parametrize("torn", ["{", "\x00\x00\x00", "[]", '{"event":"ended"}', "[" * 100_000, '{"event": "begun"}'])
def test_a_line_that_cannot_be_read_is_counted_and_left_out(torn: str) -> None:
    state = read([*LINES, torn])
    assert state.unreadable == 1
    assert state.to_do([A]) == []


def test_events_of_a_later_kind_are_not_an_error() -> None:
    assert read([*LINES, '{"event": "resized"}']).unreadable == 0


def test_a_journal_of_a_newer_version_is_not_guessed_at() -> None:
    with pytest.raises(ProvisionerError) as caught:
        read([json.dumps({**BEGUN.event(), "version": 2})])
    assert caught.value.code == "newer_journal"


def test_an_event_is_one_line_whatever_an_error_says() -> None:
    error = {"code": "x", "message": "two\nlines \u2028 and \udcff more", "hint": ""}
    line = encode(ended(Outcome("a.com", Status.FAILED, error=error)))
    assert line.count("\n") == 1
    assert line.isascii()
    assert read(line.splitlines()).outcomes["a.com"].error == error
