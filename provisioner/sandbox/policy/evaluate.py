"""What the sandbox decides by policies: as IAM does, and an error where that is not known.

A sandbox that guesses would pass a policy that AWS refuses.
"""

from collections.abc import Iterable

from provisioner.core.iam.evaluate import Decision, evaluate
from provisioner.core.iam.policy import Policy
from provisioner.core.iam.request import IamRequest
from provisioner.errors import ProvisionerError


class UnsupportedPolicyError(ProvisionerError):
    """A policy holds something that this evaluator does not know: nothing may be decided by it."""

    def __init__(self, what: str) -> None:
        super().__init__(
            "unsupported_policy",
            f"the sandbox cannot decide by an IAM policy: {what}",
            "Write the policy with the operators that the sandbox knows, or try it on AWS.",
        )


def decide(documents: Iterable[str], request: IamRequest, boundary: str | None = None) -> Decision:
    """Decide about a request under policy documents (JSON); a `boundary` is a document that must allow it too.

    Raises `UnsupportedPolicyError` for a document, element or operator that is not known, wherever it is.
    """
    policies = [Policy.read("", text) for text in documents]
    bounds = Policy.read("the permissions boundary", boundary) if boundary else None
    for policy in [*policies, *([bounds] if bounds else [])]:
        if policy.faults:
            raise UnsupportedPolicyError(policy.faults[0])
    decision = evaluate(policies, request, bounds)
    if decision.unknown:
        raise UnsupportedPolicyError(decision.unknown.why)
    return decision
