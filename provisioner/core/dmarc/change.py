"""Changes to an existing DMARC record that keep everything else in it as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.mending import addresses, mended_records, united
from provisioner.core.dmarc.protocol import record_text, report_uri
from provisioner.core.dmarc.record import REMOVED_TAGS, DmarcRecord, only_record
from provisioner.core.values.address import EmailAddress

_NOISY_TAGS = frozenset({"ruf", "fo"})  # a copy for each failing message: floods the inbox, and few receivers send it


@dataclass(frozen=True, slots=True)
class Edited:
    """The new text of a record, and what the reader of the preview should know about it."""

    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reporting:
    """What a change does to report addresses.

    Receivers could not read those that are `carried` over where they stood; those that are `dropped` stand in the new
    record no more.
    """

    carried: tuple[EmailAddress, ...]
    dropped: tuple[EmailAddress, ...]

    @classmethod
    def between(cls, before: Sequence[str], after: DmarcRecord) -> Reporting:
        """Compare the TXT values of a name with the one record that they become."""
        readable = only_record(before)
        read, stay = addresses((readable,) if readable else ()), addresses((after,))
        named = addresses(mended_records(before))
        carried = tuple(address for address in named if address in stay and address not in read)
        return cls(carried, tuple(address for address in named if address not in stay))

    def notes(self) -> Iterator[str]:
        """Say it to people."""
        if self.carried:
            yield f"carried over, receivers could not read it where it stood: {', '.join(map(str, self.carried))}"
        if self.dropped:
            yield f"gets no reports any more: {', '.join(map(str, self.dropped))}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a record shall say; None keeps what it says."""

    policy: DmarcPolicy | None = None
    rua: EmailAddress | None = None
    sp: DmarcPolicy | None = None


def new_record(policy: DmarcPolicy, wanted: Wanted) -> Edited:
    """Return a record where there is none."""
    return Edited(f"{record_text(policy, wanted.rua)}{f'; sp={wanted.sp}' if wanted.sp else ''}")


def with_policy(record: DmarcRecord, wanted: Wanted) -> Edited:
    """Return the record with another policy, report address and subdomain policy, each where it is given."""
    changed, rua, sp = record, wanted.rua, wanted.sp
    if wanted.policy is not None:
        changed = _with_tag(changed, "p", str(wanted.policy))
    if rua is not None:
        changed = _with_tag(changed, "rua", report_uri(rua))
    if sp is not None:
        changed = _with_tag(changed, "sp", str(sp))
    return Edited(str(changed), tuple(_left_out(record)))


def without_test(record: DmarcRecord) -> Edited:
    """Return the record without `t`, so that its policy applies in full."""
    return Edited(str(_without(record, frozenset({"t"}))), tuple(_left_out(record)))


def tidy(records: Sequence[DmarcRecord]) -> Edited:
    """Return one record without removed tags, failure reports, repeated tags and parts that are no tags.

    `records` are those of one name, at least one; the first one stays, with the addresses for aggregate reports of all.
    `pct=0` becomes its successor `t=y`, so that receivers which still know `pct` are not suddenly asked for more (RFC
    9989 appendix A.6).
    """
    first = united(records)
    percent = first.get("pct")
    kept = _without(_first_of_each(first), REMOVED_TAGS | _NOISY_TAGS)
    if percent == "0" and first.get("t") is None:
        kept = _with_tag(kept, "t", "y")
    return Edited(str(kept), (*_notes(first, percent), *others_go(records)))


def others_go(records: Sequence[DmarcRecord]) -> Iterator[str]:
    """Say of the records of one name which go, because the first one stays."""
    for other in records[1:]:
        if other != records[0]:
            yield f"another record at the same name goes: {other}"


def _notes(record: DmarcRecord, percent: str | None) -> Iterator[str]:
    if percent == "0":
        yield "pct=0 becomes t=y, which asks for the same under RFC 9989"
    elif percent not in (None, "100"):
        yield f"pct={percent} has no successor: receivers that still know it will apply the policy to all mail"
    if record.get("ruf") is not None:
        yield f"failure reports end: ruf={record.get('ruf')}"
    yield from _left_out(record)


def _left_out(record: DmarcRecord) -> Iterator[str]:
    if record.faults:
        yield f"left out, it is no tag: {' | '.join(record.faults)}"


def _first_of_each(record: DmarcRecord) -> DmarcRecord:
    first: dict[str, str] = {}
    for name, value in record.tags:
        first.setdefault(name, value)
    return DmarcRecord(tuple(first.items()))


def _without(record: DmarcRecord, names: frozenset[str]) -> DmarcRecord:
    return replace(record, tags=tuple(tag for tag in record.tags if tag[0] not in names))


def _with_tag(record: DmarcRecord, name: str, value: str) -> DmarcRecord:
    """Set a tag where it stands; a new `p` comes second, where RFC 7489 wants it, any other one last."""
    tags = [(tag, value if tag == name else old) for tag, old in record.tags]
    if record.get(name) is None:
        tags.insert(1 if name == "p" else len(tags), (name, value))
    return replace(record, tags=tuple(tags))
