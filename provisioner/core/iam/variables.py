"""Policy variables: `${aws:username}` in a policy is a value of the request.

Source: IAM user guide, "IAM policy elements: Variables and tags".
"""

import re

from provisioner.core.iam.pattern import literal, shielded
from provisioner.core.iam.request import Context
from provisioner.core.iam.truth import Unknown

_VARIABLE = re.compile(r"\$\{([^}]*)\}")


def filled(pattern: str, context: Context) -> str | Unknown | None:
    """Return a text with its variables replaced; None when one has no value: then it matches nothing.

    `${key, 'default'}` is understood. What is filled in is no wildcard.
    """
    values = {match[0]: _value(match[1], context) for match in _VARIABLE.finditer(pattern)}
    unknown = next((value for value in values.values() if isinstance(value, Unknown)), None)
    if unknown is not None or None in values.values():
        return unknown
    return _VARIABLE.sub(lambda match: str(values[match[0]]), pattern)


def _value(variable: str, context: Context) -> str | Unknown | None:
    character = literal(variable)
    if character is not None:
        return character
    key, _, default = variable.partition(",")
    value = context.get(key.strip())
    if value is None and default:
        return shielded(default.strip().removeprefix("'").removesuffix("'"))
    return shielded(value) if isinstance(value, str) else value if isinstance(value, Unknown) else None
