"""WSGI middleware that lets an operator do what its policy allows, and refuses the rest as AWS does."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from provisioner.core.iam.evaluate import Decision
from provisioner.core.iam.request import IamRequest
from provisioner.sandbox.aws.permissions.demands import Demand, Place, demands
from provisioner.sandbox.environment import OPERATOR_KEY
from provisioner.sandbox.http.calls import UNKNOWN, identify, parameters, signer
from provisioner.sandbox.http.errors import refuse, speaks_json
from provisioner.sandbox.http.pages import PageRequest
from provisioner.sandbox.policy.evaluate import UnsupportedPolicyError, decide
from provisioner.sandbox.policy.roles import SESSIONS, documents_of
from provisioner.sandbox.zones import ACCOUNT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

OPERATOR = f"arn:aws:iam::{ACCOUNT}:user/operator"  # as refusals name it; no user of this name is in the account
REST_IN_JSON = ("lambda", "scheduler", "sesv2", "sqs")  # SQS is none, but answers like one
CODES = {"sns": "AuthorizationError", "sqs": "AccessDenied"}  # of services that have one of their own


@dataclass(frozen=True)
class _Principal:
    """Who asks, and the policies (JSON) by which that is decided."""

    arn: str
    policies: Sequence[str]


class Gate:
    """Decides about requests that are signed with the operator's key, under `policies` (JSON), or as a role.

    A role is what a function acts as; its own policies decide. Others pass.
    """

    def __init__(self, app: "WSGIApplication", policies: Sequence[str]) -> None:
        self._app, self._policies = app, policies
        self._lock = threading.Lock()
        self._refused: dict[Demand, int] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Pass a request on, or refuse it."""
        caller, call = signer(environ), identify(environ)
        who = self._principal(caller.key_id, caller.region) if caller else None
        if caller is None or who is None or call.operation == UNKNOWN:
            return self._app(environ, start_response)
        wanted = demands(call.service, call.operation, parameters(environ), Place(caller.region))
        if wanted is None:
            message = f"The sandbox does not know what IAM asks for {call.service} {call.operation}"
            return refuse(call.service, 400, "NotImplemented", message, start_response)
        try:
            missing = self._missing(who, wanted, caller.region)
        except UnsupportedPolicyError as error:
            return refuse(call.service, 400, "NotImplemented", error.message, start_response)
        return _deny(call.service, who, *missing, start_response) if missing else self._app(environ, start_response)

    def page(self, request: PageRequest) -> Any:
        """Return what was refused, and how often; DELETE forgets it."""
        with self._lock:
            if request.method == "DELETE":
                self._refused.clear()
            found = [
                {"action": demand.action, "resource": demand.told, "times": times}
                for demand, times in self._refused.items()
            ]
        return {"denied": found}

    def _principal(self, key_id: str, region: str) -> _Principal | None:
        if key_id == OPERATOR_KEY:
            return _Principal(OPERATOR, self._policies)
        role = SESSIONS.role_of(key_id)
        return _Principal(role, documents_of(role, region)) if role else None

    def _missing(self, who: _Principal, wanted: Sequence[Demand], region: str) -> tuple[Demand, Decision] | None:
        """Return the first demand that is not met, after taking note of all of the operator's."""
        context = {"aws:SecureTransport": "true", "aws:PrincipalArn": who.arn, "aws:RequestedRegion": region}
        told = tuple(context.items())
        asked = [(one, _decided(tuple(who.policies), one.action, one.resource, told)) for one in wanted]
        refused = [(one, decision) for one, decision in asked if not decision.allowed]
        with self._lock:
            for one, _ in refused if who.arn == OPERATOR else ():
                self._refused[one] = self._refused.get(one, 0) + 1
        return next(iter(refused), None)


@lru_cache(maxsize=4096)  # a function asks for the same thousands of times
def _decided(policies: tuple[str, ...], action: str, resource: str, context: tuple[tuple[str, str], ...]) -> Decision:
    return decide(policies, IamRequest(action, (resource,), dict(context)))


def _deny(
    service: str, who: _Principal, demand: Demand, decision: Decision, start_response: "StartResponse"
) -> Iterable[bytes]:
    """Answer as AWS does: 403, but for the JSON protocols, whose errors all have 400."""
    is_xml = not speaks_json(service)
    status = 403 if is_xml or service in REST_IN_JSON else 400
    code = CODES.get(service, "AccessDenied" if is_xml else "AccessDeniedException")
    why = (
        "with an explicit deny in an identity-based policy"
        if decision.explicit_deny
        else (f"because no identity-based policy allows the {demand.action} action")
    )
    message = f"User: {who.arn} is not authorized to perform: {demand.action} on resource: {demand.told} {why}"
    return refuse(service, status, code, message, start_response)
