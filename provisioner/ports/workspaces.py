"""What is kept of each domain on disk."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from provisioner.core.asked.remembered import Remembered
from provisioner.core.credentials.rotation import Stage
from provisioner.core.mail_domain.standing import DomainStanding
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser


class Workspace(Protocol):
    """What is kept of one domain on disk, under `$PROVISIONER_HOME/domains/<A-label>/`."""

    @property
    def domain(self) -> DomainName:
        """The domain."""

    @property
    def path(self) -> Path:
        """The directory that Terraform runs in."""

    def recall(self) -> Remembered | None:
        """Return what was asked and decided for this domain, None when nothing was yet; raises for a corrupt file."""

    def remember(self, remembered: Remembered) -> None:
        """Keep what was asked and decided, atomically."""

    def noted_standing(self) -> DomainStanding | None:
        """Return how the domain and its senders stood when a command last looked, None when none has."""

    def note_standing(self, standing: DomainStanding) -> None:
        """Note how they stand, for commands that do not ask AWS; another home's changes are not in it."""

    def noted_rotations(self) -> Mapping[str | None, Stage]:
        """Return which users have two access keys, by the sender's name, as a command last saw it from here."""

    def note_rotation(self, user: SmtpUser, stage: Stage) -> None:
        """Note how far the rotation of a user's access key is, for commands that do not ask AWS."""

    def salvage(self) -> Sequence[tuple[str, Path]]:
        """Move files that cannot be read aside, and return the name that each had and where it is now."""

    def write_root(self, files: Mapping[str, str]) -> None:
        """Write the rendered root, atomically, each file readable by its owner only."""

    def key_intent(self, user: SmtpUser) -> frozenset[str] | None:
        """Return the ids of the keys that were there when a key was about to be made, None when none is under way."""

    def intend_key(self, user: SmtpUser, known: Collection[str]) -> None:
        """Write down, before a key is made, which keys are there: a crash may come before the new one is stored.

        `known` are ids of keys that stay; empty for a first key, the key in use for one that shall take its place.
        """

    def settle_key(self, user: SmtpUser) -> None:
        """Forget the intent: the key is stored, or was never made."""

    def discard_if_unused(self) -> None:
        """Remove the directory when nothing was asked or made in it (after a plan of a domain that does not exist)."""

    def remove(self) -> None:
        """Remove the directory after the domain was destroyed."""


class Workspaces(Protocol):
    """All workspaces of a home."""

    def open(self, domain: DomainName) -> AbstractContextManager[Workspace]:
        """Hold the domain's workspace; raises `ProvisionerError` naming who holds it when another process does."""

    def peek(self, domain: DomainName) -> Workspace | None:
        """Return the workspace for reading, None when there is none."""

    def all(self) -> Iterator[Workspace]:
        """Go through every workspace that holds a request, by domain."""

    def has_pipeline(self, account: str, region: Region) -> bool | None:
        """Say whether an audit pipeline is deployed there: None when this home knows of none.

        False is one that is being taken away.
        """
