"""What a policy of an IAM user says of sending by SMTP, as far as can be said without asking IAM to decide.

Source: SES developer guide, "Controlling access to Amazon SES": SMTP needs `ses:SendRawEmail`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_ACTION = "ses:sendrawemail"


def allows_sending(document: object) -> bool:
    """Say whether some statement allows `ses:SendRawEmail`, on whatever resource and condition."""
    return any(one.get("Effect") == "Allow" and _names_it(one) for one in _statements(document))


def denies_sending(document: object) -> bool:
    """Say whether some statement denies `ses:SendRawEmail` on everything, without a condition."""
    return any(
        one.get("Effect") == "Deny"
        and _names_it(one)
        and "*" in _texts(one.get("Resource"))
        and not one.get("Condition")
        for one in _statements(document)
    )


def _statements(document: object) -> Iterator[Mapping[str, object]]:
    found = document.get("Statement") if isinstance(document, Mapping) else None
    yield from (one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Mapping))


def _names_it(statement: Mapping[str, object]) -> bool:
    """IAM compares actions without case, and knows `*` and `?` in them."""
    if "NotAction" in statement:
        return not any(_matches(pattern) for pattern in _texts(statement["NotAction"]))
    return any(_matches(pattern) for pattern in _texts(statement.get("Action")))


def _matches(pattern: str) -> bool:
    expression = re.escape(pattern.lower()).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, _ACTION) is not None


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if isinstance(value, str) else []
