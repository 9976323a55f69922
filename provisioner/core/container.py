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
_RENEWED = ("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")  # by another file in their place
_LOG_INS = ("sso/cache", "login/cache")  # of ~/.aws: where AWS's tools keep a log-in, and whoever renews it writes it
_OTHER_KEYS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
_ADDRESSES = (
    "AWS_ENDPOINT_URL",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "PROVISIONER_DNS_",
    "PROVISIONER_SMTP",
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

    The workspace, the working directory and AWS's log-ins are mounted writable under the caller's own uid, AWS profiles
    and certificates read-only; the host's network is joined when an address to talk to is the host's loopback.
    """
    handed = {name: path for name, path in _named_files(host) if path in host.files}
    environment = {**_passed(host.environment), **{name: _inside(name, path) for name, path in handed.items()}}
    return RunSpec(
        image=image,
        command=tuple(arguments),
        environment=environment,
        mounts=(*_directories(host), *(_handed(name, path) for name, path in handed.items())),
        user="0:0" if rootless else f"{host.uid}:{host.gid}",
        network=network or ("host" if _talks_to_loopback(environment) else None),
    )


def with_profile(environment: Mapping[str, str], profile: str | None) -> dict[str, str]:
    """Return the environment in which a profile that was named by option wins over keys; as it is without one."""
    if not profile:
        return dict(environment)
    kept = {name: value for name, value in environment.items() if name not in _OTHER_KEYS}
    return {**kept, "AWS_PROFILE": profile}


def files_of(host: Host) -> Iterator[str]:
    """Yield every path that is handed to the container if it exists."""
    yield from (path for _, path in _named_files(host))
    yield f"{host.user_home}/.aws"
    yield from (f"{host.user_home}/.aws/{folder}" for folder in _LOG_INS)


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
    for folder in _LOG_INS:
        if f"{profiles}/{folder}" in host.files:
            yield Mount(f"{profiles}/{folder}", f"{USER_HOME}/.aws/{folder}", read_only=False)


def _passed(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in environment.items()
        if (name.startswith(_PASSED) or name.upper() in _PASSED_EXACTLY) and name not in _OF_THE_HOST
    }


def _handed(name: str, path: str) -> Mount:
    """Mount a file; of one that is renewed the directory, since a mounted file stays the one that it was."""
    return Mount(path.rpartition("/")[0] if name in _RENEWED else path, _target(name))


def _inside(name: str, path: str) -> str:
    return f"{_target(name)}/{path.rpartition('/')[2]}" if name in _RENEWED else _target(name)


def _target(name: str) -> str:
    return f"{HANDED}/{name.lower()}"


def _talks_to_loopback(environment: Mapping[str, str]) -> bool:
    """Say whether an endpoint, resolver, mail server or proxy is on the host's loopback, which a container lacks."""
    addresses = (value for name, value in environment.items() if name.upper().startswith(_ADDRESSES))
    hosts = (value.rpartition("://")[2].rpartition("@")[2] for value in addresses)
    return any(host.startswith(_LOOPBACK) for host in hosts)
