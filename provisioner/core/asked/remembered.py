"""What is remembered of a domain between runs, as one document: what was asked, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from provisioner.core.asked.decisions import FEEDBACK_TOPIC, MEMBERS, Decisions
from provisioner.core.asked.request import Request
from provisioner.core.values.documents import WrongShapeError, mapping, optional, required
from provisioner.errors import InputError, ProvisionerError

VERSION = 1
_OURS = frozenset({"version", "account", "zone_id", FEEDBACK_TOPIC, *MEMBERS})
_KNOWN = _OURS | {field.name for field in fields(Request)}


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was asked for a domain, and what was decided; `decisions` None when nothing was decided yet.

    `account` is the number of the AWS account in which the domain is, None when nobody wrote it down yet. `zone_id` is
    the hosted zone as it was last seen, for those who do not ask AWS; nothing is decided by it.
    """

    request: Request
    decisions: Decisions | None
    account: str | None = None
    zone_id: str | None = None

    def to_document(self) -> dict[str, object]:
        """Return the JSON form: what was asked and what was decided side by side, null where nothing was."""
        decided = self.decisions.to_document() if self.decisions else dict.fromkeys(MEMBERS)
        seen = {"account": self.account, "zone_id": self.zone_id}
        return {"version": VERSION, **seen, **self.request.to_document(), **decided}

    @classmethod
    def from_document(cls, document: object) -> Remembered:
        """Read `to_document` back.

        Raises `ProvisionerError`: `newer_request` for what a newer version wrote, `corrupt_request` for all else.
        """
        try:
            kept = mapping(document)
            _refuse_newer(kept)
            account, zone_id = optional(kept, "account", str), optional(kept, "zone_id", str)
            return cls(Request.from_document(kept), Decisions.from_document(kept), account, zone_id)
        except WrongShapeError as error:
            raise _corrupt(str(error)) from None
        except InputError as error:
            raise _corrupt(error.message) from None


def _refuse_newer(document: Mapping[str, object]) -> None:
    version = required(document, "version", int)
    unknown = sorted(document.keys() - _KNOWN)
    if version > VERSION or unknown:
        what = f"version {version}" + (f" with {', '.join(unknown)}" if unknown else "")
        message = (
            f"what was asked for this domain was written by a newer provisioner ({what}; this one reads {VERSION})"
        )
        raise ProvisionerError("newer_request", message, "Use the newer provisioner for this domain.")
    if version < VERSION:
        raise WrongShapeError(f"version is {version}")


def _corrupt(what: str) -> ProvisionerError:
    message = f"what was asked for this domain cannot be read: {what}"
    return ProvisionerError("corrupt_request", message, "restore request.json from a backup")
