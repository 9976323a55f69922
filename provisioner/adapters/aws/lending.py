"""Our credentials for Terraform and its provider, so that a run has one source of them and works in one account.

boto3 and Go's SDK do not look for credentials in the same places in the same order, and not every kind that one can use
the other can. So Terraform finds none but ours: its provider asks for them here, as a container asks ECS for its own,
again before they expire. What the profile says besides, where and how AWS is to be asked, is handed on in variables.

Source: docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html, and feature-ss-endpoints.html.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from provisioner.adapters.aws.loopback import Answerer, Asked, HttpAnswer, header, listen
from provisioner.adapters.aws.session import AwsSession
from provisioner.errors import ProvisionerError

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials

URI, TOKEN = "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"

_PATH = "/credentials"
_JSON = {"Content-Type": "application/json"}

# Of all AWS variables these reach Terraform: where and how AWS is asked. Every other may be a source of credentials.
_SETTINGS = {
    "AWS_CA_BUNDLE": "ca_bundle",
    "AWS_USE_FIPS_ENDPOINT": "use_fips_endpoint",
    "AWS_USE_DUALSTACK_ENDPOINT": "use_dualstack_endpoint",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "ignore_configured_endpoint_urls",
}
_ENDPOINT = "AWS_ENDPOINT_URL"
_KEPT = re.compile(
    rf"{_ENDPOINT}(_\w+)?|AWS_(DEFAULT_)?REGION|AWS_MAX_ATTEMPTS|AWS_RETRY_MODE|AWS_STS_REGIONAL_ENDPOINTS"
    rf"|AWS_(REQUEST_CHECKSUM_CALCULATION|RESPONSE_CHECKSUM_VALIDATION)|{'|'.join(_SETTINGS)}"
)
_NO_OTHER_SOURCE = {
    "AWS_CONFIG_FILE": os.devnull,  # unset, they would be those in the user's home
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def without_credentials(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which no AWS SDK finds credentials; its regions and endpoints stay."""
    kept = {name: value for name, value in environment.items() if not name.startswith("AWS_") or _KEPT.fullmatch(name)}
    return kept | _NO_OTHER_SOURCE


@contextmanager
def lend_credentials(session: AwsSession, environment: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Give the environment in which Terraform works with the session's credentials, until the block ends.

    Raises what opening the session does, e.g. `InputError` for a profile that does not exist.
    """
    token = secrets.token_urlsafe()  # nobody else on this machine shall have them
    with listen("aws-credentials", _lender(session, token)) as address:
        door = {URI: f"{address}{_PATH}", TOKEN: token}
        yield _settings(session, environment) | without_credentials(environment) | door


def _lender(session: AwsSession, token: str) -> Answerer:
    def answer(asked: Asked) -> HttpAnswer:
        if not hmac.compare_digest(header(asked.headers, "Authorization").encode(), token.encode()):
            return _refusal("AccessDenied", "only for the Terraform of one run")
        try:
            return HttpAnswer(200, _JSON, json.dumps(_document(*session.credentials_until())).encode())
        except ProvisionerError as error:
            return _refusal(error.code, f"{error.with_hint}")

    return answer


def _document(credentials: ReadOnlyCredentials, until: datetime | None) -> dict[str, str]:
    found = {
        "AccessKeyId": credentials.access_key,
        "SecretAccessKey": credentials.secret_key,
        "Token": credentials.token,
        "Expiration": until and until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return {name: value for name, value in found.items() if value}


def _refusal(code: str, message: str) -> HttpAnswer:
    return HttpAnswer(403, _JSON, json.dumps({"code": code, "message": message}).encode())  # 5xx would be repeated


def _settings(session: AwsSession, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the profile says besides credentials, in variables; the environment's own win over them."""
    found = {name: session.setting(setting) for name, setting in _SETTINGS.items()}
    texts = {name: str(value).lower() if value is True else value for name, value in found.items() if value}
    region = {"AWS_REGION": session.region} if session.region else {}
    return texts | region | _endpoints(session, environment)


def _endpoints(session: AwsSession, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the profile's endpoints: none where the environment has one for all services, which wins over them."""
    if environment.get(_ENDPOINT):
        return {}
    named = session.endpoints_of_profile()
    return {f"{_ENDPOINT}_{service.upper()}" if service else _ENDPOINT: url for service, url in named.items()}
