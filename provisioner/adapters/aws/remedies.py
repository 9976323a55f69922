"""What AWS's refusals mean, and what to do about them."""

from __future__ import annotations

import re
from collections.abc import Mapping

THROTTLING = ("Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded")

_SKEWED = re.compile(r"Signature expired|Signature not yet current")  # most services answer SignatureDoesNotMatch
_WITHOUT_PATH = re.compile(r"iam:\w+ on resource: user (?!arn:)\S+")  # how IAM names a user that it does not see
_READ_ALL_USERS = (
    "IAM knows no path of a user that does not exist: allow what reads of users on user/* (docs/permissions.md)"
)
_SEE_THE_MESSAGE = "see the message; AWS was asked once per try and gave this answer"
_OF_ORGANIZATION = "nothing in this account can allow it: ask whoever administers the organization to"
_ABOVE = {
    "service control policy": _OF_ORGANIZATION,
    "resource control policy": _OF_ORGANIZATION,
    "permissions boundary": "allow the action in the permissions boundary of this IAM identity",
}
_REMEDIES: Mapping[str, tuple[str, str]] = {
    "ExpiredToken": ("expired_token", "the AWS session has expired: log in again (e.g. `aws sso login`) and repeat"),
    "ExpiredTokenException": ("expired_token", "the AWS session has expired: log in again and repeat"),
    "RequestExpired": ("clock_skew", "the request was too old when it arrived: set this machine's clock and repeat"),
    "RequestTimeTooSkewed": ("clock_skew", "this machine's clock is minutes off: set it and repeat"),
    "SignatureDoesNotMatch": ("bad_credentials", "the secret access key is wrong, or this machine's clock is off"),
    "InvalidClientTokenId": (
        "bad_credentials",
        "AWS does not know this access key: check AWS_ACCESS_KEY_ID or --profile; for one of AWS GovCloud (US), "
        "set AWS_REGION to a region there",
    ),
    "UnrecognizedClientException": ("bad_credentials", "AWS does not know this access key: check the AWS credentials"),
    "AccessDenied": ("access_denied", "allow the action to this IAM identity, or use other credentials, and repeat"),
    "AccessDeniedException": ("access_denied", "allow the action to this IAM identity, or use other credentials"),
    "AuthorizationError": ("access_denied", "allow the action to this IAM identity, or use other credentials"),  # SNS's
    **dict.fromkeys(
        THROTTLING,
        ("throttled", "AWS's request limit of this account is used up: run the same command again later"),
    ),
}


def remedy_of(code: str, text: str) -> tuple[str, str]:
    """Return our own code of a refusal, and what to do about it.

    `code` is AWS's, e.g. `AccessDenied`, `text` the first line of its message. Source for what no policy of the
    caller's own can lift: IAM user guide, "Troubleshoot access denied error messages".
    """
    above = next((hint for phrase, hint in _ABOVE.items() if phrase in text), None)
    if above:
        return "access_denied", above
    cause = "RequestExpired" if _SKEWED.search(text) else code
    name, hint = _REMEDIES.get(cause, ("aws_error", _SEE_THE_MESSAGE))
    return name, _READ_ALL_USERS if name == "access_denied" and _WITHOUT_PATH.search(text) else hint
