"""What a rotation is made of: each act is one change in the store or at IAM, and says how it stands then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.credential import Replaced, SmtpCredential
from provisioner.core.credentials.rotation import Rotation
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.region import Region
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.credentials.guards import use_of
from provisioner.usecases.credentials.keys import delete_key, make_second_key, switch_key
from provisioner.usecases.credentials.proof import prove

Act = Callable[[Rotation], Rotation]


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts of one step, in a workspace that is held for it; nothing is done before an act is called."""

    edges: Edges
    workspace: Workspace

    def make(self, current: SmtpCredential) -> Act:
        """Make a second key, and keep its credential as the pending one."""

        def act(seen: Rotation) -> Rotation:
            new = make_second_key(self.edges, self.workspace, seen, self._region(current))
            keys = (*(seen.keys or ()), AccessKey(new.user_name, active=True))
            return replace(seen, kept=replace(seen.kept, pending=new), keys=keys)

        return act

    def prove(self, credential: SmtpCredential) -> Act:
        """Log in with a credential."""

        def act(seen: Rotation) -> Rotation:
            prove(self.edges, credential)
            return seen

        return act

    def take_over(self, new: SmtpCredential, old: SmtpCredential | None) -> Act:
        """Keep the new credential as the current one, with whose place it took, and when."""

        def act(seen: Rotation) -> Rotation:
            replaced = Replaced(old.user_name, self._now()) if old else None
            return self.save(replace(new, replaces=replaced), Slot.CURRENT)(seen)

        return act

    def switch_off(self, old: SmtpCredential) -> Sequence[Act]:
        """Note with the old credential when its key is switched off, and switch it off."""

        def note(seen: Rotation) -> Rotation:
            return self.save(replace(old, switched_off_at=self._now()), Slot.PREVIOUS)(seen)

        return note, self.switch(old, active=False)

    def save(self, credential: SmtpCredential, slot: Slot) -> Act:
        """Keep a credential."""

        def act(seen: Rotation) -> Rotation:
            self.edges.store.save(credential, slot)
            return _with(seen, slot, credential)

        return act

    def clear(self, seen: Rotation, *slots: Slot) -> Sequence[Act]:
        """Empty those of the slots that hold something."""
        kept = {Slot.PENDING: seen.kept.pending, Slot.PREVIOUS: seen.kept.previous}
        return tuple(self._clear(slot) for slot in slots if kept[slot] is not None)

    def _clear(self, slot: Slot) -> Act:
        def act(seen: Rotation) -> Rotation:
            self.edges.store.clear(seen.user, slot)
            return _with(seen, slot, None)

        return act

    def switch(self, credential: SmtpCredential, *, active: bool) -> Act:
        """Switch a key on or off."""

        def act(seen: Rotation) -> Rotation:
            switch_key(self.edges, credential, active=active)
            keys = (replace(key, active=active) if key.id == credential.user_name else key for key in seen.keys or ())
            return replace(seen, keys=tuple(keys))

        return act

    def warn_of_use(self, new: SmtpCredential, since: datetime | None) -> Act:
        """Say that a key that is about to go was used (since then), so that somebody has its password already."""

        def act(seen: Rotation) -> Rotation:
            use = use_of(self.edges, new.user_name)
            if use.at and (since is None or use.at > since):
                when = f"was used at {use.at:%Y-%m-%d %H:%M} UTC"
                self.edges.progress.warn(f"{new.user}: access key {new.user_name} {when}: what has its password stops")
            return seen

        return act

    def delete(self, credential: SmtpCredential) -> Act:
        """Delete a key."""

        def act(seen: Rotation) -> Rotation:
            delete_key(self.edges, credential)
            return replace(seen, keys=tuple(key for key in seen.keys or () if key.id != credential.user_name))

        return act

    def _now(self) -> datetime:
        """Return the time, to the second, as it is written down."""
        return self.edges.clock.now().replace(microsecond=0)

    def _region(self, current: SmtpCredential) -> Region:
        """Return the region of the domain, which a password is derived for; where it is not known, the old one's."""
        remembered = self.workspace.recall()
        return remembered.request.region if remembered else Region.parse(current.region)


def _with(seen: Rotation, slot: Slot, credential: SmtpCredential | None) -> Rotation:
    kept = seen.kept
    match slot:
        case Slot.CURRENT:
            return replace(seen, kept=replace(kept, current=credential))
        case Slot.PENDING:
            return replace(seen, kept=replace(kept, pending=credential))
        case Slot.PREVIOUS:
            return replace(seen, kept=replace(kept, previous=credential))
