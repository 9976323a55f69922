"""What was asked for a domain: the options of `new-domain`, remembered between runs."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self

from provisioner.core.asked.boundary import NO_BOUNDARY, Boundary
from provisioner.core.asked.ignored_tags import NOTHING_IGNORED, IgnoredTags
from provisioner.core.asked.options import choice, customer_name, delegation_set_id, mail_from_label
from provisioner.core.asked.senders import NO_SENDERS, Senders
from provisioner.core.asked.tags import NO_TAGS, Tags
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.documents import mapping, optional, required
from provisioner.core.values.region import Region


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


class Dmarc(StrEnum):
    """What is asked of DMARC at the domain: a record of ours with this policy, or that it is not our business."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"
    SKIP = "skip"

    @property
    def policy(self) -> DmarcPolicy | None:
        """The policy of the record; None for no record of ours."""
        return None if self is Dmarc.SKIP else DmarcPolicy(self)


class Spf(StrEnum):
    """Whether SPF at the domain itself is our business; `merge` publishes no new record over mail of others."""

    MERGE = "merge"
    PUBLISH = "publish"
    SKIP = "skip"


class Tls(StrEnum):
    """What becomes of mail to a server that offers no TLS: `optional` sends it all the same, `require` drops it."""

    REQUIRE = "require"
    OPTIONAL = "optional"


BEFORE_TLS = Tls.REQUIRE  # of every domain whose options were written down before there was a choice

# What can be taken back. Region and delegation set cannot be changed, and a sender's password may be in use.
RETRACTABLE = (
    "customer", "contact", "zone", "mail_from", "dmarc", "dmarc_rua", "spf", "tls", "tags", "permissions_boundary",
    "ignore_tags",
)  # fmt: skip  # names, not a column


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for a domain, in options of `new-domain`.

    `dmarc` None means that nothing was asked: `p=none`, or what a subdomain inherits, or what its owner has. `tags` are
    the customer's own, without ours.
    """

    region: Region
    zone: ZoneMode = ZoneMode.AUTO
    contact: EmailAddress | None = None
    customer: str | None = None
    mail_from: str = "bounce"
    dmarc: Dmarc | None = None
    dmarc_rua: EmailAddress | None = None
    delegation_set: str | None = None
    spf: Spf = Spf.MERGE
    tls: Tls = Tls.OPTIONAL
    tags: Tags = NO_TAGS
    senders: Senders = NO_SENDERS
    permissions_boundary: Boundary = NO_BOUNDARY
    ignore_tags: IgnoredTags = NOTHING_IGNORED

    @classmethod
    def parse(cls, region: str, **options: str | None) -> Self:
        """Read a first request from text, as `with_options` reads its options; raises `InputError`."""
        return cls(Region.parse(region)).with_options(**options)

    def with_options(self, **given: object) -> Self:
        """Return the request with the options that are given (not None) instead of what was asked before.

        Options are field names; a text is read and checked like on the command line, a parsed value is taken as it is.
        To skip DMARC drops a report address that was asked for before, as no record is left to hold it. Raises
        `InputError` with the code of the option at fault.
        """
        values = {name: _parse(name, value) for name, value in given.items() if value is not None}
        if values.get("dmarc") is Dmarc.SKIP:
            values.setdefault("dmarc_rua", None)
        return replace(self, **values)

    def without_options(self, names: Collection[str]) -> Self:
        """Return the request as if these options, of `RETRACTABLE`, had never been given."""
        usual = type(self)(region=self.region)
        return replace(self, **{name: getattr(usual, name) for name in names})

    def to_document(self) -> dict[str, object]:
        """Return the JSON form."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Self:
        """Read `to_document` back, whatever else stands in the document.

        Raises `WrongShapeError`, or `InputError` for a value that no option may have.
        """
        options = {"tls": BEFORE_TLS} | {name: optional(document, name, str) for name in _PARSERS if name in document}
        named = {"tags": tags_of(document), "senders": senders_of(document)}
        return cls(Region.parse(required(document, "region", str))).with_options(**options, **named)


def tags_of(document: Mapping[str, object]) -> Tags | None:
    """Read the member `tags` of a document, None without one; raises `WrongShapeError` or `InputError`."""
    tags = optional(document, "tags", dict)
    return None if tags is None else Tags.parse(_texts(tags))


def senders_of(document: Mapping[str, object]) -> Senders | None:
    """Read the member `senders` of a document, None without one; raises `WrongShapeError` or `InputError`."""
    senders = optional(document, "senders", dict)
    return None if senders is None else Senders.parse(_texts(senders))


def _texts(document: object) -> Iterator[tuple[str, str]]:
    members = mapping(document)
    return ((key, required(members, key, str)) for key in members)


_PARSERS: dict[str, Callable[[str], object]] = {
    "region": Region.parse,
    "zone": lambda text: choice(ZoneMode, "zone", text),
    "contact": EmailAddress.parse,
    "customer": customer_name,
    "mail_from": mail_from_label,
    "dmarc": lambda text: choice(Dmarc, "dmarc", text),
    "dmarc_rua": EmailAddress.parse,
    "delegation_set": delegation_set_id,
    "spf": lambda text: choice(Spf, "spf", text),
    "tls": lambda text: choice(Tls, "tls", text),
    "permissions_boundary": Boundary.parse,
    "ignore_tags": IgnoredTags.parse,
}


def _parse(name: str, value: object) -> Any:  # one of the types of Request's fields, by its name
    return _PARSERS[name](value) if isinstance(value, str) else value


def _plain(value: object) -> object:
    if isinstance(value, Tags | Senders):
        return value.to_document()
    return None if value is None else str(value)
