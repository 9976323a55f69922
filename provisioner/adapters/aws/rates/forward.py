"""Requests of somebody else to AWS, sent on with our credentials."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.adapters.aws.loopback import HttpAnswer
from provisioner.adapters.aws.session import AwsSession, in_our_words

_OF_THE_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})
_NOT_SENT_ON = _OF_THE_CONNECTION | {"host", "accept-encoding", "authorization", "x-amz-date", "x-amz-security-token"}
_AS_BOTOCORE: Any = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]  # its stubs want texts here
_SECONDS = 30  # without a sign of AWS
_CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is asked in a region; `target` is the path with its query, as it came."""

    region: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Forwarder:
    """One service; threads may share it."""

    def __init__(self, session: AwsSession, service: str) -> None:
        from botocore.httpsession import URLLib3Session  # noqa: PLC0415 - botocore is slow to load
        from botocore.utils import get_environ_proxies  # noqa: PLC0415 - botocore is slow to load

        self._session, self._service = session, service
        self._http = URLLib3Session(
            verify=session.setting("ca_bundle") or True,
            proxies=get_environ_proxies(session.client(service).meta.endpoint_url),
            timeout=_SECONDS,
            max_pool_connections=_CONNECTIONS,
            socket_options=_AS_BOTOCORE,
        )

    def send(self, request: HttpRequest) -> HttpAnswer:
        """Sign a request anew for the service's own host, and return the answer, whatever it is.

        Raises `ProvisionerError`: `unreachable`, or what is wrong with the credentials.
        """
        from botocore.auth import SigV4Auth  # noqa: PLC0415 - botocore is slow to load
        from botocore.awsrequest import AWSRequest  # noqa: PLC0415 - botocore is slow to load

        meta = self._session.client(self._service, request.region).meta
        url = meta.endpoint_url.rstrip("/") + request.target
        headers = _without(request.headers.items(), _NOT_SENT_ON)
        signed = AWSRequest(request.method, url, data=request.body, headers=headers)
        with in_our_words(meta.service_model.signing_name):
            SigV4Auth(self._session.credentials(), meta.service_model.signing_name, request.region).add_auth(signed)
            answer = self._http.send(signed.prepare())
            return HttpAnswer(answer.status_code, _without(answer.headers.items(), _OF_THE_CONNECTION), answer.content)


def _without(headers: Iterable[tuple[str, str]], names: Collection[str]) -> dict[str, str]:
    return {name: value for name, value in headers if name.lower() not in names}
