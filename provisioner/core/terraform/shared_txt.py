"""The one change to a domain that is not Terraform's to make: to the TXT set at the domain that others share with us.

Terraform writes a set whole, as it was planned; what somebody adds between plan and apply would be lost.
"""

from __future__ import annotations

from provisioner.core.dns.txt_set import TxtSet
from provisioner.core.mail_domain.records import Purpose
from provisioner.core.terraform.addresses import record
from provisioner.core.terraform.differences import Difference
from provisioner.core.terraform.plan import Change, Plan
from provisioner.core.terraform.tfvars import raw_txt

ADDRESS = record(Purpose.SPF)
_TYPE, _VALUES = "aws_route53_record", "records"


def edit(name: str, before: TxtSet, after: TxtSet) -> Change:
    """Return the change of a shared set, as a plan shows it among those of Terraform."""
    sides = ({_VALUES: [raw_txt(value) for value in one.values]} for one in (before, after))
    return Change(ADDRESS, _TYPE, ("update",), False, f"TXT {name}", *sides)


def is_written_by(plan: Plan) -> bool:
    """Say whether a plan would write over a TXT set at the domain that exists."""
    return any(change.address == ADDRESS and change.kind in ("update", "replace") for change in plan.changes)


def is_deleted_by(plan: Plan) -> bool:
    """Say whether a plan would delete the TXT set at the domain whole."""
    return any(change.address == ADDRESS and change.kind == "delete" for change in plan.changes)


def difference(name: str, expected: TxtSet, found: TxtSet) -> Difference:
    """Return the difference of a shared set, as `drift` shows it."""
    return Difference(ADDRESS, _TYPE, f"TXT {name}", _VALUES, list(expected.texts), list(found.texts), outside=True)
