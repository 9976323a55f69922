"""SES v2 as the sandbox serves it: moto's, with the operations that it lacks or answers in another shape."""

from moto.core.request import Request
from moto.sesv2.responses import SESV2Response

from provisioner.sandbox.http.calls import older_operation
from provisioner.sandbox.ses.account import AccountOperations
from provisioner.sandbox.ses.configuration_sets import ConfigurationSetOperations
from provisioner.sandbox.ses.identities import IdentityOperations
from provisioner.sandbox.ses.policies import PolicyOperations
from provisioner.sandbox.ses.tags import TagOperations


class SesApi(  # type: ignore[misc]  # moto's operations return text, ours values that its serialiser turns into text
    IdentityOperations,
    PolicyOperations,
    ConfigurationSetOperations,
    AccountOperations,
    TagOperations,
    SESV2Response,
):
    """All operations of SES v2 that the sandbox knows; those of moto come last."""

    def _get_action_from_method_and_request_uri(self, request: Request) -> str:
        return older_operation(request) or super()._get_action_from_method_and_request_uri(request)
