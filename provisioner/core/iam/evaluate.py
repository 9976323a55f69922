"""What IAM decides about one request of a user, from the user's policies and permissions boundary.

Source: IAM user guide, "Policy evaluation logic" (identity-based policies in one account).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from provisioner.core.iam.conditions import meets
from provisioner.core.iam.pattern import matches, resource_matches
from provisioner.core.iam.policy import Policy, Statement
from provisioner.core.iam.request import Context, IamRequest
from provisioner.core.iam.truth import Truth, Unknown, all_of, any_of, unless
from provisioner.core.iam.variables import filled


class Outcome(StrEnum):
    """What becomes of a request; `UNKNOWN` is neither allowed nor refused."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not_allowed"
    DENIED = "denied"
    OUT_OF_BOUNDS = "out_of_bounds"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a request, and the first resource that decided it when it is not allowed.

    `policy` names the policy that denies it, or of which it is not known what it says; `unknown` says why.
    """

    outcome: Outcome
    resource: str | None = None
    policy: str | None = None
    unknown: Unknown | None = None

    @property
    def allowed(self) -> bool:
        """Whether the request may pass."""
        return self.outcome is Outcome.ALLOWED

    @property
    def explicit_deny(self) -> bool:
        """Whether a statement denies it."""
        return self.outcome is Outcome.DENIED


def evaluate(policies: Sequence[Policy], request: IamRequest, boundary: Policy | None = None) -> Decision:
    """Decide about a request: a deny anywhere wins, and every resource must be allowed, by the boundary as well."""
    context = Context(request)
    bounds = [boundary] if boundary else []
    looks: list[tuple[Outcome, Sequence[Policy], bool]] = [
        (Outcome.DENIED, [*policies, *bounds], True),
        (Outcome.NOT_ALLOWED, policies, False),
        *((Outcome.OUT_OF_BOUNDS, [one], False) for one in bounds),
    ]
    unknown: Decision | None = None
    for outcome, asked, denies in looks:
        for resource in request.resources:
            truth, name = _said(asked, request.action, resource, context, denies=denies)
            if isinstance(truth, Unknown):
                unknown = unknown or Decision(Outcome.UNKNOWN, resource, name, truth)
            elif truth is denies:
                return Decision(outcome, resource, name)
    return unknown or Decision(Outcome.ALLOWED)


def _said(
    policies: Sequence[Policy], action: str, resource: str, context: Context, *, denies: bool
) -> tuple[Truth, str | None]:
    """Return whether one of the policies denies (allows) it, and which, or of which that is not known."""
    found = list(_truths(policies, action, resource, context, denies=denies))
    truth = any_of(one for one, _ in found)
    return truth, next((name for one, name in found if one is truth and one is not False), None)


def _truths(
    policies: Sequence[Policy], action: str, resource: str, context: Context, *, denies: bool
) -> Iterator[tuple[Truth, str]]:
    for policy in policies:
        for statement in policy.statements:
            if statement.denies in (denies, None):
                yield _applies(policy, statement, action, resource, context), policy.name


def _applies(policy: Policy, statement: Statement, action: str, resource: str, context: Context) -> Truth:
    return all_of(_parts(policy, statement, action, resource, context))


def _parts(policy: Policy, statement: Statement, action: str, resource: str, context: Context) -> Iterator[Truth]:
    """Go through what must hold for a statement to be about a request, the dearest to find out last."""
    yield Unknown(f"{statement.fault} is not understood here") if statement.fault else True
    yield _covers_action(statement, action)
    yield meets(statement.conditions, context, variables=policy.variables)
    yield _covers_resource(policy, statement, resource, context)


def _covers_action(statement: Statement, action: str) -> bool:
    named = any(matches(pattern.lower(), action.lower()) for pattern in statement.actions)
    return named != statement.but_actions


def _covers_resource(policy: Policy, statement: Statement, resource: str, context: Context) -> Truth:
    patterns = [filled(one, context) if policy.variables else one for one in statement.resources]
    if statement.but_resources and None in patterns:
        return Unknown("a policy variable of NotResource has no value")
    named = any_of(
        one if isinstance(one, Unknown) else resource_matches(one, resource) for one in patterns if one is not None
    )
    return unless(named, turned=statement.but_resources)
