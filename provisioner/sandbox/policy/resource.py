"""Policies of resources, such as those of topics and queues: each statement names the principals that it is about.

Source: IAM user guide, "AWS JSON policy elements: Principal" and "Policy evaluation logic" (one account).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from provisioner.core.iam.evaluate import Outcome, evaluate
from provisioner.core.iam.policy import Policy, Statement
from provisioner.core.iam.principals import ANYBODY, account_of, include
from provisioner.core.iam.request import IamRequest
from provisioner.sandbox.policy.evaluate import UnsupportedPolicyError, decide


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
        return account_of(self.arn)


def permits(policy: str | None, who: Service | Somebody, request: IamRequest, owner: str) -> Outcome:
    """Decide whether `who` may do something with a resource of the account `owner` that has this policy.

    A service needs the resource's leave. So does somebody of another account, besides their own; for those of the
    owner's account either is enough. A Deny anywhere wins. Raises `UnsupportedPolicyError` for what is not known.
    """
    theirs = _said(policy, who, request)
    if theirs is Outcome.DENIED or isinstance(who, Service):
        return theirs
    own = Outcome.ALLOWED if who.documents is None else decide(who.documents, request, who.boundary).outcome
    if own is Outcome.DENIED:
        return own
    leaves = (own is Outcome.ALLOWED, theirs is Outcome.ALLOWED)
    enough = any(leaves) if who.account == owner else all(leaves)
    return Outcome.ALLOWED if enough else Outcome.NOT_ALLOWED


def _said(policy: str | None, who: Service | Somebody, request: IamRequest) -> Outcome:
    """Return what a resource's policy says of a request."""
    if not policy:
        return Outcome.NOT_ALLOWED
    read = _read(policy)
    about = tuple(statement for statement in read.statements if _names(statement, who))
    decision = evaluate((replace(read, statements=about),), request)
    if decision.unknown:
        raise UnsupportedPolicyError(decision.unknown.why)
    return decision.outcome


def _read(policy: str) -> Policy:
    try:
        read = Policy.of("the resource's policy", json.loads(policy), of_resource=True)
    except ValueError as error:
        raise UnsupportedPolicyError("a document without statements") from error
    if read.faults:
        raise UnsupportedPolicyError(read.faults[0])
    return read


def _names(statement: Statement, who: Service | Somebody) -> bool:
    named = statement.principal
    if named == ANYBODY:
        return True
    if not isinstance(named, Mapping) or "but" in named:
        raise UnsupportedPolicyError(f"the principal {named!r}")
    return any(_is(who, kind, values if isinstance(values, list) else [values]) for kind, values in named.items())


def _is(who: Service | Somebody, kind: str, values: list[str]) -> bool:
    if isinstance(who, Service):
        return ANYBODY in values if kind == "AWS" else kind == "Service" and who.name in values
    return kind == "AWS" and include(values, who.arn)
