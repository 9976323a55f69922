"""What moving, locking and housing Terraform states needs from the world."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provisioner.core.states.bucket import BucketSettings
from provisioner.core.states.lock import StateLock
from provisioner.core.values.domain import DomainName
from provisioner.ports.edges import Edges


class States(Protocol):
    """The states of all domains at one place."""

    def read(self, domain: DomainName) -> str | None:
        """Return the text of the domain's state, None when there is none."""

    def write(self, domain: DomainName, text: str) -> None:
        """Keep the state, replacing what is there, atomically."""

    def retire(self, domain: DomainName, serial: int) -> str:
        """Put the state aside, where no run finds it, and return where the copy is."""

    def show_to(self, root: Path, domain: DomainName) -> None:
        """Let Terraform find the state when it runs in `root` instead of the domain's workspace."""


class StateLocks(Protocol):
    """Terraform's lock objects at one place."""

    def path(self, domain: DomainName) -> str:
        """Return where the domain's state is, as Terraform names it in a lock."""

    def take(self, domain: DomainName, lock: StateLock) -> StateLock:
        """Put the lock there unless there is one; return the lock that is there now."""

    def holder(self, domain: DomainName) -> StateLock | None:
        """Return the lock that is there, None when the state is free."""

    def drop(self, domain: DomainName, lock_id: str) -> bool:
        """Remove the lock if it is still the one with this id; say whether it was."""


class LockPage(Protocol):
    """What this machine knows of its own locks on one domain's state; held by one process, and its Terraform, alone."""

    def left(self) -> frozenset[str]:
        """Return the ids of locks that runs on this very machine took and, being dead, will never drop."""

    def took(self, lock_id: str) -> None:
        """Write down a lock before it is taken."""

    def dropped(self) -> None:
        """Forget the locks of this machine: none of them is there any more."""


class LockJournal(Protocol):
    """The locks that runs on this machine took."""

    def open(self, domain: DomainName) -> AbstractContextManager[LockPage]:
        """Hold the domain's page.

        Raises `ProvisionerError("domain_busy")` while an earlier run, or the Terraform that outlived it, still works.
        """


class Trials(Protocol):
    """Directories to try a root in before the workspace itself is touched."""

    def open(self, domain: DomainName, files: Mapping[str, str]) -> AbstractContextManager[Path]:
        """Make a private directory with these files that is gone when the block ends."""


@dataclass(frozen=True, slots=True)
class StatePlace:
    """A place for states, e.g. `s3://example-states/mail`, and the world as it is for a run that keeps them there.

    `locked` holds a domain's state at this place; it does nothing where Terraform's own lock is enough.
    """

    url: str
    edges: Edges
    states: States
    locked: Callable[[DomainName], AbstractContextManager[None]]


class StateBuckets(Protocol):
    """S3 buckets for states."""

    def region(self, bucket: str, account: str) -> str | None:
        """Return where the bucket is, None when there is none; raises `Refused` when another account owns it."""

    def create(self, bucket: str, region: str) -> None:
        """Create it; raises `Refused` when another account was faster."""

    def settings(self, bucket: str, region: str, account: str) -> BucketSettings:
        """Return how the bucket is set up."""

    def set_up(self, bucket: str, region: str, account: str, current: BucketSettings, wanted: BucketSettings) -> None:
        """Change what differs between `current` and `wanted`, the protection first."""
