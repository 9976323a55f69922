"""A change of a DMARC record that was not made yet: what stands there, what shall, and whose reports it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.change import Edited, Reporting
from provisioner.core.dmarc.mending import is_address_like, mended
from provisioner.core.dmarc.record import DmarcRecord, only_record
from provisioner.errors import Refused
from provisioner.usecases.dmarc.standing import Standing

Edit = Callable[[Sequence[DmarcRecord]], Edited]


@dataclass(frozen=True, slots=True)
class Preview:
    """A change that was not made yet: what stands there (`standing`), and all values that shall (`after`)."""

    standing: Standing
    after: tuple[str, ...]
    new: DmarcRecord
    notes: tuple[str, ...]
    reporting: Reporting

    @property
    def name(self) -> str:
        """Where the record is."""
        return self.standing.name

    @property
    def changed(self) -> bool:
        """Whether there is anything to do."""
        return self.after != self.standing.texts

    @property
    def is_ours_to_make(self) -> bool:
        """Whether the change can be made in a hosted zone of this account."""
        return self.standing.owner != "external"

    def to_document(self, *, applied: bool) -> dict[str, Any]:
        """Return the JSON form; `applied` is false for a dry run and for records that are elsewhere."""
        elsewhere = self.standing.elsewhere
        return {
            "domain": self.standing.domain.ascii,
            "name": self.name,
            "owner": self.standing.owner,
            "elsewhere": elsewhere.reason if elsewhere else None,
            "changed": self.changed,
            "applied": applied and self.changed and self.is_ours_to_make,
            "before": list(self.standing.texts),
            "after": list(self.after),
            "carried": [str(address) for address in self.reporting.carried],
            "dropped": [str(address) for address in self.reporting.dropped],
            "notes": list(self.notes),
        }


def preview(there: Standing, edit: Edit, notes: Sequence[str] = (), *, policy_is_asked: bool = True) -> Preview:
    """Return the change that an edit of the DMARC records makes; all other values at the name stay.

    `notes` are said besides those of the edit. When nobody asked for a policy, one that begins to count is said too.
    """
    edited = edit(there.meant)
    new = DmarcRecord.parse(edited.text)
    assert new is not None  # noqa: S101 - every edit writes a record
    reporting = Reporting.between(there.texts, new)
    said = [*edited.notes, *reporting.notes(), *notes]
    if not policy_is_asked:
        said += _takes_effect(there, new)
    return Preview(there, _with(there.texts, edited.text), new, tuple(said), reporting)


def _takes_effect(there: Standing, new: DmarcRecord) -> Iterator[str]:
    read = only_record(there.texts)
    if new.policy not in (DmarcPolicy.NONE, read.policy if read else None):
        yield f"p={new.policy} begins to count with this: receivers could not read the policy until now"


def refuse_lost_addresses(there: Standing) -> None:
    """Refuse a change that would drop what may be an address, and that nobody can read as one."""
    lost = [fault for record in there.meant for fault in record.faults if is_address_like(fault)]
    if lost:
        raise Refused(
            "dmarc_address_unread",
            f"{there.domain}: in the record at {there.name} stands what may be an address for reports and cannot be "
            f"read as one, so that it would be lost: {' | '.join(lost)}",
            f"name the address that shall get the reports: `provisioner dmarc set {there.domain} --rua "
            f"dmarc@{there.domain}`, or another one that somebody reads",
        )


def _with(texts: Sequence[str], new: str) -> tuple[str, ...]:
    """Put the new text in the place of the first DMARC record; the others, and failed attempts at one, go."""
    is_dmarc = [mended(text) is not None for text in texts]
    kept = [
        new if index == is_dmarc.index(True) else text for index, text in enumerate(texts) if _stays(index, is_dmarc)
    ]
    return tuple(kept) if any(is_dmarc) else (*texts, new)


def _stays(index: int, is_dmarc: Sequence[bool]) -> bool:
    return not is_dmarc[index] or index == is_dmarc.index(True)
