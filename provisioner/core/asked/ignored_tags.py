"""Tags that others set on our resources, such as an organization's tagger: neither removed nor told as drift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from provisioner.core.asked.options import LONGEST_TAG_VALUE, TAG_CHARACTERS, is_tag_character, tag_text
from provisioner.core.asked.tags import LONGEST_TAG_KEY
from provisioner.core.values.wording import named, quoted
from provisioner.errors import InputError

_NONE, _BETWEEN, _ANY = "none", ",", "*"
_HINT = "Give keys with commas between them, such as CreatedBy,CostCenter*; none to ignore nothing any more."


@dataclass(frozen=True, slots=True)
class IgnoredTags:
    """Keys, and beginnings of keys; as text `CreatedBy,CostCenter*`, or `none`. AWS compares them with case."""

    keys: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read keys with commas between them; raises `InputError("invalid_ignore_tags")`."""
        parts = sorted({part.strip() for part in text.split(_BETWEEN)})
        if parts == [_NONE]:
            return cls()
        for part in parts:
            _check(part.removesuffix(_ANY))
        found = cls(
            tuple(part for part in parts if not part.endswith(_ANY)),
            tuple(part.removesuffix(_ANY) for part in parts if part.endswith(_ANY)),
        )
        if len(tag_text(str(found))) > LONGEST_TAG_VALUE:
            raise _invalid("the tags to ignore are too many to be remembered in an AWS tag")
        return found

    def __str__(self) -> str:
        return _BETWEEN.join((*self.keys, *(f"{prefix}{_ANY}" for prefix in self.prefixes))) or _NONE

    def hides(self, key: str) -> bool:
        """Say whether a tag of this key is ignored."""
        return key in self.keys or key.startswith(self.prefixes)

    def rest_of(self, tags: Mapping[str, str]) -> dict[str, str]:
        """Return the tags that are not ignored."""
        return {key: value for key, value in tags.items() if not self.hides(key)}


NOTHING_IGNORED = IgnoredTags()


def _check(key: str) -> None:
    wrong = next((character for character in key if not is_tag_character(character)), None)
    if not key:
        raise _invalid("a tag to ignore has no key")
    if wrong:
        raise InputError("invalid_ignore_tags", f"the tag {quoted(key)} contains {named(wrong)}", TAG_CHARACTERS)
    if len(key) > LONGEST_TAG_KEY:
        raise _invalid(f"the tag {quoted(key)} is {len(key)} characters long, and AWS allows {LONGEST_TAG_KEY}")


def _invalid(message: str) -> InputError:
    return InputError("invalid_ignore_tags", message, _HINT)
