"""Tags of one's own, beside the tags that are ours: what AWS allows on everything that carries them.

The rules are the narrowest of the services used. IAM API, Tag: a key has 1 to 128 characters, a value 0 to 256. IAM
user guide, "Tags for IAM resources": the keys of a user are the same in any case, and neither key nor value may begin
with `aws:`. IAM and SES allow 50 tags; Route 53 API, ChangeTagsForResource: 10 on a hosted zone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

from provisioner.core.asked.named_set import Change, NamedSet, Pair, Words, Wrong
from provisioner.core.asked.options import LONGEST_TAG_VALUE, TAG_CHARACTERS, is_tag_character
from provisioner.core.values.wording import named, quoted
from provisioner.errors import InputError

LONGEST_TAG_KEY = 128
MOST_TAGS, MOST_TAGS_OF_A_ZONE = 50, 10
ALWAYS_OURS = 3  # of the tags of an identity: ManagedBy, Domain, Provisioner
MOST_OF_ONES_OWN = MOST_TAGS - ALWAYS_OURS

_CHOOSE = "choose another key"
OURS: Mapping[str, str] = {  # the keys that are ours, and what to do instead of setting them
    "ManagedBy": _CHOOSE,
    "Domain": _CHOOSE,
    "Provisioner": _CHOOSE,
    "Customer": "give the field customer, or --customer",
    "Contact": "give the field contact, or --contact",
    "DmarcRua": "give the field dmarc_rua, or --dmarc-rua",
    "Sender": "give the field senders, or --sender",
    "ProvisionerBoundary": "give the field permissions_boundary, or --permissions-boundary",
    "ProvisionerIgnores": "give the field ignore_tags, or --ignore-tags",
    "ProvisionerStanding": "`provisioner pause` sets it",
}
SENDER_PREFIX = "Sender:"  # of the key of the tag in which an identity remembers a sender, before its name
STANDING = "ProvisionerStanding"  # since when and why the domain is paused
STANDING_PREFIX = f"{STANDING}:"  # the same of a sender, before its name
_PREFIXES = {prefix.lower(): prefix.removesuffix(":").lower() for prefix in (SENDER_PREFIX, STANDING_PREFIX)}
_OURS = {key.lower(): hint for key, hint in OURS.items()}


@dataclass(frozen=True, slots=True)
class Tags(NamedSet):
    """Tags in the order of their keys, of which no two differ in case only."""

    WORDS = Words(
        entry="tag",
        value="value",
        put="be set",
        syntax="Write --tag Team=web; --tag Team= gives it an empty value, --no-tag Team takes it away.",
        alike="and IAM makes no difference",
    )
    MOST = MOST_OF_ONES_OWN
    WHY = f"AWS allows {MOST_TAGS} on a resource, of which at least {ALWAYS_OURS} are the provisioner's"

    @classmethod
    def parse(cls, given: Iterable[Pair]) -> Self:
        """Check pairs of key and value; raises `InputError("invalid_tag")` for the first fault, or for too many."""
        pairs = list(given)
        cls._refuse(cls.faults(pairs))
        return cls.from_checked(pairs)

    @classmethod
    def from_resource(cls, tags: Mapping[str, str]) -> Self:
        """Return those tags of an AWS resource that are not ours; what could not have been asked of us is left out."""
        kept = cls()
        for pair in sorted(tags.items()):
            with suppress(InputError):  # somebody else's, in a form that only this service knows
                kept = kept.over(cls.parse([pair]))
        return kept

    @staticmethod
    def clean(text: str) -> str:
        """Return a key or a value without blanks around it, its decomposed accents composed."""
        return unicodedata.normalize("NFC", text).strip()

    @staticmethod
    def fold(name: str) -> str:
        """Return the key in lower case: a user of IAM has it once, in whatever case."""
        return name.lower()

    @classmethod
    def wrong_name(cls, name: str) -> Wrong | None:
        """Say what is wrong with a clean key."""
        if not name:
            return "the tag has no key", "give it one, such as Team=web"
        ours = _OURS.get(_without_name(name.lower()))
        if ours:
            return f"the tag {quoted(name)} is the provisioner's own", ours
        return _wrong_text(f"the tag {quoted(name)}", name, LONGEST_TAG_KEY)

    @classmethod
    def wrong_value(cls, name: str, value: str) -> Wrong | None:
        """Say what is wrong with the clean value of a key that is right."""
        return _wrong_text(f"the value of the tag {quoted(name)}", value, LONGEST_TAG_VALUE)


NO_TAGS = Tags()


class TagChange(Change[Tags]):
    """What a command line asks of the tags."""

    @classmethod
    def parse(cls, put: Sequence[str], drop: Sequence[str]) -> Self | None:
        """Read the texts of `--tag KEY=VALUE` and `--no-tag KEY`, None without any.

        Raises `InputError("invalid_tag")`.
        """
        return cls.read(Tags, put, drop)


def _without_name(key: str) -> str:
    """Return a key of ours that a sender's name follows without that name, any other as it is."""
    return next((ours for prefix, ours in _PREFIXES.items() if key.startswith(prefix)), key)


def _wrong_text(what: str, text: str, longest: int) -> Wrong | None:
    wrong = next((character for character in text if not is_tag_character(character)), None)
    if wrong:
        return f"{what} contains {named(wrong)}", TAG_CHARACTERS
    if len(text) > longest:
        return f"{what} is {len(text)} characters long", f"AWS allows {longest}"
    if text.lower().startswith("aws:"):
        return f"{what} begins with aws:, which AWS keeps for itself", "begin it with something else"
    return None
