"""Condition blocks of IAM policies: whether a request meets them.

Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.iam.operators import NULL, Operator, operator_of
from provisioner.core.iam.request import Context, Value
from provisioner.core.iam.truth import Truth, Unknown, all_of, any_of, unless
from provisioner.core.iam.variables import filled

Block = Mapping[str, Mapping[str, tuple[str, ...]]]  # operator -> key -> values, of which one must fit


def meets(block: Block, context: Context, *, variables: bool) -> Truth:
    """Say whether every condition of a block is met; without `variables` a `${...}` stands for itself."""
    return all_of(_truths(block, context, variables=variables))


def unknown_operators(block: Block) -> Iterator[str]:
    """Go through the operators of a block that are not known here."""
    yield from (name for name in block if name != NULL and operator_of(name) is None)


def _truths(block: Block, context: Context, *, variables: bool) -> Iterator[Truth]:
    for name, keys in block.items():
        for key, wanted in keys.items():
            operator, given = operator_of(name), context.get(key)
            if name == NULL:
                yield given if isinstance(given, Unknown) else _is_null(wanted, given)
            elif operator is None:
                yield Unknown(f"the condition operator {name!r} is not known here")
            else:
                texts = _filled(wanted, context) if variables and operator.takes_variables else wanted
                yield _condition(name, operator, key, texts, given)


def _is_null(wanted: tuple[str, ...], given: Value | None) -> bool:
    return all((given is None) == (text.lower() == "true") for text in wanted)


def _filled(wanted: tuple[str, ...], context: Context) -> tuple[str | Unknown | None, ...]:
    return tuple(filled(text, context) for text in wanted)


def _condition(
    name: str, operator: Operator, key: str, wanted: tuple[str | Unknown | None, ...], given: Value | Unknown | None
) -> Truth:
    if isinstance(given, Unknown):
        return given
    if given is None:
        return _absent(name, operator, key)
    if isinstance(given, tuple) and not operator.quantifier:
        return Unknown(f"{name} stands on the multivalued key {key} without ForAllValues: or ForAnyValue:")
    values = given if isinstance(given, tuple) else (given,)
    results = (_fits(operator, wanted, value) for value in values)
    return any_of(results) if operator.quantifier == "ForAnyValue" else all_of(results)


def _absent(name: str, operator: Operator, key: str) -> Truth:
    """Say what becomes of a key that the request does not have."""
    if operator.quantifier == "ForAnyValue":
        return Unknown(f"AWS does not say what {name} makes of {key}, which is absent") if operator.if_exists else False
    return operator.if_exists or operator.negated or operator.quantifier == "ForAllValues"


def _fits(operator: Operator, wanted: tuple[str | Unknown | None, ...], value: str) -> Truth:
    """Compare one value of the request with those of the policy, of which one must fit, or, negated, none may."""
    if operator.negated and None in wanted:
        return Unknown("a policy variable has no value, and AWS does not say what a negated operator makes of that")
    truths = (text if isinstance(text, Unknown) else operator.test(text, value) for text in wanted if text is not None)
    return unless(any_of(truths), turned=operator.negated)
