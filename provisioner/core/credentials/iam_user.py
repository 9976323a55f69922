"""An IAM user as IAM has it: its policies with what they say, its boundary, its keys and their use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provisioner.core.credentials.access_key import AccessKey, LastUse
from provisioner.core.credentials.holdings import Holding, described
from provisioner.core.credentials.unseen import Unseen


@dataclass(frozen=True, slots=True)
class GivenPolicy:
    """A policy that a user has, by itself or by a group; `document` is what it says, as JSON values.

    `holding` and `name` are what takes it away: the name of an inline policy, the ARN of an attached one, the name of
    the group. `of_group` is what the group calls it, a name or an ARN.
    """

    holding: Holding
    name: str
    document: object | Unseen
    of_group: str = ""

    def __str__(self) -> str:
        """Return what a message calls it."""
        held = described(self.holding, self.name)
        return f"the policy {self.of_group} of {held}" if self.of_group else held


@dataclass(frozen=True, slots=True)
class Bound:
    """A permissions boundary: the ARN of its policy, and what that says."""

    arn: str
    document: object | Unseen

    def __str__(self) -> str:
        return f"the permissions boundary {self.arn}"


@dataclass(frozen=True, slots=True)
class IamUser:
    """An IAM user; each part may be `Unseen` for itself, where the operator may not look at it.

    `boundary` and a last use are None where there is none.
    """

    name: str
    arn: str | Unseen
    inline: tuple[GivenPolicy, ...] | Unseen = ()
    attached: tuple[GivenPolicy, ...] | Unseen = ()
    groups: Mapping[str, tuple[GivenPolicy, ...] | Unseen] | Unseen = field(default_factory=dict)
    boundary: Bound | Unseen | None = None
    has_password: bool | Unseen = False
    keys: tuple[AccessKey, ...] | Unseen = ()
    uses: Mapping[str, LastUse | Unseen | None] = field(default_factory=dict)

    @property
    def policies(self) -> tuple[GivenPolicy, ...]:
        """Every policy that was seen, whether or not anybody could read it."""
        listed = [self.inline, self.attached, *([] if isinstance(self.groups, Unseen) else self.groups.values())]
        return tuple(policy for part in listed if not isinstance(part, Unseen) for policy in part)

    @property
    def unseen(self) -> Iterator[tuple[str, Unseen]]:
        """Go through what nobody could look at, by the words for it."""
        parts: dict[str, object] = {
            "access keys": self.keys,
            str(Holding.INLINE_POLICY): self.inline,
            str(Holding.ATTACHED_POLICY): self.attached,
            str(Holding.GROUP): self.groups,
            str(Holding.PASSWORD): self.has_password,
            "permissions boundary": self.boundary,
            **{f"use of access key {key}": use for key, use in self.uses.items()},
        }
        if not isinstance(self.groups, Unseen):
            parts |= {f"policies of the group {name}": found for name, found in self.groups.items()}
        yield from ((what, part) for what, part in parts.items() if isinstance(part, Unseen))
        documents: list[GivenPolicy | Bound] = [*self.policies]
        documents += [self.boundary] if isinstance(self.boundary, Bound) else []
        yield from ((f"{one}", one.document) for one in documents if isinstance(one.document, Unseen))
