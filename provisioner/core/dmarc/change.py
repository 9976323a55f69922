"""Changes to an existing DMARC record that keep everything else in it as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.protocol import record_text, report_uri
from provisioner.core.dmarc.record import REMOVED_TAGS, DmarcRecord
from provisioner.core.values.address import EmailAddress

_NOISY_TAGS = frozenset({"ruf", "fo"})  # a copy for each failing message: floods the inbox, and few receivers send it


@dataclass(frozen=True, slots=True)
class Edited:
    """The new text of a record, and what the reader of the preview should know about it."""

    text: str
    notes: tuple[str, ...] = ()


def with_policy(
    record: DmarcRecord | None, policy: DmarcPolicy, rua: EmailAddress | None, sp: DmarcPolicy | None
) -> Edited:
    """Return the record with another policy, and, where given, report address and subdomain policy."""
    if record is None:
        return Edited(f"{record_text(policy, rua)}{f'; sp={sp}' if sp else ''}")
    changed = _with_tag(record, "p", str(policy))
    if rua is not None:
        changed = _with_tag(changed, "rua", report_uri(rua))
    if sp is not None:
        changed = _with_tag(changed, "sp", str(sp))
    return Edited(str(changed))


def without_test(record: DmarcRecord) -> Edited:
    """Return the record without `t`, so that its policy applies in full."""
    return Edited(str(_without(record, frozenset({"t"}))))


def tidy(records: Sequence[DmarcRecord]) -> Edited:
    """Return one record without removed tags, failure reports, repeated tags and parts that are no tags.

    `records` are those of one name, at least one; the first one stays. `pct=0` becomes its successor `t=y`, so that
    receivers which still know `pct` are not suddenly asked for more (RFC 9989 appendix A.6).
    """
    first = records[0]
    percent = first.get("pct")
    kept = _without(_first_of_each(first), REMOVED_TAGS | _NOISY_TAGS)
    if percent == "0" and first.get("t") is None:
        kept = _with_tag(kept, "t", "y")
    return Edited(str(kept), tuple(_notes(records, percent)))


def _notes(records: Sequence[DmarcRecord], percent: str | None) -> Iterator[str]:
    if percent == "0":
        yield "pct=0 becomes t=y, which asks for the same under RFC 9989"
    elif percent not in (None, "100"):
        yield f"pct={percent} has no successor: receivers that still know it will apply the policy to all mail"
    for other in records[1:]:
        if other != records[0]:
            yield f"another record at the same name goes: {other}"


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
