"""A Terraform plan as data, and the guard that reads it before anything is applied."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

from provisioner.core.terraform.attributes import Values, sides
from provisioner.core.terraform.subject import subject_of
from provisioner.core.values.documents import WrongShapeError, mapping, optional, required
from provisioner.errors import ProvisionerError, Refused

Kind = Literal["create", "update", "delete", "replace", "import", "no-op", "read"]

MOST_NAMED = 10

_DONE = {"add": "created", "change": "changed", "destroy": "destroyed", "import": "taken in"}

_ACCOUNT = re.compile(r"arn:[^:]+:[^:]+:[^:]*:(\d{12}):")

_KINDS: dict[tuple[str, ...], Kind] = {
    ("create",): "create",
    ("update",): "update",
    ("delete",): "delete",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("no-op",): "no-op",
    ("read",): "read",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan does to one resource; `summary` names it in the user's words, e.g. `TXT _dmarc.example.com`.

    `before` and `after` are its attributes by path, those alone that differ, or all that it has where it is only on
    one side; None on the other.
    """

    address: str
    type: str
    actions: tuple[str, ...]
    importing: bool
    summary: str
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None

    @property
    def kind(self) -> Kind:
        """The change in one word; an import that changes something too counts as that change."""
        kind = _KINDS[self.actions]
        return "import" if self.importing and kind == "no-op" else kind

    @property
    def acts(self) -> bool:
        """Whether it does anything, be it only to the state."""
        return self.kind not in ("no-op", "read")

    def to_document(self) -> dict[str, object]:
        """Return one entry of `plan --json`."""
        before, after = (None if side is None else dict(side) for side in (self.before, self.after))
        return {
            "address": self.address,
            "action": self.kind,
            "subject": self.summary,
            "before": before,
            "after": after,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """A reviewed plan: `file` is what must be applied, `counts` what Terraform's last line says of it.

    `accounts` are the numbers of the AWS accounts in which the resources are that the state knows.
    """

    file: str
    changes: tuple[Change, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    accounts: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.counts:
            object.__setattr__(self, "counts", _counts(self.changes))

    @classmethod
    def unchanged(cls) -> Self:
        """Return the plan that does nothing."""
        return cls("", ())

    @classmethod
    def from_show(cls, document: object, file: str) -> Self:
        """Read the output of `terraform show -json FILE`; raises `ProvisionerError("unreadable_plan")`."""
        try:
            changes, accounts = _changes(mapping(document)), frozenset(_accounts(mapping(document)))
        except WrongShapeError as error:
            hint = "Use a Terraform whose JSON plan format is 1.x."
            raise ProvisionerError("unreadable_plan", f"the plan cannot be read: {error}", hint) from None
        return cls(file, changes, accounts=accounts)

    def without(self, addresses: Collection[str]) -> Plan:
        """Return the plan as it would be if these resources were not in the state, to be shown and not applied."""
        return Plan(self.file, tuple(change for change in self.changes if change.address not in addresses))

    def plus(self, change: Change) -> Plan:
        """Return the plan with a change that is made besides Terraform's."""
        return Plan(self.file, (*self.changes, change))

    @property
    def empty(self) -> bool:
        """Whether applying it would do nothing."""
        return not any(self.counts.values())

    def to_document(self) -> list[dict[str, object]]:
        """Return what would happen to which resource, as the member `plan` of JSON has it."""
        return [change.to_document() for change in self.changes]


def guard(domain: str, plan: Plan, allowed: Collection[str]) -> None:
    """Raise `Refused("plan_deletes")` when the plan deletes or replaces what the command did not ask for.

    `allowed` are addresses, each with everything below it: `module.zone` allows `module.zone.aws_route53_zone.this`.
    """
    existing = [change for change in plan.changes if change.kind not in {"create", "read"}]
    doomed = [change for change in existing if change.kind in {"delete", "replace"}]
    refused = [change.address for change in doomed if not _is_allowed(change.address, allowed)]
    if refused:
        count = f"plan deletes {len(refused)} of {len(existing)} resources (limit 0)"
        hint = "Nothing was changed. Undo what was changed outside, or let it happen with --allow-delete ADDRESS."
        raise Refused("plan_deletes", f"{domain}: {count}: {_list_of(refused)}", hint)


def _is_allowed(address: str, allowed: Collection[str]) -> bool:
    return any(address == prefix or address.startswith((f"{prefix}.", f"{prefix}[")) for prefix in allowed)


def _list_of(addresses: Sequence[str]) -> str:
    more = len(addresses) - MOST_NAMED
    return ", ".join(addresses[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _counts(changes: Sequence[Change]) -> dict[str, int]:
    """Count as Terraform does: a replacement is one to add and one to destroy."""
    kinds = [_KINDS[change.actions] for change in changes]
    return {
        "add": kinds.count("create") + kinds.count("replace"),
        "change": kinds.count("update"),
        "destroy": kinds.count("delete") + kinds.count("replace"),
        "import": sum(change.importing for change in changes),
    }


def describe_counts(counts: Mapping[str, int]) -> str:
    """Return the counts of a plan as people say them: `2 to add, 1 to change`; empty when there is nothing to do."""
    return ", ".join(f"{number} to {verb}" for verb, number in counts.items() if number)


def describe_done(counts: Mapping[str, int]) -> str:
    """Return what became of a plan with these counts: `2 created, 1 changed`; empty when there was nothing to do."""
    return ", ".join(f"{number} {_DONE[verb]}" for verb, number in counts.items() if number)


def _changes(document: Mapping[str, object]) -> tuple[Change, ...]:
    if not required(document, "format_version", str).startswith("1."):
        raise WrongShapeError("format_version is not 1.x")
    return tuple(_change(mapping(entry)) for entry in optional(document, "resource_changes", list) or ())


def _accounts(document: Mapping[str, object]) -> Iterator[str]:
    """Yield the account of everything that the state knew, also of what AWS does not have any more."""
    for key in ("resource_changes", "resource_drift"):
        for entry in optional(document, key, list) or ():
            before = mapping(required(mapping(entry), "change", dict)).get("before")
            arn = before.get("arn") if isinstance(before, dict) else None
            if isinstance(arn, str) and (found := _ACCOUNT.match(arn)):
                yield found[1]


def _change(entry: Mapping[str, object]) -> Change:
    address, rtype = required(entry, "address", str), required(entry, "type", str)
    change = mapping(required(entry, "change", dict))
    actions = tuple(str(action) for action in required(change, "actions", list))
    if actions not in _KINDS:
        raise WrongShapeError(f"{address} has the unknown actions {', '.join(actions)}")
    importing = change.get("importing") is not None
    return Change(address, rtype, actions, importing, subject_of(address, rtype, change), *_sides(actions, change))


def _sides(actions: tuple[str, ...], change: Mapping[str, object]) -> tuple[Values | None, Values | None]:
    return ({}, {}) if actions == ("no-op",) else sides(change)
