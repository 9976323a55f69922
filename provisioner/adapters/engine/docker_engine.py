"""Docker through its SDK: one container, with our streams, signals and exit status."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from provisioner.adapters.engine.build import build_image
from provisioner.adapters.engine.errors import in_our_words, out_of_memory
from provisioner.core.container import BuildSpec, RunSpec
from provisioner.errors import ProvisionerError

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_POLL = 0.1  # seconds between two looks for a signal to pass on
_CHUNK = 65536
_SDK_MISSING = "install it with `pip install 'ses-provisioner[container]'`, or use `docker run` itself"


class DockerEngine:
    """See `usecases.container.Engine`; connects when first used, to `DOCKER_HOST` or the usual socket."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._connected: Any = None

    def is_rootless(self) -> bool:
        """Say whether root in a container is the user who runs the engine."""
        with in_our_words():
            return any("rootless" in option for option in self._client().info().get("SecurityOptions") or ())

    def run(self, spec: RunSpec) -> int:
        """Run to the end and return the exit status; the container and its anonymous volumes are removed."""
        for mount in spec.mounts:
            if not mount.read_only:  # the engine would make a missing directory as root
                Path(mount.source).mkdir(mode=0o700, parents=True, exist_ok=True)
        with in_our_words(spec.image):
            container = self._client().containers.create(**create_arguments(spec, stdin=not sys.stdin.isatty()))
            try:
                return _follow(container)
            finally:
                container.remove(v=True, force=True)

    def build(self, spec: BuildSpec) -> None:
        """Build with the `docker` client: the SDK knows no BuildKit."""
        build_image(spec, self._environment)

    def _client(self) -> Any:
        if self._connected is None:
            try:
                import docker  # type: ignore[import-untyped]  # noqa: PLC0415 - ships no types; an extra, slow to load
            except ModuleNotFoundError as error:
                raise ProvisionerError("no_docker_sdk", "the Docker SDK is not installed", _SDK_MISSING) from error
            self._connected = docker.from_env(environment=self._environment)
        return self._connected


def create_arguments(spec: RunSpec, *, stdin: bool) -> dict[str, Any]:
    """Return what the SDK is asked to create; the root file system is read-only and every capability dropped."""
    return {
        "image": spec.image,
        "command": list(spec.command),
        "environment": dict(spec.environment),
        "volumes": [f"{m.source}:{m.target}:{'ro' if m.read_only else 'rw'}" for m in spec.mounts],
        "user": spec.user,
        "network_mode": spec.network,
        "working_dir": spec.working_dir,
        "stdin_open": stdin,
        "read_only": True,
        "tmpfs": {"/tmp": "mode=1777"},  # noqa: S108 - the container's own
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "healthcheck": {"test": ["NONE"]},
    }


def _follow(container: Any) -> int:
    """Start the container and stay with it: output as it comes, each signal passed on once, then its status."""
    output = container.attach(stdout=True, stderr=True, stream=True, logs=True, demux=True)
    feed = _feeder(container)
    with _signals() as received:
        container.start()
        feed()
        reader = threading.Thread(target=_copy, args=(output,), daemon=True)
        reader.start()
        while reader.is_alive():
            reader.join(_POLL)
            _pass_on(received, container)
        status = int(container.wait()["StatusCode"])
    container.reload()
    if status and container.attrs["State"].get("OOMKilled"):
        raise out_of_memory()
    return status


def _copy(output: Iterator[tuple[bytes | None, bytes | None]]) -> None:
    """Write the container's two streams to ours; a reader of ours that went away does not stop the container."""
    for out, err in output:
        for piece, descriptor in ((out, sys.stdout.fileno()), (err, sys.stderr.fileno())):
            with suppress(BrokenPipeError):
                _write_all(descriptor, piece or b"")


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _feeder(container: Any) -> Callable[[], None]:
    """Return what sends our stdin, once the container runs, and then closes its; nothing when ours is a terminal."""
    if sys.stdin.isatty():
        return lambda: None
    stream = container.attach_socket(params={"stdin": 1, "stream": 1})
    connection: socket.socket = getattr(stream, "_sock", stream)

    def send() -> None:
        with suppress(OSError):  # the container may end before it has read everything
            while piece := os.read(sys.stdin.fileno(), _CHUNK):
                connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)

    return threading.Thread(target=send, daemon=True).start


@contextmanager
def _signals() -> Iterator[SimpleQueue[int]]:
    """Collect our signals instead of dying of them, and put the old handlers back afterwards."""
    received: SimpleQueue[int] = SimpleQueue()
    before = {number: signal.signal(number, lambda sent, _frame: received.put(sent)) for number in _SIGNALS}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _pass_on(received: SimpleQueue[int], container: Any) -> None:
    with suppress(Empty):
        while True:
            sent = received.get_nowait()
            with in_our_words():
                container.kill(signal=sent)
