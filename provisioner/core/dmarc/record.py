"""A DMARC record as receivers read it: RFC 9989 sections 4.7 (tags) and 4.8 (syntax)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.dmarc.protocol import is_dmarc_record
from provisioner.core.dmarc.writing import plain
from provisioner.core.values.address import EmailAddress
from provisioner.errors import InputError

ACTIVE_TAGS = frozenset({"v", "p", "sp", "np", "adkim", "aspf", "rua", "ruf", "fo", "psd", "t"})
REMOVED_TAGS = frozenset({"pct", "rf", "ri"})  # of RFC 7489; receivers ignore them since RFC 9989

_MEANT = re.compile(
    r"""'*\s*(?:
        v\s*[=:]\s*'*dmarc
        | dmarc1(?![\w-])
        | dmarc[\s;,:]*(?:(?:v|p|sp|rua)\s*[=:]|;|\Z)  # not the token of a service, `dmarc-verification=`
        | p\s*[=:]\s*'*(?:none|quarantine|reject)
        | ru[af]\s*[=:]\s*'*mailto
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_SIZE_SUFFIX = re.compile(r"!\d+[kmgt]?\Z", re.IGNORECASE)  # obsolete, and ignored


@dataclass(frozen=True, slots=True)
class DmarcRecord:
    """The tags of one record in their order, names in lower case, `v` first; `faults` are the parts without a `=`."""

    tags: tuple[tuple[str, str], ...]
    faults: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> DmarcRecord | None:
        """Read a TXT; None when receivers do not take it for a DMARC record at all."""
        if not is_dmarc_record(text):
            return None
        parts = [part.strip(" \t") for part in text.split(";")]
        pairs = [(name.strip(" \t").lower(), value.strip(" \t")) for name, eq, value in map(_halves, parts) if eq]
        return cls(tuple(pairs), tuple(part for part in parts if part and "=" not in part))

    def __str__(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.tags)

    def get(self, name: str) -> str | None:
        """Return the value of a tag, of its first occurrence."""
        return next((value for tag, value in self.tags if tag == name), None)

    @property
    def policy(self) -> DmarcPolicy | None:
        """The policy for the domain; None when the record has no effect at all.

        With a missing or unknown `p`, or an unknown `sp` or `np`, it counts as `none` when there is somewhere to report
        to, else nothing is processed. Source: RFC 9989 section 4.10.1.
        """
        if not self.unknown_policies:
            return policy_of(self.get("p"))
        return DmarcPolicy.NONE if any(uri.is_usable for uri in self.uris("rua")) else None

    @property
    def unknown_policies(self) -> tuple[str, ...]:
        """The tags among `p`, `sp` and `np` that name no policy, `p` also where it is missing."""
        given = [tag for tag in ("p", "sp", "np") if tag == "p" or self.get(tag) is not None]
        return tuple(tag for tag in given if policy_of(self.get(tag)) is None)

    @property
    def is_test(self) -> bool:
        """Whether `t=y` asks receivers to apply the policy one level lower."""
        return (self.get("t") or "").lower() == "y"

    @property
    def repeated(self) -> tuple[str, ...]:
        """The tags that stand in the record more than once."""
        names = [name for name, _ in self.tags]
        return tuple(sorted({name for name in names if names.count(name) > 1}))

    def uris(self, name: str) -> tuple[ReportUri, ...]:
        """Return the destinations of `rua` or `ruf`."""
        return tuple(ReportUri.parse(part) for part in (self.get(name) or "").split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class ReportUri:
    """One destination of reports; `address` is None for what is not a `mailto:` of an address that can receive mail."""

    text: str
    address: EmailAddress | None

    @classmethod
    def parse(cls, text: str) -> ReportUri:
        """Read one part of the comma-separated list, without its obsolete size suffix (`!10m`)."""
        uri = _SIZE_SUFFIX.sub("", text.strip())
        if not uri.lower().startswith("mailto:"):
            return cls(text.strip(), None)
        try:
            return cls(text.strip(), EmailAddress.parse(uri))
        except InputError:
            return cls(text.strip(), None)

    @property
    def is_usable(self) -> bool:
        """Whether every receiver of mail can report there: `mailto:` is the one scheme they must support."""
        return self.address is not None

    @property
    def has_size(self) -> bool:
        """Whether the obsolete size suffix is given."""
        return _SIZE_SUFFIX.search(self.text) is not None


def policy_of(value: str | None) -> DmarcPolicy | None:
    """Return the policy that a tag names, None for no such word."""
    return DmarcPolicy(value.lower()) if value and value.lower() in frozenset(DmarcPolicy) else None


def is_meant_as_dmarc(text: str) -> bool:
    """Say whether somebody surely meant DMARC, but receivers do not read it: `v=dmarc1; p=none`, `p=none`."""
    return _MEANT.match(plain(text)) is not None and not is_dmarc_record(text)


def only_record(texts: Iterable[str]) -> DmarcRecord | None:
    """Return the DMARC record of a TXT set; several are as good as none (RFC 9989 section 4.10)."""
    found = [record for text in texts if (record := DmarcRecord.parse(text))]
    return found[0] if len(found) == 1 else None


def lower(policy: DmarcPolicy) -> DmarcPolicy:
    """Return the policy one level lower, which is what `t=y` makes of it."""
    return DmarcPolicy.QUARANTINE if policy is DmarcPolicy.REJECT else DmarcPolicy.NONE


def _halves(part: str) -> tuple[str, str, str]:
    return part.partition("=")
