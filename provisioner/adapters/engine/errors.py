"""What a container engine answers, in the user's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from provisioner.errors import InputError, ProvisionerError

_NO_ENGINE = "start it, or point DOCKER_HOST at one; without a container the same command runs as `provisioner ...`"
_NO_ACCESS = "ask for membership in the group of that socket (usually `docker`), or use a rootless engine"
_NO_IMAGE = "build it with `provisioner container build`, or name another with --image"
_NOT_FOUND, _CONFLICT = 404, 409


@contextmanager
def in_our_words(image: str = "") -> Iterator[None]:
    """Turn what the SDK raises into a `ProvisionerError` that says what is missing and what to do."""
    try:
        yield
    except ProvisionerError:
        raise
    except Exception as error:
        if not type(error).__module__.startswith(("docker.", "requests.")):
            raise
        raise error_in_our_words(error, image) from error


def error_in_our_words(error: Exception, image: str = "") -> ProvisionerError:
    """Return the error of the user: no engine, no access to it, no such image, or what the engine refused and why."""
    chain = list(_causes(error))
    status, said = getattr(error, "status_code", None), str(getattr(error, "explanation", None) or error)
    if status == _NOT_FOUND and "image" in said.lower():
        return InputError("no_image", f"the engine has no image {image!r}", _NO_IMAGE)
    if status is not None:
        return ProvisionerError("engine_refused", f"the container engine refused: {said}", _hint(said))
    if any(isinstance(cause, PermissionError) for cause in chain):
        return ProvisionerError(
            "engine_forbidden", "the container engine's socket may not be opened by you", _NO_ACCESS
        )
    return ProvisionerError("no_engine", f"no container engine answers: {chain[-1]}", _NO_ENGINE)


def out_of_memory() -> ProvisionerError:
    """Return the error for a container that the kernel killed."""
    return ProvisionerError(
        "out_of_memory",
        "the container ran out of memory, and the engine killed what was in it",
        "give it more memory and run the same command again: it completes what was begun, or says what is in its way",
    )


def _hint(said: str) -> str:
    if "mount" in said.lower():
        return "share the workspace and the working directory with the engine (Docker Desktop: Settings, Resources)"
    return "see the engine's own log"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what it was made from, down to the operating system's answer."""
    yield error
    inner = [error.__cause__, error.__context__, *(arg for arg in error.args if isinstance(arg, BaseException))]
    reason = getattr(error, "reason", None)
    inner.append(reason if isinstance(reason, BaseException) else None)
    following = next((cause for cause in inner if cause is not None), None)
    if following is not None:
        yield from _causes(following)
