"""Hold a domain's state on S3 from the first look to the last word, with Terraform's own lock object.

Terraform itself would hold it for each plan and each apply alone, under an id that nobody learns in time. Taken here,
the id is written down before the lock exists, so that a later run can tell a lock of its own dead predecessor from any
other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from provisioner.core.states.lock import StateLock
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError, Refused
from provisioner.ports.progress import Clock, Progress
from provisioner.ports.states import LockJournal, LockPage, StateLocks
from provisioner.ports.workspaces import Workspace, Workspaces

_PAUSE = 2.0  # seconds between two looks at somebody else's lock


class NewLock(Protocol):
    """Says who we are, in a lock that nobody has yet."""

    def __call__(self, now: datetime, path: str) -> StateLock:
        """Return a lock with an id of its own on the state at `path` (`bucket/key`)."""


@dataclass(frozen=True, slots=True)
class StateHolder:
    """Takes and drops the lock of a state; `patience` is in seconds."""

    locks: StateLocks
    journal: LockJournal
    clock: Clock
    progress: Progress
    new_lock: NewLock
    patience: float = 60.0

    @contextmanager
    def hold(self, domain: DomainName) -> Iterator[None]:
        """Hold the state until the block ends; raises `ProvisionerError("state_locked")` naming who else does."""
        with self.journal.open(domain) as page:
            lock = self.new_lock(self.clock.now(), self.locks.path(domain))
            try:
                self._take(domain, lock, page)
                yield
            finally:
                self._drop(domain, lock, page)

    def _take(self, domain: DomainName, lock: StateLock, page: LockPage) -> None:
        left = set(page.left())
        page.took(lock.id)
        end, noted = self.clock.monotonic() + self.patience, ""
        while (holder := self.locks.take(domain, lock)).id != lock.id:
            if holder.id in left:
                left.remove(holder.id)
                self.progress.warn(f"{domain}: an earlier run on this machine died and left its lock; removing it")
                self.locks.drop(domain, holder.id)
                continue
            if self.clock.monotonic() >= end:
                raise _locked(domain, holder)
            if holder.id != noted:
                noted = holder.id
                self.progress.note(f"{domain}: the state is held by {holder}; waiting up to {self.patience:.0f} s")
            self.clock.sleep(min(_PAUSE, self.patience))

    def _drop(self, domain: DomainName, lock: StateLock, page: LockPage) -> None:
        """Drop the lock if it is there and ours; failing that is no failure of the work that was done under it."""
        try:
            self.locks.drop(domain, lock.id)
        except ProvisionerError as error:
            self.progress.warn(f"{domain}: the lock on the state stays, the next run here removes it: {error.message}")
        else:
            page.dropped()


@dataclass(frozen=True, slots=True)
class HeldWorkspaces:
    """`ports.workspaces.Workspaces` whose `open` holds the domain's state, too."""

    inner: Workspaces
    hold: Callable[[DomainName], AbstractContextManager[None]]

    @contextmanager
    def open(self, domain: DomainName) -> Iterator[Workspace]:
        """Hold the workspace, then the state."""
        with self.inner.open(domain) as workspace, self.hold(domain):
            yield workspace

    def peek(self, domain: DomainName) -> Workspace | None:
        """Return the workspace for reading."""
        return self.inner.peek(domain)

    def all(self) -> Iterator[Workspace]:
        """Go through every workspace."""
        return self.inner.all()

    def has_pipeline(self, account: str, region: Region) -> bool | None:
        """Say whether an audit pipeline is deployed there."""
        return self.inner.has_pipeline(account, region)


def unlock(locks: StateLocks, domain: DomainName, lock_id: str) -> StateLock | None:
    """Remove a lock whose holder is gone for good, by the id that was shown; None when the state is free.

    Raises `Refused("other_lock")` when another lock is there by now.
    """
    holder = locks.holder(domain)
    if holder is None:
        return None
    if holder.id != lock_id or not locks.drop(domain, lock_id):
        message = f"{domain}: the state is held by {holder} under another lock, {holder.id or 'of unknown id'}"
        raise Refused("other_lock", message, "nothing was touched; make sure that this holder is gone, too")
    return holder


def _locked(domain: DomainName, holder: StateLock) -> ProvisionerError:
    key = holder.id or "ID"
    return ProvisionerError(
        "state_locked",
        f"{domain}: the state is held by {holder}, lock {holder.id or 'of unknown id'}",
        f"wait for it; only if it is gone for good, run `provisioner state unlock {domain} --lock-id {key}` (what "
        "`terraform force-unlock` does)",
    )
