"""What was decided for a domain once, and must not be decided differently by a later run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from provisioner.core.asked.options import choice
from provisioner.core.spf.merge import Part
from provisioner.core.values.documents import WrongShapeError, optional, required

MEMBERS = ("resolved_zone", "dmarc_inherited", "dmarc_theirs", "spf_part")  # of the JSON form
FEEDBACK_TOPIC = "feedback_topic"  # a member where there is one


class ResolvedMode(StrEnum):
    """Whose zone the records go to: one that we create, one of the account that was there, one outside Route 53."""

    CREATED = "created"
    ADOPTED = "adopted"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class ResolvedZone:
    """The zone that was decided on; `id` is None when it does not exist yet, or is not in Route 53."""

    mode: ResolvedMode
    name: str
    id: str | None

    @property
    def is_ours(self) -> bool:
        """Whether we create the zone, and delete it in the end."""
        return self.mode is ResolvedMode.CREATED

    @property
    def is_elsewhere(self) -> bool:
        """Whether the zone is outside this account's Route 53, so that somebody else publishes the records."""
        return self.mode is ResolvedMode.EXTERNAL


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the first run decided from what it found on AWS and in DNS.

    `dmarc_inherited`: a record above the domain applies, so none of ours is published; None: nobody could say yet.
    `dmarc_theirs`: something else than ours is at the domain's DMARC name, a record, an alias, a CNAME or a delegation,
    and stays as it is; None: nobody has looked yet. Both are None where DMARC is to be skipped.
    `spf_part`: which part of the TXT set at the domain is ours; None: not decided yet, or SPF there is not wanted.
    `feedback_topic` is the ARN of the SNS topic that its configuration set tells of bounces and complaints.
    """

    zone: ResolvedZone
    dmarc_inherited: bool | None = None
    dmarc_theirs: bool | None = None
    spf_part: Part | None = None
    feedback_topic: str | None = None

    def to_document(self) -> dict[str, object]:
        """Return the JSON form, with the members `MEMBERS`, and `FEEDBACK_TOPIC` where there is one."""
        return {
            "resolved_zone": {"mode": str(self.zone.mode), "name": self.zone.name, "id": self.zone.id},
            "dmarc_inherited": self.dmarc_inherited,
            "dmarc_theirs": self.dmarc_theirs,
            "spf_part": None if self.spf_part is None else str(self.spf_part),
            **({FEEDBACK_TOPIC: self.feedback_topic} if self.feedback_topic else {}),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Decisions | None:
        """Read `to_document` back, whatever else stands in the document; None when no zone was decided on.

        Raises `WrongShapeError`, or `InputError` for a word that is not known.
        """
        zone, part = optional(document, "resolved_zone", dict), optional(document, "spf_part", str)
        inherited, theirs = optional(document, "dmarc_inherited", bool), optional(document, "dmarc_theirs", bool)
        spf_part = None if part is None else choice(Part, "spf_part", part)
        topic = optional(document, FEEDBACK_TOPIC, str)
        return None if zone is None else cls(_zone(zone), inherited, theirs, spf_part, topic)


def _zone(document: Mapping[str, object]) -> ResolvedZone:
    mode = required(document, "mode", str)
    if mode not in list(ResolvedMode):
        raise WrongShapeError("resolved_zone.mode is not one of " + ", ".join(ResolvedMode))
    return ResolvedZone(ResolvedMode(mode), required(document, "name", str), optional(document, "id", str))
