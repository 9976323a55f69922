"""The operations of SES v2 on the policies of identities."""

import json
import re

from moto.core.responses import ActionResult, EmptyResult

from provisioner.sandbox.ses.errors import already_exists, bad_request, not_found
from provisioner.sandbox.ses.model import Identity
from provisioner.sandbox.ses.operations import SesOperations

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
MOST = 20  # SES v2 API reference, CreateEmailIdentityPolicy


class PolicyOperations(SesOperations):
    """Create, read, change and delete what the owner of an identity lets others do."""

    def create_email_identity_policy(self) -> ActionResult:
        """Add a policy."""
        identity, name = self._owner(), self.params["PolicyName"]
        if name in identity.policies:
            raise already_exists(f"Policy <{name}>")
        if NAME.fullmatch(name) is None or len(identity.policies) >= MOST:
            raise bad_request(f"Policy <{name}> cannot be added: invalid name, or more than {MOST} policies.")
        identity.policies[name] = _valid(self.params["Policy"])
        return EmptyResult()

    def update_email_identity_policy(self) -> ActionResult:
        """Replace a policy."""
        identity, name = self._owner(), self.params["PolicyName"]
        if name not in identity.policies:
            raise not_found(f"Policy <{name}>")
        identity.policies[name] = _valid(self.params["Policy"])
        return EmptyResult()

    def delete_email_identity_policy(self) -> ActionResult:
        """Remove a policy; one that is not there is none to complain about."""
        self._owner().policies.pop(self.params["PolicyName"], None)
        return EmptyResult()

    def get_email_identity_policies(self) -> ActionResult:
        """Return all policies by name."""
        return ActionResult({"Policies": dict(self._owner().policies)})

    def _owner(self) -> Identity:
        name = self.params["EmailIdentity"]
        found = self.store.refresh(name)
        if found is None:
            raise not_found(f"Email identity {name}")
        return found


def _valid(policy: str) -> str:
    try:
        statements = json.loads(policy)["Statement"]
    except (ValueError, KeyError, TypeError) as error:
        raise bad_request("The policy is not valid JSON, or has no statement.") from error
    listed = statements if isinstance(statements, list) else [statements]
    if not listed or not all(isinstance(one, dict) and "Principal" in one for one in listed):
        raise bad_request("Each statement of a policy must name a principal.")
    return policy
