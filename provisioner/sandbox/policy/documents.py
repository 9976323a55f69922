"""IAM policies as people keep them: a JSON file, or a page of Markdown with policies in it."""

import json
import re

from provisioner.core.iam.request import IamRequest
from provisioner.errors import InputError
from provisioner.sandbox.policy.evaluate import UnsupportedPolicyError, decide

_FENCE = re.compile(r"^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)
_ANY_REQUEST = IamRequest("sts:GetCallerIdentity", ("*",), {})


def policies_in(text: str, name: str) -> tuple[str, ...]:
    """Return the policies in a text: the JSON that it is, or every JSON block of a page that has a `Statement`.

    Raises `InputError` with the `name` of the text when there is none, or one that cannot be evaluated.
    """
    found = (text,) if _is_policy(text) else tuple(block for block in _FENCE.findall(text) if _is_policy(block))
    if not found:
        raise InputError(
            "invalid_policy", f"{name}: there is no IAM policy in it", "name a JSON policy, or a page with one"
        )
    try:
        decide(found, _ANY_REQUEST)
    except UnsupportedPolicyError as error:
        raise InputError("invalid_policy", f"{name}: {error.message}", error.hint) from error
    return found


def _is_policy(text: str) -> bool:
    try:
        document = json.loads(text)
    except ValueError:
        return False
    return isinstance(document, dict) and "Statement" in document
