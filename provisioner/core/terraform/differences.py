"""What differs between a domain as it should be and as it is, read from a Terraform plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.core.terraform.addresses import CONFIGURATION_SET
from provisioner.core.terraform.attributes import UNKNOWN, sides, unequal
from provisioner.core.terraform.subject import subject_of
from provisioner.core.values.documents import WrongShapeError, mapping, optional, required
from provisioner.core.values.domain import DomainName
from provisioner.core.values.resource_names import configuration_set_name
from provisioner.errors import ProvisionerError

_QUIET = (["no-op"], ["read"])
_SENDING = ("aws_sesv2_configuration_set", "sending_options.0.sending_enabled")


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
        changed = unequal(change.get("before"), change.get("after"))
        yield required(entry, "address", str), frozenset({None} if gone else {".".join(path) for path in changed})


def _of_resource(entry: Mapping[str, object], outside: Mapping[str, frozenset[str | None]]) -> Iterator[Difference]:
    change = mapping(required(entry, "change", dict))
    if required(change, "actions", list) in _QUIET:
        return
    address, rtype = required(entry, "address", str), required(entry, "type", str)
    what, changed = subject_of(address, rtype, change), outside.get(address, frozenset())
    for attribute, expected, found in _pairs(change):
        yield Difference(address, rtype, what, attribute, expected, found, attribute in changed)


def _pairs(change: Mapping[str, object]) -> Iterator[tuple[str | None, object, object]]:
    """Go through (attribute, expected, found)."""
    before, after = sides(change)
    if before is None or after is None:
        yield None, _known(after), before
        return
    for name, value in after.items():
        yield name, value, before[name]


def _known(values: Mapping[str, object] | None) -> Mapping[str, object] | None:
    """Leave out what AWS will decide."""
    return None if values is None else {name: value for name, value in values.items() if value != UNKNOWN}
