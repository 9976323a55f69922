"""IAM's patterns: `*` is any text, `?` one character, `${key}` a value of the request.

Source: IAM user guide, "IAM JSON policy elements: Resource" and "IAM policy elements: Variables and tags".
"""

import re
from collections.abc import Mapping
from functools import lru_cache

Context = Mapping[str, str | tuple[str, ...]]

ARN_PARTS = 6  # arn:partition:service:region:account:resource; the last may hold colons of its own

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_LITERALS = "*?$"  # ${*}, ${?} and ${$} stand for the characters themselves
_SHIELD = {"*": "\ue000", "?": "\ue001", "$": "$"}  # private-use characters, so that what is filled in is no wildcard


def matches(pattern: str, text: str) -> bool:
    """Say whether a whole text matches a pattern, case-sensitively."""
    return _compile(pattern).fullmatch(text) is not None


def arn_matches(pattern: str, arn: str) -> bool:
    """Compare two ARNs part by part, so that a `*` never reaches over a colon into the next part."""
    wanted, given = pattern.split(":", ARN_PARTS - 1), arn.split(":", ARN_PARTS - 1)
    return len(wanted) == len(given) and all(map(matches, wanted, given))


def fill_in(pattern: str, context: Context) -> str | None:
    """Replace policy variables by the request's values; None when one of them has none (then nothing matches).

    Keys of `context` are in lower case. `${key, 'default'}` is understood.
    """
    values = {match[0]: _value(match[1], context) for match in _VARIABLE.finditer(pattern)}
    if None in values.values():
        return None
    return _VARIABLE.sub(lambda match: values[match[0]] or "", pattern)


def plain(text: str) -> str:
    """Return a filled-in text for a comparison without wildcards."""
    return text.replace(_SHIELD["*"], "*").replace(_SHIELD["?"], "?")


def _value(variable: str, context: Context) -> str | None:
    if variable and variable in _LITERALS:
        return _SHIELD[variable]
    key, _, default = variable.partition(",")
    value = context.get(key.strip().lower())
    if value is None and default:
        value = default.strip().removeprefix("'").removesuffix("'")
    return None if not isinstance(value, str) else value.replace("*", _SHIELD["*"]).replace("?", _SHIELD["?"])


@lru_cache(maxsize=1024)
def _compile(pattern: str) -> re.Pattern[str]:
    """Translate a pattern; each `*` but the last takes the shortest text and keeps it: no exponential time."""
    first, *rest = (_literal(chunk) for chunk in pattern.split("*"))
    middle = "".join(f"(?>.*?{chunk})" for chunk in rest[:-1])
    tail = f".*{rest[-1]}" if rest else ""
    return re.compile(f"{first}{middle}{tail}", re.DOTALL)


def _literal(chunk: str) -> str:
    return "".join("." if character == "?" else re.escape(plain(character)) for character in chunk)
