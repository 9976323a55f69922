"""IAM's patterns: `*` is any text, `?` one character.

Source: IAM user guide, "IAM JSON policy elements: Resource" and "IAM JSON policy elements: Condition operators".
"""

import re
from functools import lru_cache

from provisioner.core.iam.truth import Truth, Unknown

_ARN_PARTS = 6  # arn:partition:service:region:account:resource; the last may hold colons of its own
_SHIELD = {"*": "\ue000", "?": "\ue001", "$": "$"}  # private-use characters, so that what is filled in is no wildcard


def matches(pattern: str, text: str) -> bool:
    """Say whether a whole text matches a pattern, case-sensitively."""
    return _compile(pattern).fullmatch(text) is not None


def arn_matches(pattern: str, arn: str) -> bool:
    """Compare two ARNs as a condition does, part by part: a `*` never reaches over a colon into the next part."""
    wanted, given = pattern.split(":", _ARN_PARTS - 1), arn.split(":", _ARN_PARTS - 1)
    return len(wanted) == len(given) and all(map(matches, wanted, given))


def resource_matches(pattern: str, arn: str) -> Truth:
    """Say whether a Resource element covers an ARN.

    A `*` at the end of a part, and no other, reaches over colons; parts that are left out at the end may be any. AWS
    does not say which of the two counts for a pattern of too few parts with such a `*`.
    """
    as_it_stands = _covers(pattern, arn)
    if ":" not in pattern or pattern.count(":") >= _ARN_PARTS - 1:
        return as_it_stands
    completed = _covers(f"{pattern}:*", arn)
    return completed if completed == as_it_stands or "*" not in pattern else Unknown(f"{pattern} is no whole ARN")


def literal(name: str) -> str | None:
    """Return what the variables `${*}`, `${?}` and `${$}` stand for: the characters; None for another variable."""
    return _SHIELD.get(name)


def shielded(value: str) -> str:
    """Return a value of the request so that no character of it is a wildcard."""
    return value.replace("*", _SHIELD["*"]).replace("?", _SHIELD["?"])


def plain(text: str) -> str:
    """Return a text with shielded characters for a comparison without wildcards."""
    return text.replace(_SHIELD["*"], "*").replace(_SHIELD["?"], "?")


def _covers(pattern: str, arn: str) -> bool:
    reached = {0}
    for place, character in enumerate(pattern):
        reached = _reached(reached, character, arn, reaches_on=pattern[place + 1 : place + 2] in ("", ":"))
    return len(arn) in reached


def _reached(places: set[int], character: str, arn: str, *, reaches_on: bool) -> set[int]:
    """Return how far into the ARN a pattern may have come after one more character of it."""
    if character == "*" and reaches_on:
        return set(range(min(places), len(arn) + 1)) if places else set()
    if character == "*":
        ends = ((place, arn.find(":", place)) for place in places)
        return {at for place, end in ends for at in range(place, (len(arn) if end < 0 else end) + 1)}
    wanted = plain(character)
    inside = (place for place in places if place < len(arn))
    return {place + 1 for place in inside if arn[place] == wanted or (character == "?" and arn[place] != ":")}


@lru_cache(maxsize=1024)
def _compile(pattern: str) -> re.Pattern[str]:
    """Translate a pattern; each `*` but the last takes the shortest text and keeps it: no exponential time."""
    first, *rest = (_literal(chunk) for chunk in pattern.split("*"))
    middle = "".join(f"(?>.*?{chunk})" for chunk in rest[:-1])
    tail = f".*{rest[-1]}" if rest else ""
    return re.compile(f"{first}{middle}{tail}", re.DOTALL)


def _literal(chunk: str) -> str:
    return "".join("." if character == "?" else re.escape(plain(character)) for character in chunk)
