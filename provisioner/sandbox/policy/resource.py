"""Policies of resources, such as those of topics and queues: each statement names the principals that it is about.

Source: IAM user guide, "AWS JSON policy elements: Principal" and "Policy evaluation logic" (one account).
"""

import json
from dataclasses import dataclass
from typing import Any

from provisioner.sandbox.policy.conditions import UnsupportedPolicyError, texts
from provisioner.sandbox.policy.evaluate import Decision, Effect, IamRequest, evaluate

_EVERYBODY = "*"
_ACCOUNT_OF_ARN = 4


@dataclass(frozen=True)
class Service:
    """An AWS service that acts by itself, e.g. `ses.amazonaws.com`."""

    name: str


@dataclass(frozen=True)
class Somebody:
    """A user or role, by ARN. `documents` are its own policies (JSON), None for one who may do anything."""

    arn: str
    documents: tuple[str, ...] | None = None
    boundary: str | None = None

    @property
    def account(self) -> str:
        """Return the account that it belongs to."""
        return self.arn.split(":")[_ACCOUNT_OF_ARN]


def permits(policy: str | None, who: Service | Somebody, request: IamRequest, owner: str) -> Decision:
    """Decide whether `who` may do something with a resource of the account `owner` that has this policy.

    A service needs the resource's leave. So does somebody of another account, besides their own; for those of the
    owner's account either is enough. A Deny anywhere wins. Raises `UnsupportedPolicyError` for what is not known.
    """
    theirs = evaluate_policy(policy, who, request)
    if theirs == "Deny":
        return Decision(allowed=False, resource=request.resources[0], explicit_deny=True)
    if isinstance(who, Service):
        return Decision(theirs == "Allow", request.resources[0])
    own = evaluate(who.documents, request, who.boundary) if who.documents is not None else Decision(allowed=True)
    if own.explicit_deny:
        return own
    allowed = (own.allowed or theirs == "Allow") if who.account == owner else (own.allowed and theirs == "Allow")
    return Decision(allowed, request.resources[0])


def evaluate_policy(policy: str | None, who: Service | Somebody, request: IamRequest) -> Effect | None:
    """Return what a resource's policy says of a request, None when it says nothing."""
    kept = [without for statement in _statements(policy or "") if (without := _for(statement, who)) is not None]
    if not kept:
        return None
    decision = evaluate((json.dumps({"Statement": kept}),), request)
    return "Deny" if decision.explicit_deny else "Allow" if decision.allowed else None


def _statements(policy: str) -> list[dict[str, Any]]:
    if not policy:
        return []
    try:
        found = json.loads(policy)["Statement"]
    except (ValueError, KeyError, TypeError) as error:
        raise UnsupportedPolicyError("a document without statements") from error
    return found if isinstance(found, list) else [found]


def _for(statement: Any, who: Service | Somebody) -> dict[str, Any] | None:
    """Return the statement without its principals when `who` is one of them."""
    if not isinstance(statement, dict) or "Principal" not in statement:
        raise UnsupportedPolicyError("a statement without a Principal")
    named = statement["Principal"]
    if named == _EVERYBODY:
        matches = True
    elif isinstance(named, dict):
        matches = any(_is(who, kind, texts(values)) for kind, values in named.items())
    else:
        raise UnsupportedPolicyError(f"the principal {named!r}")
    return {key: value for key, value in statement.items() if key != "Principal"} if matches else None


def _is(who: Service | Somebody, kind: str, values: list[str]) -> bool:
    if isinstance(who, Service):
        return kind == "Service" and who.name in values
    if kind != "AWS":
        return False
    whole_account = (who.account, f"{who.arn.partition('::')[0]}::{who.account}:root")
    return any(value in (_EVERYBODY, who.arn, *whole_account) for value in values)
