"""The SPF record that receivers find at a name: RFC 7208 sections 4.4 to 4.6."""

from dataclasses import dataclass

from provisioner.core.dns.answers import Found, Unreachable
from provisioner.core.dns.ask import Ask
from provisioner.core.spf.syntax import SpfRecord, is_spf, parse
from provisioner.core.values.domain_input import LONGEST_LABEL, LONGEST_NAME
from provisioner.errors import Refused


@dataclass(frozen=True, slots=True)
class NoSpf:
    """There is no SPF record at the name; `is_void` says that there is no TXT at all."""

    is_void: bool


@dataclass(frozen=True, slots=True)
class SeveralSpf:
    """More than one SPF record stands at the name, so that every receiver gives up (permerror, section 4.5)."""

    name: str
    number: int

    @property
    def problem(self) -> str:
        """Say it as one sentence."""
        return f"{self.name} has {self.number} SPF records"


@dataclass(frozen=True, slots=True)
class BrokenSpf:
    """The record at the name makes every receiver give up (permerror); `problem` is one sentence with the name."""

    problem: str
    remedy: str


PublishedSpf = SpfRecord | NoSpf | SeveralSpf | BrokenSpf | Unreachable


def spf_at(name: str, ask: Ask) -> PublishedSpf:
    """Return what receivers find at a name."""
    if not is_askable(name):
        return NoSpf(is_void=False)
    match ask(name, "TXT"):
        case Unreachable() as silence:
            return silence
        case Found(texts):
            return spf_among(texts, name)
        case _:
            return NoSpf(is_void=True)


def spf_among(texts: tuple[str, ...], name: str) -> SpfRecord | NoSpf | SeveralSpf | BrokenSpf:
    """Return what receivers make of the TXT values of a name."""
    records = [text for text in texts if is_spf(text)]
    if not records:
        return NoSpf(is_void=False)
    if len(records) > 1:
        return SeveralSpf(name, len(records))
    try:
        return parse(records[0], name)
    except Refused as broken:
        return BrokenSpf(broken.message, broken.hint)


def is_askable(name: str) -> bool:
    """Say whether DNS can be asked for a name: at least two labels, none empty or too long (section 4.3)."""
    labels = name.split(".")
    return len(name) <= LONGEST_NAME and len(labels) > 1 and all(0 < len(label) <= LONGEST_LABEL for label in labels)
