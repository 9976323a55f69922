"""One directory per domain under the home, held by one process at a time."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from provisioner.adapters.disk.domain_lock import hold
from provisioner.adapters.disk.files import (
    found_home,
    in_our_words,
    mending,
    private_directory,
    read_document,
    set_aside,
    set_aside_names,
    write_atomically,
    write_document,
)
from provisioner.adapters.disk.pipelines import knows_pipeline
from provisioner.core.asked.remembered import Remembered
from provisioner.core.credentials.rotation import Stage
from provisioner.core.mail_domain.standing import DomainStanding
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError

_REQUEST = "request.json"
_STATE = "terraform.tfstate"
_INTENTS = "key-intent*.json"
_STANDING = "standing.json"
_ROTATIONS = "rotations.json"


class DomainWorkspace:
    """The directory `domains/<A-label>/`; see `ports.Workspace`."""

    def __init__(self, domain: DomainName, path: Path) -> None:
        self.domain = domain
        self.path = path

    def recall(self) -> Remembered | None:
        """Return what was asked and decided for this domain, None when nothing was yet."""
        with self._mending(_REQUEST):
            document = read_document(self.path / _REQUEST, "corrupt_request")
            return None if document is None else Remembered.from_document(document)

    def salvage(self) -> Sequence[tuple[str, Path]]:
        """Move files that cannot be read aside, and return the name that each had and where it is now."""
        checks: Mapping[str, Callable[[], object]] = {
            _REQUEST: self.recall,
            **{path.name: partial(self._read_list, path.name, "known") for path in self.path.glob(_INTENTS)},
            _STATE: self._state,
        }
        corrupt = [name for name, read in checks.items() if _is_corrupt(read)]
        return [(name, set_aside(self.path / name)) for name in corrupt]

    def remember(self, remembered: Remembered) -> None:
        """Keep what was asked and decided."""
        write_document(self.path / _REQUEST, remembered.to_document())

    def noted_standing(self) -> DomainStanding | None:
        """Return how the domain and its senders stood when a command last looked; a file that is torn says nothing."""
        try:
            document = read_document(self.path / _STANDING, "corrupt_standing")
            return None if document is None else DomainStanding.from_document(document)
        except (ProvisionerError, ValueError):
            return None

    def note_standing(self, standing: DomainStanding) -> None:
        """Note how they stand."""
        if standing != self.noted_standing():
            write_document(self.path / _STANDING, standing.to_document())

    def noted_rotations(self) -> Mapping[str | None, Stage]:
        """Return which users have two access keys, by the sender's name; a file that is torn says nothing."""
        try:
            document = read_document(self.path / _ROTATIONS, "corrupt_rotations") or {}
            return {name or None: Stage(stage) for name, stage in document.items()}
        except (ProvisionerError, ValueError):
            return {}

    def note_rotation(self, user: SmtpUser, stage: Stage) -> None:
        """Note how far the rotation of a user's access key is; without any there is no file."""
        before = self.noted_rotations()
        noted = {name: one for name, one in before.items() if name != user.sender}
        noted |= {user.sender: stage} if stage.is_under_way else {}
        if noted:
            write_document(self.path / _ROTATIONS, {name or "": str(one) for name, one in noted.items()})
        elif before:
            with in_our_words(self.path):
                (self.path / _ROTATIONS).unlink(missing_ok=True)

    def write_root(self, files: Mapping[str, str]) -> None:
        """Write the files that differ from what is there, so that an unchanged root stays untouched."""
        for name, text in files.items():
            if not _holds(self.path / name, text):
                write_atomically(self.path / name, text)

    def key_intent(self, user: SmtpUser) -> frozenset[str] | None:
        """Return the ids of the keys that were there when a key was about to be made."""
        known = self._read_list(_intent(user), "known")
        return None if known is None else frozenset(known)

    def intend_key(self, user: SmtpUser, known: Collection[str]) -> None:
        """Write down which keys are there before another is made."""
        write_document(self.path / _intent(user), {"known": sorted(known)})

    def settle_key(self, user: SmtpUser) -> None:
        """Forget the intent."""
        with in_our_words(self.path):
            (self.path / _intent(user)).unlink(missing_ok=True)

    def _mending(self, name: str) -> AbstractContextManager[None]:
        """Say of a file that cannot be read what `salvage` does, which is not for those who only look."""
        again = f"`provisioner new-domain {self.domain}` puts it aside and goes on from what AWS knows"
        return mending(self.path / name, f"restore it from a backup; without one, {again}")

    def _read_list(self, name: str, key: str) -> list[str] | None:
        with self._mending(name):
            document = read_document(self.path / name, "corrupt_intent")
            if document is not None and not isinstance(document.get(key), list):
                raise ProvisionerError("corrupt_intent", f"the list `{key}` is missing")
        if document is None:
            return None
        return [str(item) for item in document[key]]

    def _has_state(self) -> bool:
        """Say whether a local state with resources is here."""
        document = self._state()
        return bool(document and document["resources"])

    def _state(self) -> dict[str, Any] | None:
        if self._state_is_begun():
            return None
        with self._mending(_STATE):
            document = read_document(self.path / _STATE, "corrupt_state")
            if document is not None and not isinstance(document.get("resources"), list):
                raise ProvisionerError("corrupt_state", "this is no Terraform state")
        return document

    def _state_is_begun(self) -> bool:
        """Say whether Terraform has only made the file: it does so before it plans, and an interrupt leaves it."""
        with in_our_words(self.path), suppress(FileNotFoundError):
            return not (self.path / _STATE).read_bytes().strip()
        return False

    def discard_if_unused(self) -> None:
        """Remove the directory when nothing was asked or made in it, and nothing in it was set aside."""
        if self.recall() is None and not self._has_state() and not set_aside_names(self.path):
            self.remove()

    def remove(self) -> None:
        """Remove the directory."""
        with in_our_words(self.path):
            shutil.rmtree(self.path, ignore_errors=False) if self.path.exists() else None


class DirectoryWorkspaces:
    """`$PROVISIONER_HOME/domains/`; see `ports.Workspaces`. `say` hears why a run has to wait."""

    def __init__(self, home: Path, say: Callable[[str], None] = lambda _: None) -> None:
        self._home = home
        self._domains = home / "domains"
        self._locks = home / "locks"
        self._say = say

    @contextmanager
    def open(self, domain: DomainName) -> Iterator[DomainWorkspace]:
        """Hold the workspace until the block ends; a directory that is still empty then does not stay."""
        found_home(self._home)
        private_directory(self._locks)
        path = self._domains / domain.ascii
        # Nothing is added to the lock's name: with 253 characters it may be full.
        with hold(self._locks / domain.ascii, domain, self._say):
            try:
                yield DomainWorkspace(domain, private_directory(path))
            finally:
                with suppress(OSError):
                    path.rmdir()

    def peek(self, domain: DomainName) -> DomainWorkspace | None:
        """Return the workspace for reading, None when nothing was asked for the domain yet."""
        path = self._domains / domain.ascii
        return DomainWorkspace(domain, path) if (path / _REQUEST).exists() else None

    def all(self) -> Iterator[DomainWorkspace]:
        """Go through the workspaces that hold a request, by domain."""
        for found in sorted(self._domains.glob(f"*/{_REQUEST}")):
            yield DomainWorkspace(DomainName.of_ascii(found.parent.name), found.parent)

    def has_pipeline(self, account: str, region: Region) -> bool | None:
        """Say whether an audit pipeline is deployed there; a file that is torn says nothing."""
        return knows_pipeline(self._home, account, region)


def _intent(user: SmtpUser) -> str:
    return "key-intent.json" if user.sender is None else f"key-intent.{user.sender}.json"


def _holds(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False


def _is_corrupt(read: Callable[[], object]) -> bool:
    try:
        read()
    except ProvisionerError as error:
        if not error.code.startswith("corrupt_"):
            raise
        return True
    return False
