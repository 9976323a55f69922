"""A process that dies, or loses an answer, at one of its calls to AWS, the credential store or its home."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges

# What is called of each, by the name that a table of calls has for it; other methods only compute.
WATCHED = {
    "IAM": ("keys", "create_key", "switch_key", "delete_key", "policy"),
    "IAM's use of keys": ("last_use",),
    "store": ("load", "save", "check_writable", "clear", "remove", "set_aside"),
    "vault": ("read", "look", "create", "replace", "clear", "rewrite", "revive", "delete"),
    "SMTP": ("log_in",),
    "home": ("key_intent", "intend_key", "settle_key", "note_rotation"),
}


class Died(BaseException):
    """The process is gone: whatever it would do now is not done."""


class Fault(StrEnum):
    """What happens at a call."""

    KILLED_BEFORE = "killed before it"
    KILLED_AFTER = "killed after it"
    NOT_DONE = "it fails"
    ANSWER_LOST = "it is done, and its answer is lost"


@dataclass
class Run:
    """The calls of one process; at call number `at` (None: never) there is a fault. `moment` is called around each."""

    at: int | None = None
    fault: Fault = Fault.KILLED_BEFORE
    moment: Callable[[], None] = lambda: None
    calls: list[str] = field(default_factory=list)
    dead: bool = False

    def of(self, edges: Edges) -> Edges:
        """Return the world as this process has it."""
        return replace(
            edges,
            users=self.watched("IAM", edges.users),
            access=self.watched("IAM's use of keys", edges.access),
            store=self.watched("store", edges.store),
            mailer=self.watched("SMTP", edges.mailer),
            workspaces=_Workspaces(self, edges.workspaces),
        )

    def call(self, name: str, make: Callable[[], Any]) -> Any:
        """Make a call, or have the fault in its place."""
        self._look_alive()
        self.calls.append(name)
        if len(self.calls) - 1 != self.at:
            return self._made(make)
        if self.fault is Fault.NOT_DONE:
            raise ProvisionerError("unreachable", f"{name}: the network is down")
        if self.fault is not Fault.KILLED_BEFORE:
            self._made(make)
        if self.fault is Fault.ANSWER_LOST:
            raise ProvisionerError("unreachable", f"{name}: no answer")
        self.dead = True
        raise Died

    def _made(self, make: Callable[[], Any]) -> Any:
        self.moment()
        made = make()
        self.moment()
        return made

    def _look_alive(self) -> None:
        if self.dead:
            raise Died

    def watched(self, kind: str, target: Any) -> Any:
        """Return an outside thing as this process has it; `kind` is one of `WATCHED`."""
        return _Watched(self, kind, target)


class _Watched:
    """An outside thing of which each call is counted."""

    def __init__(self, run: Run, kind: str, target: Any) -> None:
        self._run, self._kind, self._target = run, kind, target

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if name not in WATCHED[self._kind]:
            return found
        return lambda *args, **options: self._run.call(_told(self._kind, name, args), lambda: found(*args, **options))


class _Workspaces:
    """Workspaces of which each write is counted."""

    def __init__(self, run: Run, target: Any) -> None:
        self._run, self._target = run, target

    @contextmanager
    def open(self, domain: Any) -> Iterator[Any]:
        with self._target.open(domain) as workspace:
            yield _Watched(self._run, "home", workspace)

    def peek(self, domain: Any) -> Any:
        found = self._target.peek(domain)
        return found and _Watched(self._run, "home", found)

    def all(self) -> Any:
        return self._target.all()

    def has_pipeline(self, account: str, region: Any) -> Any:
        return self._target.has_pipeline(account, region)


def _told(kind: str, name: str, args: Any) -> str:
    """Return a call as a table names it: with the slot of the store that it is about."""
    slot = str(args[1]) if kind == "store" and len(args) > 1 else "current" if kind == "store" else ""
    return " ".join(word for word in (f"{kind}:", name.replace("_", " "), slot) if word)
