"""What IAM decides about one request of a user, from the user's policies and permissions boundary.

Source: IAM user guide, "Policy evaluation logic" (identity-based policies in one account). Whatever is not understood
is an error: a sandbox that guesses would pass a policy that AWS refuses.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from provisioner.sandbox.policy.conditions import UnsupportedPolicyError, holds, texts
from provisioner.sandbox.policy.glob import Context, fill_in, matches

_ELEMENTS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
Effect = Literal["Allow", "Deny"]


@dataclass(frozen=True)
class IamRequest:
    """One request: an action such as `ses:SendRawEmail`, every ARN that it touches, and its condition keys.

    A multivalued key (`ses:Recipients`) has a tuple, every other a string; an absent key is not in `context`.
    """

    action: str
    resources: tuple[str, ...]
    context: Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True)
class Decision:
    """Whether the request may pass, and if not, the first resource that stands in the way."""

    allowed: bool
    resource: str | None = None
    explicit_deny: bool = False


def evaluate(documents: Iterable[str], request: IamRequest, boundary: str | None = None) -> Decision:
    """Decide about a request under policy documents (JSON): every resource must be allowed and none denied.

    A `boundary` is a document that must allow it too. Raises `UnsupportedPolicyError` for a document, element or
    operator that is not known, wherever it is.
    """
    bounded = evaluate((boundary,), request) if boundary else Decision(allowed=True)
    if not bounded.allowed:
        return bounded
    statements = [statement for document in documents for statement in _statements(document)]
    context = {key.lower(): value for key, value in request.context.items()}
    effects = {
        resource: {_effect(s) for s in statements if _applies(s, request.action, resource, context)}
        for resource in request.resources
    }
    denied = next((resource for resource, found in effects.items() if "Deny" in found), None)
    if denied is not None:
        return Decision(False, denied, explicit_deny=True)
    missing = next((resource for resource, found in effects.items() if "Allow" not in found), None)
    return Decision(missing is None, missing)


def _statements(document: str) -> list[dict[str, Any]]:
    try:
        statements = json.loads(document)["Statement"]
    except (ValueError, KeyError, TypeError) as error:
        raise UnsupportedPolicyError("a document without statements") from error
    statements = statements if isinstance(statements, list) else [statements]
    for statement in statements:
        _check(statement)
    return statements


def _check(statement: Any) -> None:
    if not isinstance(statement, dict):
        raise UnsupportedPolicyError("a statement that is not a mapping")
    if unknown := statement.keys() - _ELEMENTS:
        raise UnsupportedPolicyError(f"the element {min(unknown)!r}")
    for element in ("Action", "Resource"):
        if (element in statement) == (f"Not{element}" in statement):
            raise UnsupportedPolicyError(f"a statement without exactly one of {element} and Not{element}")
    _effect(statement)


def _effect(statement: Mapping[str, Any]) -> Effect:
    match statement.get("Effect"):
        case "Allow":
            return "Allow"
        case "Deny":
            return "Deny"
        case other:
            raise UnsupportedPolicyError(f"the effect {other!r}")


def _applies(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    condition = holds(statement.get("Condition", {}), context)  # first, so that an unknown operator is always found
    return condition and _covers_action(statement, action) and _covers_resource(statement, resource, context)


def _covers_action(statement: Mapping[str, Any], action: str) -> bool:
    patterns = texts(statement.get("Action", statement.get("NotAction")))
    named = any(matches(pattern.lower(), action.lower()) for pattern in patterns)
    return named != ("NotAction" in statement)


def _covers_resource(statement: Mapping[str, Any], resource: str, context: Context) -> bool:
    patterns = [fill_in(pattern, context) for pattern in texts(statement.get("Resource", statement.get("NotResource")))]
    named = any(pattern is not None and matches(pattern, resource) for pattern in patterns)
    return named != ("NotResource" in statement)
