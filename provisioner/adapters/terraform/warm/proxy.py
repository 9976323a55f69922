"""The gRPC proxy between many Terraforms and one provider: bytes in, bytes out, a few answers of its own.

What Terraform asks the provider is in `tfplugin5.proto` (Terraform 1.11). Three things may not reach a provider that is
shared: a second `Configure`, which changes the provider under whoever works with it; `Stop`, which cancels everybody's
requests; and go-plugin's `Shutdown`. `plugin.GRPCBroker` and `plugin.GRPCStdio` are not served: Terraform does without.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import grpc
import grpc.aio

from provisioner.adapters.terraform.warm.wire import SCHEMA_DIAGNOSTICS, configuration, has_error
from provisioner.errors import ProvisionerError

PROVIDER = "/tfplugin5.Provider/"
GET_SCHEMA = f"{PROVIDER}GetSchema"
PREPARE = f"{PROVIDER}PrepareProviderConfig"
CONFIGURE = f"{PROVIDER}Configure"
STOP = f"{PROVIDER}Stop"
SHUTDOWN = "/plugin.GRPCController/Shutdown"
STDIO = "/plugin.GRPCStdio/StreamStdio"
HEALTH = "/grpc.health.v1.Health/Check"

OTHERWISE = "the shared provider is configured otherwise"

_NOT_SERVED = ("/plugin.GRPCBroker/", "/plugin.GRPCStdio/")
# The field of the answer that holds the errors.
_DIAGNOSTICS = {GET_SCHEMA: SCHEMA_DIAGNOSTICS, PREPARE: 2, CONFIGURE: 1}
_PLUGIN_SERVICE = b"\x0a\x06plugin"  # HealthCheckRequest.service, the name that go-plugin registers
_SERVING = b"\x08\x01"
_OPTIONS: Sequence[tuple[str, Any]] = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.enable_http_proxy", 0),
)
_TRANSPORT = ("grpc-", "user-agent")  # metadata of the connection, not of the call

GrpcCall = Callable[[bytes, Any], Awaitable[bytes]]


class Upstream:
    """The provider: every call to it, and what it has answered once and for all.

    All of it runs in one event loop. `lost` is why it cannot be used any more, empty as long as it can; one that is
    `misconfigured` serves who is here and should get nobody else.
    """

    def __init__(self, socket: Path) -> None:
        self.lost = ""
        self.misconfigured = False
        self._channel = grpc.aio.insecure_channel(f"unix:{socket}", options=_OPTIONS)
        self._calls: dict[str, Any] = {}
        self._answers: dict[tuple[str, bytes], asyncio.Task[bytes]] = {}
        self._listening = asyncio.create_task(self._drain())

    async def call(self, method: str, request: bytes, timeout: float | None = None, metadata: Any = ()) -> bytes:
        """Pass a call on; raises `grpc.aio.AioRpcError`."""
        stub = self._calls.get(method) or self._calls.setdefault(method, self._channel.unary_unary(method))
        try:
            answer: bytes = await stub(request, timeout=timeout, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNAVAILABLE:
                self.lost = "the provider's process has gone"
            raise
        return answer

    async def once(self, method: str, request: bytes, key: bytes) -> bytes:
        """Pass on the first call with this key alone; the others, even those that come meanwhile, share its answer.

        Nobody's deadline and nobody's cancellation counts, since the answer is for all. After an error, later runs
        get a new provider, and with it a new try.
        """
        task = self._answers.get((method, key))
        if task is None:
            task = self._answers[method, key] = asyncio.create_task(self.call(method, request))
            task.add_done_callback(lambda done: self._look_for_errors(method, done))
        return await asyncio.shield(task)

    async def whole_schema(self) -> bytes:
        """Return the provider's GetSchema answer; raises `grpc.aio.AioRpcError`."""
        return await self.once(GET_SCHEMA, b"", b"")

    def configured_otherwise(self, key: bytes) -> bool:
        """Say whether the provider has been configured, and not like this."""
        return any(method == CONFIGURE and known != key for method, known in self._answers)

    async def healthy(self, patience: float) -> bool:
        """Ask the provider whether it serves; no answer within `patience` seconds is a no."""
        try:
            return await self.call(HEALTH, _PLUGIN_SERVICE, patience) == _SERVING
        except grpc.aio.AioRpcError:
            return False

    async def close(self) -> None:
        """Close the connection to the provider."""
        self._listening.cancel()
        await self._channel.close()

    def _look_for_errors(self, method: str, done: "asyncio.Task[bytes]") -> None:
        if done.cancelled() or done.exception() or has_error(done.result(), _DIAGNOSTICS[method]):
            self.misconfigured = True

    async def _drain(self) -> None:
        # What the provider writes goes into a pipe that blocks it when nobody reads.
        try:
            async for _ in self._channel.unary_stream(STDIO)(b""):
                pass
        except grpc.aio.AioRpcError:
            return


class Proxy(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpcio has no type hints
    """One socket in front of the provider; `schema` is shown instead of the provider's own."""

    def __init__(self, upstream: Upstream, schema: bytes | None, socket: Path) -> None:
        self._upstream = upstream
        self._schema = schema
        self._server = grpc.aio.server(options=_OPTIONS)
        self._server.add_generic_rpc_handlers((self,))
        self._server.add_insecure_port(f"unix:{socket}")

    async def start(self) -> None:
        """Begin to listen at the socket."""
        await self._server.start()

    async def close(self) -> None:
        """Stop at once, whoever is still connected."""
        await self._server.stop(None)

    def service(self, handler_call_details: Any) -> Any:
        """Return who answers a method; None is gRPC's UNIMPLEMENTED."""
        method = handler_call_details.method
        if method.startswith(_NOT_SERVED):
            return None
        return grpc.unary_unary_rpc_method_handler(self._answer(method))

    def _answer(self, method: str) -> GrpcCall:
        own = {
            GET_SCHEMA: self._give_schema,
            PREPARE: self._prepare,
            CONFIGURE: self._configure,
            STOP: _answer_nothing,
            SHUTDOWN: _answer_nothing,
        }
        return own.get(method) or self._forward(method)

    def _forward(self, method: str) -> GrpcCall:
        async def forward(request: bytes, context: Any) -> bytes:
            metadata = [item for item in context.invocation_metadata() if not item[0].startswith(_TRANSPORT)]
            return await _or_abort(context, self._upstream.call(method, request, context.time_remaining(), metadata))

        return forward

    async def _give_schema(self, _request: bytes, context: Any) -> bytes:
        if self._schema is not None:
            return self._schema
        return await _or_abort(context, self._upstream.whole_schema())

    async def _prepare(self, request: bytes, context: Any) -> bytes:
        return await _or_abort(context, self._upstream.once(PREPARE, request, request))

    async def _configure(self, request: bytes, context: Any) -> bytes:
        key = configuration(request)
        if self._upstream.configured_otherwise(key):
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, OTHERWISE)
        return await _or_abort(context, self._upstream.once(CONFIGURE, request, key))


async def _answer_nothing(_request: bytes, _context: Any) -> bytes:
    return b""


async def _or_abort(context: Any, call: Awaitable[bytes]) -> bytes:
    """Return the provider's answer, or end the call with the provider's own status."""
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        await context.abort(error.code(), error.details() or "", error.trailing_metadata() or ())
        raise


async def connect(socket: Path) -> Upstream:
    """Return the provider that listens at a socket."""
    return Upstream(socket)


async def serve(upstream: Upstream, schema: bytes | None, socket: Path) -> Proxy:
    """Return a proxy that listens."""
    proxy = Proxy(upstream, schema, socket)
    await proxy.start()
    return proxy


async def whole_schema(upstream: Upstream) -> bytes:
    """Return the provider's GetSchema answer; raises `ProvisionerError("provider_not_started")`."""
    try:
        return await upstream.whole_schema()
    except grpc.aio.AioRpcError as error:
        raise ProvisionerError("provider_not_started", f"its schema is not to be had: {error.details()}") from error
