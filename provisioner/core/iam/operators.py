"""The condition operators: how each compares a value of the policy with one of the request.

Source: IAM user guide, "IAM JSON policy elements: Condition operators".
"""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt
from typing import Any

from provisioner.core.iam.pattern import arn_matches, matches, plain
from provisioner.core.iam.truth import Truth, Unknown

Test = Callable[[str, str], Truth]
Order = Callable[[Any, Any], bool]

NULL = "Null"
_IF_EXISTS = "IfExists"
_QUANTIFIERS = ("ForAllValues", "ForAnyValue")


@dataclass(frozen=True, slots=True)
class Operator:
    """A condition operator, taken apart: `ForAllValues:StringNotLikeIfExists` is four things."""

    test: Test
    negated: bool = False
    if_exists: bool = False
    quantifier: str = ""
    takes_variables: bool = False


def operator_of(name: str) -> Operator | None:
    """Return the operator of a name, None for one that is not known; `Null` is not among them."""
    quantifier, colon, rest = name.partition(":")
    bare = rest if colon else name
    plain_name = bare.removesuffix(_IF_EXISTS)
    known = _TESTS.get(plain_name)
    if known is None or (colon and quantifier not in _QUANTIFIERS):
        return None
    test, negated = known
    takes_variables = plain_name.startswith(("String", "Arn"))
    return Operator(test, negated, plain_name != bare, quantifier if colon else "", takes_variables)


def _same(wanted: str, given: str) -> bool:
    return plain(wanted) == given


def _same_in_any_case(wanted: str, given: str) -> bool:
    return plain(wanted).lower() == given.lower()


def _in_network(wanted: str, given: str) -> Truth:
    try:
        network, address = ipaddress.ip_network(wanted, strict=False), ipaddress.ip_address(given)
    except ValueError:
        return Unknown(f"{wanted!r} or {given!r} is no address")
    return address in network


def _numbers(order: Order) -> Test:
    return lambda wanted, given: _compared(order, float, wanted, given)


def _dates(order: Order) -> Test:
    return lambda wanted, given: _compared(order, _date, wanted, given)


def _compared(order: Order, read: Callable[[str], Any], wanted: str, given: str) -> Truth:
    try:
        return order(read(given), read(wanted))
    except ValueError:
        return Unknown(f"{wanted!r} or {given!r} is not what the operator compares")


def _date(text: str) -> datetime:
    """Read a date of ISO 8601, or seconds since 1970."""
    if text.replace(".", "", 1).isdigit():
        return datetime.fromtimestamp(float(text), UTC)
    date = datetime.fromisoformat(text)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


_ORDERS: Mapping[str, Order] = {
    "Equals": eq,
    "LessThan": lt,
    "LessThanEquals": le,
    "GreaterThan": gt,
    "GreaterThanEquals": ge,
}
_TESTS: Mapping[str, tuple[Test, bool]] = {
    "StringEquals": (_same, False),
    "StringNotEquals": (_same, True),
    "StringEqualsIgnoreCase": (_same_in_any_case, False),
    "StringNotEqualsIgnoreCase": (_same_in_any_case, True),
    "StringLike": (matches, False),
    "StringNotLike": (matches, True),
    "ArnEquals": (arn_matches, False),
    "ArnNotEquals": (arn_matches, True),
    "ArnLike": (arn_matches, False),
    "ArnNotLike": (arn_matches, True),
    "Bool": (_same_in_any_case, False),
    "IpAddress": (_in_network, False),
    "NotIpAddress": (_in_network, True),
    "NumericNotEquals": (_numbers(eq), True),
    "DateNotEquals": (_dates(eq), True),
    **{f"Numeric{name}": (_numbers(order), False) for name, order in _ORDERS.items()},
    **{f"Date{name}": (_dates(order), False) for name, order in _ORDERS.items()},
}
