"""Every error that a user can see: what, where, and what to do next; each class is one exit code."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar


class ProvisionerError(Exception):
    """A failure in the user's words (exit 1).

    `code` is the stable snake_case word that scripts read from `{"error": {"code": ...}}`, `message` says what is wrong
    and where, `hint` what to do next (may be empty). Neither may hold a secret.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    @property
    def with_hint(self) -> str:
        """The message and what to do next, in one sentence."""
        return f"{self.message}; {self.hint}" if self.hint else self.message

    def to_document(self) -> dict[str, Any]:
        """Return the error as JSON has it."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


class InputError(ProvisionerError):
    """Bad input or usage: nothing was touched, a retry is pointless (exit 2)."""

    exit_code = 2


class NotDesired(ProvisionerError):
    """Not in the desired state: drift, a failed check, verification still pending (exit 3)."""

    exit_code = 3


class Refused(ProvisionerError):
    """A safety guard said no; nothing was touched (exit 5)."""

    exit_code = 5


class Interrupted(ProvisionerError):
    """The user pressed Ctrl-C or the engine sent SIGTERM (exit 130)."""

    exit_code = 130


class LoggedOut(ProvisionerError):
    """AWS does not take the credentials, or there are none any more: whatever else is asked fails as well (exit 1)."""


class Unrecorded(ProvisionerError):
    """Terraform met something that AWS has and its state does not know (exit 1).

    A request whose answer is lost is sent again by AWS's SDK, and then finds what the first one made.
    """


class KeyNotKept(ProvisionerError):
    """A new access key could be neither stored nor deleted again (exit 1).

    `credential` returns what would have been stored, password included: for stdout of the command that made the key,
    and nothing else. Neither the message nor `to_document` holds it. `interrupted`: the user wants the command to end.
    """

    def __init__(
        self, message: str, hint: str, credential: Callable[[], Mapping[str, Any]], *, interrupted: bool = False
    ) -> None:
        super().__init__("key_not_kept", message, hint)
        self.credential = credential
        self.interrupted = interrupted


class SmtpRefusal(ProvisionerError):
    """A mail server said no (exit 1); `reply` is its code, `said` the words behind it."""

    def __init__(self, code: str, message: str, reply: int, said: str) -> None:
        hint = "5xx: change what it names before you send again; 4xx: try again later"
        super().__init__(code, message, hint)
        self.reply = reply
        self.said = said


def keys_not_kept(error: BaseException | None) -> tuple[KeyNotKept, ...]:
    """Return every `KeyNotKept` that an error is, carries, or came up behind; each once, the outermost first."""
    found, to_look_at = dict[int, BaseException](), [error]
    while to_look_at:
        one = to_look_at.pop()
        if one is None or id(one) in found:
            continue
        found[id(one)] = one
        inner = one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        to_look_at += [one.__context__, one.__cause__, *reversed(inner)]
    return tuple(one for one in found.values() if isinstance(one, KeyNotKept))


@contextmanager
def carrying(not_kept: Sequence[KeyNotKept]) -> Iterator[None]:
    """Let whatever ends the block carry these too, so that `keys_not_kept` finds them wherever it ends."""
    try:
        yield
    except BaseException as end:
        if not not_kept:
            raise
        raise end from ExceptionGroup("keys that are not kept", [*not_kept])


def defect(error: BaseException, hint: str) -> ProvisionerError:
    """Return a defect of ours as an error that says where it is, never what: a foreign text may hold anything."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f" ({where.tb_frame.f_code.co_filename}:{where.tb_lineno})" if where else ""
    told = ProvisionerError("defect", f"this is a defect of provisioner: {type(error).__name__}{place}", hint)
    told.__cause__ = error
    return told
