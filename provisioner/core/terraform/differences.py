"""What differs between a domain as it should be and as it is, read from a Terraform plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.core.terraform.addresses import CONFIGURATION_SET
from provisioner.core.terraform.plan import summary_of
from provisioner.core.values.documents import WrongShapeError, mapping, optional, required
from provisioner.core.values.domain import DomainName
from provisioner.core.values.resource_names import configuration_set_name
from provisioner.errors import ProvisionerError

SENSITIVE = "(sensitive)"
UNKNOWN = "(known after apply)"

_QUIET = (["no-op"], ["read"])
_TAGS = "tags"
_DERIVED = frozenset({"tags_all"})  # repeats `tags`
_SENDING = ("aws_sesv2_configuration_set", "sending_options.0.sending_enabled")

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One attribute of one resource, e.g. `records` of `TXT _dmarc.example.com`.

    `attribute` None means the resource as a whole: `found` None says that it is missing, `expected` None that it should
    not be there. Values are JSON values. `outside` says that it was changed behind Terraform's back; otherwise it was
    wanted and never applied.
    """

    address: str
    type: str
    what: str
    attribute: str | None
    expected: object
    found: object
    outside: bool

    @property
    def on_purpose(self) -> bool:
        """Whether it is standing: sending that was switched off for this domain stays off until it is reinstated."""
        return (self.type, self.attribute) == _SENDING and self.found is False

    @property
    def missing(self) -> bool:
        """Whether the whole resource is missing."""
        return self.attribute is None and self.found is None

    def to_document(self) -> dict[str, object]:
        """Return one entry of `drift --json`."""
        return {
            "address": self.address,
            "what": self.what,
            "attribute": self.attribute,
            "expected": self.expected,
            "found": self.found,
            "changed_outside": self.outside,
        }


def switched_off(domain: DomainName) -> Difference:
    """Return the difference of a domain that may not send; Terraform is told to leave it, and so does not see it."""
    rtype, attribute = _SENDING
    name = configuration_set_name(domain)
    return Difference(CONFIGURATION_SET, rtype, name, attribute, expected=True, found=False, outside=True)


def differences(document: object) -> tuple[Difference, ...]:
    """Read the output of `terraform show -json PLAN`; sensitive values are left out.

    What AWS alone decides, such as a verification status, may change without being a difference: only what the plan
    would change counts. Raises `ProvisionerError("unreadable_plan")`. Source:
    developer.hashicorp.com/terraform/internals/json-format, "Plan Representation".
    """
    try:
        plan = mapping(document)
        outside = dict(_changed_outside(plan))
        return tuple(one for entry in _entries(plan, "resource_changes") for one in _of_resource(entry, outside))
    except WrongShapeError as error:
        hint = "Use a Terraform whose JSON plan format is 1.x."
        raise ProvisionerError("unreadable_plan", f"the plan cannot be read: {error}", hint) from None


def _entries(plan: Mapping[str, object], key: str) -> Iterator[Mapping[str, object]]:
    for entry in optional(plan, key, list) or ():
        yield mapping(entry)


def _changed_outside(plan: Mapping[str, object]) -> Iterator[tuple[str, frozenset[str | None]]]:
    """Return which attributes of each address differ from the state; None among them stands for the whole."""
    for entry in _entries(plan, "resource_drift"):
        change = mapping(required(entry, "change", dict))
        gone = change.get("after") is None
        changed = _unequal(change.get("before"), change.get("after"))
        yield required(entry, "address", str), frozenset({None} if gone else {".".join(path) for path in changed})


def _of_resource(entry: Mapping[str, object], outside: Mapping[str, frozenset[str | None]]) -> Iterator[Difference]:
    change = mapping(required(entry, "change", dict))
    if required(change, "actions", list) in _QUIET:
        return
    address, rtype = required(entry, "address", str), required(entry, "type", str)
    what, changed = summary_of(rtype, change) or address, outside.get(address, frozenset())
    for attribute, expected, found in _pairs(change):
        yield Difference(address, rtype, what, attribute, expected, found, attribute in changed)


def _pairs(change: Mapping[str, object]) -> Iterator[tuple[str | None, object, object]]:
    """Go through (attribute, expected, found)."""
    before, after = change.get("before"), change.get("after")
    if before is None or after is None:
        yield None, _whole(change, "after"), _whole(change, "before")
        return
    paths = [path for path in _unequal(before, after) if path[0] not in _DERIVED]
    known = [path for path in paths if not _marked(change.get("after_unknown"), path)]
    for path in known or paths:
        yield ".".join(path), _value(change, "after", path), _value(change, "before", path)


def _unequal(before: object, after: object) -> list[Path]:
    left, right = dict(_leaves(before)), dict(_leaves(after))
    paths = dict.fromkeys([*left, *right])  # in their order
    return [path for path in paths if path and _said(path, left.get(path)) != _said(path, right.get(path))]


def _said(path: Path, value: object) -> object:
    """Return what a value says: an empty one is like none, but a tag may have an empty value."""
    return value if path[0] == _TAGS and path[1:] else value or None


def _leaves(value: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    """Go through the attributes; a list of plain values is one, a list of blocks is one per block."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*path, str(number)))
    else:
        yield path, value


def _value(change: Mapping[str, object], side: str, path: Path) -> object:
    if _marked(change.get("before_sensitive"), path) or _marked(change.get("after_sensitive"), path):
        return SENSITIVE
    if side == "after" and _marked(change.get("after_unknown"), path):
        return UNKNOWN
    return dict(_leaves(change.get(side))).get(path)


def _whole(change: Mapping[str, object], side: str) -> object:
    """Return the attributes of a resource that is only on one side, without the empty ones."""
    if change.get(side) is None:
        return None
    paths = [path for path, value in _leaves(change.get(side)) if path and value and path[0] not in _DERIVED]
    return {".".join(path): _value(change, side, path) for path in paths}


def _marked(mask: object, path: Path) -> bool:
    """Say whether a mask of Terraform's (sensitive, unknown) covers the attribute or a part of it."""
    if isinstance(mask, bool):
        return mask
    if isinstance(mask, Mapping):
        return _marked(mask.get(path[0]), path[1:]) if path else any(_marked(inner, ()) for inner in mask.values())
    if isinstance(mask, list):
        if not path:
            return any(_marked(inner, ()) for inner in mask)
        number = int(path[0]) if path[0].isdigit() else len(mask)
        return number < len(mask) and _marked(mask[number], path[1:])
    return False
