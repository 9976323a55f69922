"""Workspaces in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fakes.terraform import FakeTemplates, FakeTerraform
from provisioner.core.asked.remembered import Remembered
from provisioner.core.credentials.rotation import Stage
from provisioner.core.mail_domain.standing import DomainStanding
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser


@dataclass
class FakeWorkspace:
    domain: DomainName
    path: Path
    terraform: FakeTerraform
    templates: FakeTemplates
    kept: Remembered | None = None
    removed: bool = False
    intents: dict[SmtpUser, frozenset[str]] = field(default_factory=dict)
    standing: DomainStanding | None = None
    rotations: dict[str | None, Stage] = field(default_factory=dict)

    def noted_standing(self) -> DomainStanding | None:
        return self.standing

    def note_standing(self, standing: DomainStanding) -> None:
        self.standing = standing

    def noted_rotations(self) -> Mapping[str | None, Stage]:
        return self.rotations

    def note_rotation(self, user: SmtpUser, stage: Stage) -> None:
        self.rotations.pop(user.sender, None)
        if stage.is_under_way:
            self.rotations[user.sender] = stage

    def key_intent(self, user: SmtpUser) -> frozenset[str] | None:
        return self.intents.get(user)

    def intend_key(self, user: SmtpUser, known: Collection[str]) -> None:
        self.intents[user] = frozenset(known)

    def settle_key(self, user: SmtpUser) -> None:
        self.intents.pop(user, None)

    def recall(self) -> Remembered | None:
        return self.kept

    def remember(self, remembered: Remembered) -> None:
        self.kept, self.removed = remembered, False

    def salvage(self) -> Sequence[tuple[str, Path]]:
        return []

    def write_root(self, files: Mapping[str, str]) -> None:
        assert self.templates.last is not None
        self.terraform.specs[self.path] = self.templates.last
        self.terraform.imports[self.path] = {item.address: item.id for item in self.templates.imports}

    def _has_state(self) -> bool:
        return bool(self.terraform.state.get(self.path))

    def discard_if_unused(self) -> None:
        if self.kept is None and not self._has_state():
            self.remove()

    def remove(self) -> None:
        self.kept, self.removed = None, True


@dataclass
class FakeWorkspaces:
    terraform: FakeTerraform
    templates: FakeTemplates
    spaces: dict[str, FakeWorkspace] = field(default_factory=dict)
    pipelines: dict[tuple[str, str], bool] = field(default_factory=dict)  # by account and region; False: it leaves

    @contextmanager
    def open(self, domain: DomainName) -> Iterator[FakeWorkspace]:
        yield self.spaces.setdefault(
            domain.ascii, FakeWorkspace(domain, Path(domain.ascii), self.terraform, self.templates)
        )

    def peek(self, domain: DomainName) -> FakeWorkspace | None:
        found = self.spaces.get(domain.ascii)
        return found if found and found.kept else None

    def all(self) -> Iterator[FakeWorkspace]:
        yield from (space for _, space in sorted(self.spaces.items()) if space.kept)

    def has_pipeline(self, account: str, region: Region) -> bool | None:
        return self.pipelines.get((account, region.name))
