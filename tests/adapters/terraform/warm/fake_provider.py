"""A program that plays the AWS provider: go-plugin's handshake and a gRPC server, in a mirror of its own."""

import json
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest

from provisioner.adapters.terraform.mirror import this_platform
from provisioner.adapters.terraform.warm.pool import Lease

FAKE = """#!{python} -SE
import json, os, pathlib, signal, sys, threading, time
from concurrent import futures
sys.path.append({libraries!r})
# asyncio, which gRPC names but a server with threads never uses, is half of what it costs to start this.
sys.modules["grpc.aio"], sys.modules["asyncio"] = type(sys)("grpc.aio"), type(sys)("asyncio")
sys.modules["asyncio"].__getattr__ = lambda name: type(name, (Exception,), {{}})
import grpc

world = pathlib.Path({world!r})
behaviour = json.loads((world / "behaviour.json").read_text())
meetings = {{name: threading.Barrier(number) for name, number in behaviour.get("meetings", {{}}).items()}}
time.sleep(behaviour.get("sleeps", 0))
if behaviour.get("says") is not None:
    print(behaviour["says"], flush=True)
    sys.exit(3)


def note(name, line):
    with (world / name).open("a") as file:
        file.write(line + "\\n")


class Everything(grpc.GenericRpcHandler):
    def service(self, details):
        method = details.method
        name = method.rpartition("/")[2]
        if name == "StreamStdio":
            return grpc.unary_stream_rpc_method_handler(self.stream(method))
        return grpc.unary_unary_rpc_method_handler(self.answer(method, name))

    def stream(self, method):
        def streamed(request, context):
            note("calls", json.dumps([method, "", [], None]))
            time.sleep(3600)
            yield b""
        return streamed

    def answer(self, method, name):
        def answered(request, context):
            known = {{item.key: item.value for item in context.invocation_metadata()}}
            note("calls", json.dumps([method, request[:200].hex(), known.get("x-test"), context.time_remaining()]))
            time.sleep(behaviour.get("delays", {{}}).get(name, 0))
            if name in meetings:
                meetings[name].wait()
            if name in behaviour.get("errors", {{}}):
                context.abort(grpc.StatusCode[behaviour["errors"][name]], "as asked")
            if name in behaviour.get("answers", {{}}):
                return bytes.fromhex(behaviour["answers"][name])
            return request
        return answered


options = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
server = grpc.server(futures.ThreadPoolExecutor(64), options=options)
server.add_generic_rpc_handlers((Everything(),))
socket = pathlib.Path(os.environ["PLUGIN_UNIX_SOCKET_DIR"]) / "provider"
server.add_insecure_port(f"unix:{{socket}}")
server.start()
note("started", json.dumps([os.getpid(), dict(os.environ)]))
print(f"1|5|unix|{{socket}}|grpc|", flush=True)
server.wait_for_termination()
"""
LIBRARIES = str(Path(grpc.__file__).parents[1])
SERVING = "0801"
EVERYTHING: list[tuple[str, Any]] = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class FakeProvider:
    """The program, what it will do, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        place = folder / "mirror/registry.terraform.io/hashicorp/aws/5.100.0" / this_platform()
        place.mkdir(parents=True)
        program = place / "terraform-provider-aws_v5.100.0_x5"
        program.write_text(FAKE.format(python=sys.executable, libraries=LIBRARIES, world=str(folder)))
        program.chmod(0o755)
        self.program = program
        self.mirror = folder / "mirror"
        self.schema = b""
        self.behaves()

    def behaves(self, **behaviour: Any) -> "FakeProvider":
        """Set what the next one started does.

        By method: `answers` (hex), `errors`, `delays`, and `meetings`, how many calls it answers together and not
        before; or what it only `says`.
        """
        answers = {"Check": SERVING, "GetSchema": self.schema.hex(), "Configure": "", **behaviour.pop("answers", {})}
        (self.folder / "behaviour.json").write_text(json.dumps({"answers": answers, **behaviour}))
        return self

    def shows(self, schema: bytes) -> "FakeProvider":
        """Set the schema of the next one started."""
        self.schema = schema
        return self.behaves()

    @property
    def started(self) -> list[tuple[int, dict[str, str]]]:
        """The process ids and environments of all that were started."""
        return [(pid, environment) for pid, environment in self._lines("started")]

    @property
    def pids(self) -> list[int]:
        """The process ids of all that were started."""
        return [pid for pid, _ in self.started]

    def calls(self, method: str) -> list[tuple[str, Any, float | None]]:
        """Return (request in hex, value of the `x-test` metadata, seconds left) of each call of a method."""
        return [(request, known, left) for name, request, known, left in self._lines("calls") if name == method]

    def _lines(self, name: str) -> list[Any]:
        path = self.folder / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


class Terraform:
    """What a Terraform does with a lease: connect, and call methods with bytes."""

    def __init__(self, lease: Lease) -> None:
        (plugin,) = json.loads(lease.environment["TF_REATTACH_PROVIDERS"]).values()
        self.plugin = plugin
        self.channel = grpc.insecure_channel(f"unix:{plugin['Addr']['String']}", options=EVERYTHING)

    def call(self, method: str, request: bytes = b"", **how: Any) -> bytes:
        """Call one method; `provider.X` is short for the provider's own service."""
        answer: bytes = self.channel.unary_unary(method)(request, **how)
        return answer

    def fails(self, method: str, request: bytes = b"", **how: Any) -> tuple[str, str]:
        """Call a method that must fail, and return (status, details)."""
        with pytest.raises(grpc.RpcError) as raised:
            self.call(method, request, **how)
        return raised.value.code().name, raised.value.details()


def entry(field: int, key: str, value: bytes = b"") -> bytes:
    """Return one entry of a protobuf map, shorter than 128 bytes, in a message of which it is field `field`."""
    inner = message(1, key.encode()) + message(2, value)
    return message(field, inner)


def message(field: int, value: bytes) -> bytes:
    """Return a message of one field with fewer than 128 bytes."""
    assert len(value) < 128
    return bytes([field << 3 | 2, len(value)]) + value


def alive(pid: int) -> bool:
    """Say whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something that happens in another process; fail when it does not."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def at_once(number: int, work: Callable[[int], Any]) -> list[Any]:
    """Do something several times at the same time."""
    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(work, range(number)))
