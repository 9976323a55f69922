"""What was asked for a domain: the options of `new-domain`, remembered between runs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Literal, Self

from provisioner.core.asked.options import choice, customer_name, delegation_set_id, mail_from_label
from provisioner.core.asked.senders import NO_SENDERS, Senders
from provisioner.core.asked.tags import NO_TAGS, Tags
from provisioner.core.spf.merge import Part
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.documents import WrongShapeError, mapping, optional, required
from provisioner.core.values.region import Region
from provisioner.errors import InputError, ProvisionerError

VERSION = 1


class ZoneMode(StrEnum):
    """Where the DNS records go; `auto` adopts the account's zone of that name or a parent's, else creates one."""

    AUTO = "auto"
    CREATE = "create"
    ADOPT = "adopt"
    EXTERNAL = "external"


class DmarcPolicy(StrEnum):
    """What receivers are asked to do with mail that fails DMARC (RFC 9989)."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


class Spf(StrEnum):
    """Whether SPF at the domain itself is our business."""

    MERGE = "merge"
    SKIP = "skip"


ResolvedMode = Literal["created", "adopted", "external"]
RESOLVED_MODES: tuple[ResolvedMode, ...] = ("created", "adopted", "external")


@dataclass(frozen=True, slots=True)
class ResolvedZone:
    """The zone that was decided on; `id` is None when it does not exist yet, or is not in Route 53."""

    mode: ResolvedMode
    name: str
    id: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked, and below it what was decided once and must not be decided differently by a later run.

    `dmarc` None means that no policy was asked for: `p=none`, or what a subdomain inherits. `dmarc_inherited` None
    means that nobody could say yet. `dmarc_theirs`: the domain had a DMARC record before us, which stays as it is.
    `spf_part` says which part of the TXT set at the domain is ours. `tags` are the customer's own, without ours.
    """

    region: Region
    zone: ZoneMode = ZoneMode.AUTO
    contact: EmailAddress | None = None
    customer: str | None = None
    mail_from: str = "bounce"
    dmarc: DmarcPolicy | None = None
    dmarc_rua: EmailAddress | None = None
    delegation_set: str | None = None
    spf: Spf = Spf.MERGE
    tags: Tags = NO_TAGS
    senders: Senders = NO_SENDERS
    resolved_zone: ResolvedZone | None = None
    dmarc_inherited: bool | None = None
    dmarc_theirs: bool | None = None
    spf_part: Part | None = None

    @classmethod
    def parse(cls, region: str, **options: str | None) -> Self:
        """Read a first request from text, as `merged` reads its options; raises `InputError`."""
        return cls(Region.parse(region)).merged(**options)

    def merged(self, **given: object) -> Self:
        """Return the request with the options that are given (not None) instead of what was asked before.

        Options are field names; a text is read and checked like on the command line, a parsed value is taken as it is.
        Raises `InputError` with the code of the option at fault.
        """
        values = {name: _parsed(name, value) for name, value in given.items() if value is not None}
        return replace(self, **values)

    def to_document(self) -> dict[str, object]:
        """Return the JSON form."""
        document: dict[str, object] = {"version": VERSION}
        for field in fields(self):
            document[field.name] = _plain(getattr(self, field.name))
        return document

    @classmethod
    def from_document(cls, document: object) -> Self:
        """Read `to_document` back.

        Raises `ProvisionerError`: `newer_request` for what a newer version wrote, `corrupt_request` for all else.
        """
        try:
            asked = mapping(document)
            _refuse_newer(asked, {"version", *(field.name for field in fields(cls))})
            return cls(Region.parse(required(asked, "region", str)))._with(asked)
        except WrongShapeError as error:
            raise _corrupt(str(error)) from None
        except InputError as error:
            raise _corrupt(error.message) from None

    def _with(self, asked: Mapping[str, object]) -> Self:
        options = {name: optional(asked, name, str) for name in _PARSERS}
        zone = optional(asked, "resolved_zone", dict)
        found = {name: optional(asked, name, bool) for name in ("dmarc_inherited", "dmarc_theirs")}
        resolved = None if zone is None else _resolved_zone(zone)
        values = {"tags": tags_of(asked), "senders": senders_of(asked), "resolved_zone": resolved}
        return self.merged(**options, **values, **found)


def tags_of(document: Mapping[str, object]) -> Tags | None:
    """Read the member `tags` of a document, None without one; raises `WrongShapeError` or `InputError`."""
    found = optional(document, "tags", dict)
    return None if found is None else Tags.parse(_texts(found))


def senders_of(document: Mapping[str, object]) -> Senders | None:
    """Read the member `senders` of a document, None without one; raises `WrongShapeError` or `InputError`."""
    found = optional(document, "senders", dict)
    return None if found is None else Senders.parse(_texts(found))


def _texts(found: object) -> Iterator[tuple[str, str]]:
    members = mapping(found)
    return ((key, required(members, key, str)) for key in members)


_PARSERS: dict[str, Callable[[str], object]] = {
    "region": Region.parse,
    "zone": lambda text: choice(ZoneMode, "zone", text),
    "contact": EmailAddress.parse,
    "customer": customer_name,
    "mail_from": mail_from_label,
    "dmarc": lambda text: choice(DmarcPolicy, "dmarc", text),
    "dmarc_rua": EmailAddress.parse,
    "delegation_set": delegation_set_id,
    "spf": lambda text: choice(Spf, "spf", text),
    "spf_part": lambda text: choice(Part, "spf_part", text),
}


def _parsed(name: str, value: object) -> Any:  # one of the types of Request's fields, by its name
    return _PARSERS[name](value) if isinstance(value, str) else value


def _plain(value: object) -> object:
    if isinstance(value, ResolvedZone):
        return {"mode": value.mode, "name": value.name, "id": value.id}
    if isinstance(value, Tags | Senders):
        return value.to_document()
    return value if value is None or isinstance(value, bool) else str(value)


def _resolved_zone(document: Mapping[str, object]) -> ResolvedZone:
    mode = required(document, "mode", str)
    if mode not in RESOLVED_MODES:
        raise WrongShapeError("resolved_zone.mode is not one of " + ", ".join(RESOLVED_MODES))
    return ResolvedZone(mode, required(document, "name", str), optional(document, "id", str))


def _refuse_newer(document: Mapping[str, object], known: set[str]) -> None:
    version = required(document, "version", int)
    unknown = sorted(document.keys() - known)
    if version > VERSION or unknown:
        what = f"version {version}" + (f" with {', '.join(unknown)}" if unknown else "")
        message = (
            f"what was asked for this domain was written by a newer provisioner ({what}; this one reads {VERSION})"
        )
        raise ProvisionerError("newer_request", message, "Use the newer provisioner for this domain.")
    if version < VERSION:
        raise WrongShapeError(f"version is {version}")


def _corrupt(what: str) -> ProvisionerError:
    hint = "Remove the file request.json of the domain's workspace and run new-domain again with its options."
    return ProvisionerError("corrupt_request", f"what was asked for this domain cannot be read: {what}", hint)
