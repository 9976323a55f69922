"""This program in its container: what a command line of the host becomes in the engine, as data; paths absolute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

IMAGE = "provisioner"
DATA, WORK, USER_HOME, HANDED = "/data", "/work", "/home/provisioner", "/run/provisioner"

_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_PASSED = ("AWS_", "PROVISIONER_")
_PASSED_EXACTLY = (*_PROXIES, "NO_PROXY", "NO_COLOR", "TZ")
_OF_THE_HOST = ("PROVISIONER_HOME", "PROVISIONER_TERRAFORM", "PROVISIONER_PLUGIN_DIR", "PROVISIONER_IMAGE")
_FILES = (
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CA_BUNDLE",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
)
_ADDRESSES = (
    "AWS_ENDPOINT_URL",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "PROVISIONER_DNS_",
    "PROVISIONER_SMTP_",
    *_PROXIES,
)
_LOOPBACK = ("localhost", "127.", "[::1]")


@dataclass(frozen=True, slots=True)
class Mount:
    """A file or directory of the host, absolute, and where the container sees it."""

    source: str
    target: str
    read_only: bool = True


@dataclass(frozen=True, slots=True)
class RunSpec:
    """One container to run: all that the engine is told; `network` None is the engine's default."""

    image: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)  # holds AWS credentials
    mounts: tuple[Mount, ...]
    user: str
    network: str | None
    working_dir: str = WORK


@dataclass(frozen=True, slots=True)
class BuildSpec:
    """An image to build from the directory that holds the `Dockerfile`."""

    context: str
    tag: str
    arguments: tuple[str, ...] = ()
    network: str | None = None


@dataclass(frozen=True, slots=True)
class Host:
    """The machine that starts the container; `home` is `$PROVISIONER_HOME`, `files` is what exists of `files_of`."""

    environment: Mapping[str, str] = field(repr=False)
    home: str
    user_home: str
    working_dir: str
    uid: int
    gid: int
    files: frozenset[str] = frozenset()


def run_spec(
    arguments: Sequence[str], host: Host, *, image: str = IMAGE, network: str | None = None, rootless: bool = False
) -> RunSpec:
    """Return the container that does on this host what the program itself would do.

    The workspace and the working directory are mounted writable under the caller's own uid, AWS profiles, the SSO
    cache and certificates read-only; the host's network is joined when an address to talk to is the host's loopback.
    """
    handed = {name: path for name, path in _named_files(host) if path in host.files}
    environment = {**_passed(host.environment), **{name: _target(name) for name in handed}}
    return RunSpec(
        image=image,
        command=tuple(arguments),
        environment=environment,
        mounts=(*_directories(host), *(Mount(path, _target(name)) for name, path in handed.items())),
        user="0:0" if rootless else f"{host.uid}:{host.gid}",
        network=network or ("host" if _talks_to_loopback(environment) else None),
    )


def files_of(host: Host) -> Iterator[str]:
    """Yield every path that is handed to the container if it exists."""
    yield from (path for _, path in _named_files(host))
    yield f"{host.user_home}/.aws"


def _named_files(host: Host) -> Iterator[tuple[str, str]]:
    for name in _FILES:
        if value := host.environment.get(name):
            yield name, _absolute(value, host)


def _absolute(path: str, host: Host) -> str:
    if path.startswith("~/"):
        return f"{host.user_home}/{path[2:]}"
    return path if path.startswith("/") else f"{host.working_dir}/{path}"


def _directories(host: Host) -> Iterator[Mount]:
    yield Mount(host.home, DATA, read_only=False)
    yield Mount(host.working_dir, WORK, read_only=False)
    profiles = f"{host.user_home}/.aws"
    if profiles in host.files:
        yield Mount(profiles, f"{USER_HOME}/.aws")


def _passed(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if (name.startswith(_PASSED) or name.upper() in _PASSED_EXACTLY) and name not in _OF_THE_HOST
    }


def _target(name: str) -> str:
    return f"{HANDED}/{name.lower()}"


def _talks_to_loopback(environment: Mapping[str, str]) -> bool:
    """Say whether an endpoint, resolver, mail server or proxy is on the host's loopback, which a container lacks."""
    addresses = (value for name, value in environment.items() if name.upper().startswith(_ADDRESSES))
    hosts = (value.rpartition("://")[2].rpartition("@")[2] for value in addresses)
    return any(host.startswith(_LOOPBACK) for host in hosts)
