"""Calls to the provider take turns while AWS throttles the service that they ask.

A request that AWS refuses for coming too early is repeated by the provider after pauses that grow up to five minutes.
Left alone, many runs at once would soon all pause, and what the account may ask would go unused. With few at a time,
pauses stay short and somebody always asks.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from provisioner.adapters.terraform.warm.wire import fields

Throttled = Callable[[str], bool]  # says whether AWS throttles a service, by boto3's name

# Route 53 is not among them: who makes a record holds on for as long as Route 53 takes to publish it.
_SERVICES: Mapping[bytes, str] = {b"aws_sesv2_": "sesv2"}  # by how the resource types begin
_METHODS = ("/tfplugin5.Provider/ReadResource", "/tfplugin5.Provider/ApplyResourceChange")
_TYPE_NAME = 1  # of both requests
AT_A_TIME = 12  # so many that one of them tries again within the second, whatever the others wait for


def never(_service: str) -> bool:
    """Say that nothing is throttled."""
    return False


class Turns:
    """Who may ask now; belongs to one event loop."""

    def __init__(self, throttled: Throttled) -> None:
        self._throttled = throttled
        self._places = {service: asyncio.Semaphore(AT_A_TIME) for service in _SERVICES.values()}

    @asynccontextmanager
    async def of(self, method: str, request: bytes) -> AsyncIterator[None]:
        """Wait until a call may be made, and give way to the next one after it."""
        service = service_of(method, request)
        if service is None or not self._throttled(service):
            yield
            return
        async with self._places[service]:
            yield


def service_of(method: str, request: bytes) -> str | None:
    """Return which service whose rate may be too small a call to the provider asks, None for any other."""
    name = _type_name(request) if method in _METHODS else b""
    return next((service for prefix, service in _SERVICES.items() if name.startswith(prefix)), None)


def _type_name(request: bytes) -> bytes:
    try:
        first = next(fields(request), None)
    except ValueError:  # not what we know; the provider will say
        return b""
    return bytes(first.value) if first and first.number == _TYPE_NAME and isinstance(first.value, memoryview) else b""
