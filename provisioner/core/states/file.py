"""A Terraform state file, as far as one must know it to move it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from provisioner.core.values.documents import WrongShapeError, mapping, optional, required
from provisioner.errors import ProvisionerError


@dataclass(frozen=True, slots=True)
class StateFile:
    """A state: `serial` counts its versions, and states of one `lineage` are versions of the same.

    `resources` is the number of things that it manages, as a plan counts them.

    Source: developer.hashicorp.com/terraform/language/state/remote, "Lineage" and "Serial".
    """

    text: str = field(repr=False)
    lineage: str
    serial: int
    resources: int

    @classmethod
    def parse(cls, text: str, where: str) -> Self:
        """Read a state that is kept at `where`; raises `ProvisionerError("corrupt_state")`, without its content."""
        try:
            document = mapping(json.loads(text))
            lineage, serial = required(document, "lineage", str), required(document, "serial", int)
            return cls(text, lineage, serial, _managed(optional(document, "resources", list) or ()))
        except (ValueError, WrongShapeError) as error:
            what = str(error) if isinstance(error, WrongShapeError) else "it is not JSON"
            hint = "The state is left as it is; restore an older version of it, or move it away and run new-domain."
            raise ProvisionerError("corrupt_state", f"{where}: the state cannot be read: {what}", hint) from None


def _managed(blocks: Sequence[object]) -> int:
    """Count the instances: one block of a state holds all that `count` and `for_each` made of it."""
    managed = (block for block in blocks if not isinstance(block, Mapping) or block.get("mode") != "data")
    return sum(
        len(block["instances"]) if isinstance(block, Mapping) and "instances" in block else 1 for block in managed
    )
