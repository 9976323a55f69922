"""The image in a real engine, through the Docker SDK; `make test-image` sets IMAGE to what it has built."""

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

IMAGE = os.environ.get("IMAGE", "")
collect_ignore_glob = [] if IMAGE else ["test_*.py"]  # without an image there is nothing to test
SERVE = "sandbox serve --host 127.0.0.1 --port 0 --dns-port 0 --smtp-port 0 --verification-delay 0.1 --json"


@dataclass
class Ran:
    """How a container ended: its two streams and its status."""

    status: int
    out: str
    err: str

    @property
    def document(self):
        """The one JSON document on stdout."""
        return json.loads(self.out)


@dataclass
class Engine:
    """Containers of the image; every one that is made here is removed when the test ends."""

    client: object
    made: list = field(default_factory=list)
    volumes: list = field(default_factory=list)

    def start(self, arguments: str | Sequence[str], **options):
        """Start a container in the background and return it."""
        command = arguments.split() if isinstance(arguments, str) else list(arguments)
        image = options.pop("image", IMAGE)
        container = self.client.containers.create(image, command, **options)
        self.made.append(container)
        container.start()
        return container

    def finish(self, container, seconds=800) -> Ran:
        """Wait for a container and return what it said."""
        status = container.wait(timeout=seconds)["StatusCode"]
        out, err = (container.logs(stdout=not e, stderr=e).decode() for e in (False, True))
        return Ran(status, out, err)

    def run(self, arguments: str | Sequence[str], **options) -> Ran:
        """Run a container to its end."""
        return self.finish(self.start(arguments, **options))

    def shell(self, script: str, **options) -> Ran:
        """Run a shell script in the image instead of the program."""
        return self.run(["-c", script], entrypoint="sh", **options)

    def clean(self) -> None:
        """Remove what was made."""
        for container in self.made:
            with suppress(Exception):
                container.remove(v=True, force=True)
        for volume in self.volumes:
            volume.remove(force=True)


@pytest.fixture(scope="session")
def client():
    """The SDK's client; `make test-image` has made sure that an engine answers and that the image is there."""
    docker = pytest.importorskip("docker")
    found = docker.from_env(timeout=800)
    found.images.get(IMAGE)
    return found


@pytest.fixture
def config(client) -> dict:
    """What the image says of itself."""
    return client.images.get(IMAGE).attrs["Config"]


@pytest.fixture
def engine(client) -> Iterator[Engine]:
    made = Engine(client)
    yield made
    made.clean()


@pytest.fixture
def volume(engine) -> str:
    """The name of a new volume, which is removed after the containers that use it."""
    made = engine.client.volumes.create(f"provisioner-test-{uuid.uuid4().hex[:12]}")
    engine.volumes.append(made)
    return made.name


@pytest.fixture(scope="module")
def sandbox(client) -> Iterator[dict]:
    """Options of a container that uses a sandbox which runs in another one and outlives it."""
    made = Engine(client)
    container = made.start(SERVE, network_mode="host")
    environment = _document(container)["environment"]
    keep = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "PROVISIONER_DNS_SERVER")
    yield {"network_mode": "host", "environment": {name: environment[name] for name in keep}}
    made.clean()


def _document(container, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(json.JSONDecodeError):
            return json.loads(container.logs(stdout=True, stderr=False))
        time.sleep(0.2)
    raise AssertionError(container.logs().decode())


@pytest.fixture
def until() -> Callable:
    """Wait until a container's log holds a text."""

    def waiting(container, text: str, seconds=300) -> None:
        deadline = time.monotonic() + seconds
        while text not in container.logs().decode():
            assert time.monotonic() < deadline, container.logs().decode()
            time.sleep(0.2)

    return waiting
