"""Tags of one's own, beside the tags that are ours: what AWS allows on everything that carries them.

The rules are the narrowest of the services used. IAM API, Tag: a key has 1 to 128 characters, a value 0 to 256. IAM
user guide, "Tags for IAM resources": the keys of a user are the same in any case, and neither key nor value may begin
with `aws:`. IAM and SES allow 50 tags; Route 53 API, ChangeTagsForResource: 10 on a hosted zone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from provisioner.core.asked.options import LONGEST_TAG_VALUE, TAG_CHARACTERS, is_tag_character
from provisioner.core.values.wording import named, shown
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
}
SENDER_PREFIX = "Sender:"  # of the key of the tag in which an identity remembers a sender, before its name
_OURS = {key.lower(): hint for key, hint in OURS.items()}

Pair = tuple[str, str]
Fault = tuple[str | None, str, str]  # the key as it was given (None: all of them), what is wrong, what to do


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags in the order of their keys, of which no two differ in case only."""

    pairs: tuple[Pair, ...] = ()

    @classmethod
    def parse(cls, given: Iterable[Pair]) -> Tags:
        """Check pairs of key and value; raises `InputError("invalid_tag")` for the first fault."""
        pairs = list(given)
        fault = next(faults(pairs), None)
        if fault:
            raise InputError("invalid_tag", *fault[1:])
        return cls.checked(pairs)

    @classmethod
    def checked(cls, given: Iterable[Pair]) -> Tags:
        """Take pairs that have no `faults`; blanks around them are dropped, decomposed accents composed."""
        return cls(tuple(sorted((_clean(key), _clean(value)) for key, value in given)))

    @classmethod
    def found(cls, tags: Mapping[str, str]) -> Tags:
        """Return those tags of an AWS resource that are not ours; what could not have been asked of us is left out."""
        kept = cls()
        for pair in sorted(tags.items()):
            with suppress(InputError):  # somebody else's, in a form that only this service knows
                kept = kept.over(cls.parse([pair]))
        return kept

    def over(self, before: Tags) -> Tags:
        """Return `before` with these tags added or in their place; raises `InputError("too_many_tags")`."""
        tags = Tags(tuple(sorted([*before.without(self.to_document()).pairs, *self.pairs])))
        excess = too_many(len(tags.pairs))
        if excess:
            raise InputError("too_many_tags", *excess)
        return tags

    def without(self, keys: Collection[str]) -> Tags:
        """Return the tags but these, in whatever case; a key that is not there does not matter."""
        gone = {key.lower() for key in keys}
        return Tags(tuple(pair for pair in self.pairs if pair[0].lower() not in gone))

    def to_document(self) -> dict[str, str]:
        """Return the tags as a mapping."""
        return dict(self.pairs)


NO_TAGS = Tags()


@dataclass(frozen=True, slots=True)
class TagChange:
    """What a command line asks: tags to `put`, keys of tags to `drop`; all others stay."""

    put: Tags
    drop: tuple[str, ...] = ()

    @classmethod
    def parse(cls, put: Sequence[str], drop: Sequence[str]) -> TagChange | None:
        """Read the texts of `--tag KEY=VALUE` and `--no-tag KEY`, None without any.

        Raises `InputError("invalid_tag")`.
        """
        if not put and not drop:
            return None
        change = cls(Tags.parse(_pair(text) for text in put), tuple(_clean(key) for key in drop))
        for key in change.drop:
            Tags.parse([(key, "")])
        both = [key for key, _ in change.put.pairs if key.lower() in {dropped.lower() for dropped in change.drop}]
        if both:
            message = f"the tag {shown(both[0])} is to be set and to be taken away"
            raise InputError("invalid_tag", message, "Give --tag or --no-tag for it.")
        return change

    def over(self, before: Tags) -> Tags:
        """Return the tags that result; raises `InputError("too_many_tags")`."""
        return self.put.over(before.without(self.drop))


def faults(pairs: Sequence[Pair]) -> Iterator[Fault]:
    """Yield everything that is wrong with tags of one's own: keys, values, keys given twice, and how many they are."""
    first: dict[str, str] = {}
    for given, value in pairs:
        key = _clean(given)
        wrong = _wrong_key(key) or _wrong_value(key, _clean(value)) or _wrong_twice(key, first.get(key.lower()))
        first.setdefault(key.lower(), key)
        if wrong:
            yield given, *wrong
    excess = too_many(len(first))
    if excess:
        yield None, *excess


def too_many(count: int) -> tuple[str, str] | None:
    """Say what is wrong with so many tags of one's own, and what to do; None when they fit."""
    if count <= MOST_OF_ONES_OWN:
        return None
    limit = f"AWS allows {MOST_TAGS} on a resource, of which at least {ALWAYS_OURS} are the provisioner's"
    return f"{count} tags are too many", f"{limit}; remove {count - MOST_OF_ONES_OWN}"


def _pair(text: str) -> Pair:
    key, equals, value = text.partition("=")
    if equals:
        return key, value
    hint = "Write --tag Team=web; --tag Team= gives it an empty value, --no-tag Team takes it away."
    raise InputError("invalid_tag", f"the tag {shown(text)} has no value", hint)


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _wrong_key(key: str) -> tuple[str, str] | None:
    if not key:
        return "the tag has no key", "give it one, such as Team=web"
    ours = _OURS.get("sender" if key.lower().startswith(SENDER_PREFIX.lower()) else key.lower())
    if ours:
        return f"the tag {shown(key)} is the provisioner's own", ours
    return _wrong_text(f"the tag {shown(key)}", key, LONGEST_TAG_KEY)


def _wrong_value(key: str, value: str) -> tuple[str, str] | None:
    return _wrong_text(f"the value of the tag {shown(key)}", value, LONGEST_TAG_VALUE)


def _wrong_text(what: str, text: str, longest: int) -> tuple[str, str] | None:
    wrong = next((character for character in text if not is_tag_character(character)), None)
    if wrong:
        return f"{what} contains {named(wrong)}", TAG_CHARACTERS
    if len(text) > longest:
        return f"{what} is {len(text)} characters long", f"AWS allows {longest}"
    if text.lower().startswith("aws:"):
        return f"{what} begins with aws:, which AWS keeps for itself", "begin it with something else"
    return None


def _wrong_twice(key: str, other: str | None) -> tuple[str, str] | None:
    if other is None:
        return None
    also = "" if other == key else f", also as {shown(other)}, and IAM makes no difference"
    return f"the tag {shown(key)} is given twice{also}", "remove one of them"
