"""Condition blocks of IAM policies.

Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys".
"""

import ipaddress
from collections.abc import Callable, Mapping
from typing import Any, Literal

from provisioner.errors import ProvisionerError
from provisioner.sandbox.policy.glob import Context, arn_matches, fill_in, matches, plain

Test = Callable[[str, str], bool]
Quantifier = Literal["", "ForAllValues", "ForAnyValue"]


class UnsupportedPolicyError(ProvisionerError):
    """A policy holds something that this evaluator does not know: nothing may be decided by it."""

    def __init__(self, what: str) -> None:
        super().__init__(
            "unsupported_policy",
            f"the sandbox cannot evaluate {what} in an IAM policy",
            "Write the policy with the operators that the sandbox knows, or try it on AWS.",
        )


def _same_case_insensitive(wanted: str, given: str) -> bool:
    return plain(wanted).lower() == given.lower()


def _same(wanted: str, given: str) -> bool:
    return plain(wanted) == given


def _in_network(wanted: str, given: str) -> bool:
    try:
        network = ipaddress.ip_network(wanted, strict=False)
    except ValueError as error:
        raise UnsupportedPolicyError(f"the address {wanted!r}") from error
    return ipaddress.ip_address(given) in network


_POSITIVE: Mapping[str, Test] = {
    "StringEquals": _same,
    "StringEqualsIgnoreCase": _same_case_insensitive,
    "StringLike": matches,
    "ArnEquals": arn_matches,
    "ArnLike": arn_matches,
    "Bool": _same_case_insensitive,
    "IpAddress": _in_network,
}
_NEGATIVE: Mapping[str, Test] = {
    "StringNotEquals": _same,
    "StringNotEqualsIgnoreCase": _same_case_insensitive,
    "StringNotLike": matches,
    "ArnNotEquals": arn_matches,
    "ArnNotLike": arn_matches,
    "NotIpAddress": _in_network,
}


def holds(block: Any, context: Context) -> bool:
    """Say whether every condition of a block is met; `context` has lower-case keys, a tuple for a multivalued key.

    Raises `UnsupportedPolicyError` for an unknown operator, and where AWS demands ForAllValues or ForAnyValue.
    """
    if not isinstance(block, dict) or not all(isinstance(keys, dict) for keys in block.values()):
        raise UnsupportedPolicyError("a Condition that is not a mapping of operators to mappings of keys")
    results = [
        _condition(operator, key, texts(wanted), context)
        for operator, keys in block.items()
        for key, wanted in keys.items()
    ]
    return all(results)  # a list, so that an unknown operator is found even behind a condition that fails


def texts(value: Any) -> list[str]:
    """Return a policy's value, single or a list, as strings: JSON's true is `true`."""
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str | bool | int) for item in values):
        raise UnsupportedPolicyError(f"the value {value!r}")
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]


def _condition(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    given = context.get(key.lower())
    if operator == "Null":
        return all((given is None) == (text.lower() == "true") for text in wanted)
    quantifier, bare = _quantifier(operator)
    name = bare.removesuffix("IfExists")
    if name not in _POSITIVE and name not in _NEGATIVE:
        raise UnsupportedPolicyError(f"the condition operator {operator!r}")
    if isinstance(given, tuple) and not quantifier:
        raise UnsupportedPolicyError(f"{operator} on the multivalued key {key}, without ForAllValues: or ForAnyValue:,")
    if given is None and name != bare:
        return True  # ...IfExists
    filled = [text for raw in wanted if (text := fill_in(raw, context)) is not None]
    return _holds_for_quantifier(quantifier, name, filled, given)


def _quantifier(operator: str) -> tuple[Quantifier, str]:
    first, colon, rest = operator.partition(":")
    if not colon:
        return "", operator
    if first == "ForAllValues":
        return "ForAllValues", rest
    if first == "ForAnyValue":
        return "ForAnyValue", rest
    raise UnsupportedPolicyError(f"the condition operator {operator!r}")


def _holds_for_quantifier(
    quantifier: Quantifier, name: str, wanted: list[str], given: str | tuple[str, ...] | None
) -> bool:
    """Test the request's values; an absent key has none, which only a negated operator or ForAllValues accepts."""
    values = () if given is None else (given,) if isinstance(given, str) else given
    negated = name in _NEGATIVE
    test = _NEGATIVE[name] if negated else _POSITIVE[name]
    results = [any(test(text, value) for text in wanted) != negated for value in values]
    if quantifier == "ForAllValues":
        return all(results)
    if quantifier == "ForAnyValue":
        return any(results)
    return negated if not results else results[0]
