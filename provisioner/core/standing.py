"""Whether something of ours may send: what a person or a rule decided, and nothing that runs for another reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Grade(StrEnum):
    """How something of ours stands; only `good` lets mail out."""

    GOOD = "good"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a domain or a sender stands.

    `since` (UTC) and `reason` are None where nobody wrote them down, as when sending was switched off on AWS itself.
    """

    grade: Grade = Grade.GOOD
    since: datetime | None = None
    reason: str | None = None

    @property
    def may_send(self) -> bool:
        """Whether mail goes out."""
        return self.grade is Grade.GOOD

    def to_document(self) -> dict[str, object]:
        """Return the `sending` object of `status --json`; `since` is ISO 8601, UTC."""
        since = self.since.isoformat(timespec="seconds") if self.since else None
        return {"enabled": self.may_send, "since": since, "reason": self.reason}

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Standing:
        """Read `to_document` back; what is not there counts as not written down."""
        since, reason = document.get("since"), document.get("reason")
        return cls(
            Grade.PAUSED if document.get("enabled") is False else Grade.GOOD,
            datetime.fromisoformat(since) if isinstance(since, str) else None,
            reason if isinstance(reason, str) else None,
        )

    def __str__(self) -> str:
        """Return the words for people, e.g. `paused since 2026-11-28 03:10 UTC (too many bounces)`."""
        since = f" since {self.since:%Y-%m-%d %H:%M} UTC" if self.since else ""
        return f"{self.grade}{since}" + (f" ({self.reason})" if self.reason else "")


GOOD = Standing()
