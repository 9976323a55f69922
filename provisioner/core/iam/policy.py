"""Policy documents, taken apart once; what is not understood in one is noted where it stands.

Source: IAM user guide, "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.core.iam.conditions import Block, unknown_operators
from provisioner.errors import ProvisionerError

_WITH_VARIABLES = "2012-10-17"  # in documents of the version before, which is the default, `${` is text
_ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
_OF_RESOURCES = _ELEMENTS | {"Principal", "NotPrincipal"}  # what a policy of a resource has besides
_EFFECTS = {"Allow": False, "Deny": True}  # whether it denies


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `fault` says what of it is not understood: of a request that it may be about it says nothing then.

    `denies` is None where nobody knows whether it allows or denies. `but` says that the actions (resources) are those
    that it does not cover. `principal` is that of a policy of a resource, as it is written.
    """

    denies: bool | None
    actions: tuple[str, ...] = ()
    but_actions: bool = False
    resources: tuple[str, ...] = ()
    but_resources: bool = False
    conditions: Block = field(default_factory=dict)
    principal: object = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy and what a message calls it; `variables` says whether `${...}` is a value of the request in it."""

    name: str
    statements: tuple[Statement, ...]
    variables: bool = True

    @classmethod
    def of(cls, name: str, document: object, *, of_resource: bool = False) -> Policy:
        """Take a document (JSON values) apart; whatever is wrong with it is a `fault` of a statement.

        A policy `of_resource` names a principal, others may not.
        """
        found = document.get("Statement") if isinstance(document, Mapping) else None
        listed = found if isinstance(found, list) else [found]
        elements = _OF_RESOURCES if of_resource else _ELEMENTS
        version = document.get("Version") if isinstance(document, Mapping) else None
        return cls(name, tuple(_statement(one, elements) for one in listed), version == _WITH_VARIABLES)

    @classmethod
    def read(cls, name: str, text: str, *, of_resource: bool = False) -> Policy:
        """Take a document apart that is JSON text; one that is not is a fault as well."""
        try:
            document = json.loads(text)
        except ValueError:
            document = None
        return cls.of(name, document, of_resource=of_resource)

    @property
    def faults(self) -> tuple[str, ...]:
        """What is not understood in it, whether it matters for a request or not."""
        faults = (one.fault for one in self.statements if one.fault)
        operators = (name for one in self.statements for name in unknown_operators(one.conditions))
        return (*faults, *(f"the condition operator {name!r}" for name in operators))


class _FaultError(ProvisionerError):
    """What of a statement is not understood; it does not leave this file."""

    def __init__(self, what: str) -> None:
        super().__init__("unsupported_policy", what)


def _statement(found: object, elements: set[str]) -> Statement:
    if not isinstance(found, Mapping):
        what = "a document without statements" if found is None else "a statement that is not a mapping"
        return Statement(None, ("*",), resources=("*",), fault=what)
    try:
        return _read(found, elements)
    except _FaultError as fault:
        denies = _EFFECTS.get(str(found.get("Effect")))
        return Statement(denies, *_actions_at_least(found), ("*",), fault=fault.message)


def _actions_at_least(found: Mapping[str, object]) -> tuple[tuple[str, ...], bool]:
    """Return the actions of a statement of which something else is not understood: they may say that it is no matter.

    Where they are not understood either it may be about any.
    """
    try:
        return _one_of(found, "Action")
    except _FaultError:
        return ("*",), False


def _read(found: Mapping[str, object], elements: set[str]) -> Statement:
    if unknown := found.keys() - elements:
        raise _FaultError(f"the element {min(unknown)!r}")
    effect = str(found.get("Effect"))
    if effect not in _EFFECTS:
        raise _FaultError(f"the effect {effect!r}")
    conditions = _block(found.get("Condition", {}))
    of_resource = "Principal" in elements
    return Statement(
        _EFFECTS[effect],
        *_one_of(found, "Action"),
        *(((), True) if of_resource and not found.keys() & {"Resource", "NotResource"} else _one_of(found, "Resource")),
        conditions,
        found.get("Principal", {"but": found["NotPrincipal"]} if "NotPrincipal" in found else None),
    )


def _one_of(found: Mapping[str, object], element: str) -> tuple[tuple[str, ...], bool]:
    """Return the patterns of an element or of its opposite, and whether it was the opposite."""
    but = f"Not{element}"
    if (element in found) == (but in found):
        raise _FaultError(f"a statement without exactly one of {element} and {but}")
    return tuple(_texts(found.get(element, found.get(but)))), but in found


def _block(found: object) -> Block:
    if not isinstance(found, Mapping) or not all(isinstance(keys, Mapping) for keys in found.values()):
        raise _FaultError("a Condition that is not a mapping of operators to mappings of keys")
    return {operator: {key: tuple(_texts(wanted)) for key, wanted in keys.items()} for operator, keys in found.items()}


def _texts(value: object) -> Iterator[str]:
    """Go through a value, single or a list, as text: JSON's true is `true`."""
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, str | bool | int | float):
            raise _FaultError(f"the value {one!r}")
        yield str(one).lower() if isinstance(one, bool) else str(one)
