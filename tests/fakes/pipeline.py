"""The Terraform of the audit pipeline in memory: it plans what the rendered root wants beside what it has made."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from provisioner.core.terraform.differences import Difference
from provisioner.core.terraform.pipeline import OPERATOR, Part
from provisioner.core.terraform.plan import Change, Plan
from provisioner.errors import ProvisionerError
from provisioner.ports.terraform import Event, ToolVersions

ACCOUNT = "123456789012"


class FakePipelineTerraform:
    """`made` holds what was applied, by the part; `applied` the parts in the order in which they were."""

    def __init__(self) -> None:
        self.made: dict[Part, dict[str, str]] = {part: {} for part in Part}
        self.applied: list[Part] = []
        self.open_plans: set[Path] = set()
        self._fails: Part | None = None

    def fails_at(self, part: Part) -> None:
        """Fail the next apply of this part."""
        self._fails = part

    def versions(self) -> ToolVersions:
        return ToolVersions("1.11.4", "terraform", "5.100.0", None)

    def plan(self, root: Path, on_event: Callable[[Event], None], *, destroy: bool = False) -> Plan:
        part = Part(root.name)
        want, have = ({} if destroy else _wanted(root)), self.made[part]
        changes = [_change(address, "create", value) for address, value in want.items() if address not in have]
        changes += [_change(address, "delete", value) for address, value in have.items() if address not in want]
        changes += [
            _change(address, "update", value) for address, value in want.items() if have.get(address, value) != value
        ]
        self.open_plans.add(root)
        return Plan("plan" if changes else "", tuple(changes))

    def apply(self, root: Path, plan: Plan, on_event: Callable[[Event], None]) -> None:
        part = Part(root.name)
        if self._fails is part:
            self._fails = None
            raise ProvisionerError("apply_failed", "apply failed at module.feedback.aws_sqs_queue.this")
        deletes = all(change.kind == "delete" for change in plan.changes)
        self.made[part] = {} if deletes and len(plan.changes) == len(self.made[part]) else _wanted(root)
        self.applied.append(part)

    def drift(self, root: Path, on_event: Callable[[Event], None]) -> Sequence[Difference]:
        raise NotImplementedError

    def take_over_backend(self, root: Path, other: Path) -> None:
        raise NotImplementedError

    def forget(self, root: Path, address: str) -> None:
        raise NotImplementedError

    def discard(self, root: Path, plan: Plan) -> None:
        self.open_plans.discard(root)


def _wanted(root: Path) -> dict[str, str]:
    values = json.loads((root / "terraform.tfvars.json").read_text())
    if root.name == Part.ARCHIVE:
        return {"module.archive.aws_s3_bucket.this": values["archive"]["bucket"]}
    feedback = values["feedback"]
    assert (root / feedback["collector"]["zip"]).is_file()
    wanted = {
        "module.feedback.aws_sns_topic.this": feedback["topic"],
        "module.feedback.aws_lambda_function.collector": feedback["collector"]["hash"],
        "module.feedback.aws_scheduler_schedule.collector": feedback["collector"]["schedule"],
    }
    return wanted | ({f"{OPERATOR}[0]": feedback["operator"]} if feedback["operator"] else {})


def _change(address: str, kind: str, value: str) -> Change:
    rtype = address.split(".")[2]
    before = None if kind == "create" else {"name": value}
    after = None if kind == "delete" else {"name": value}
    return Change(address, rtype, (kind,), False, f"{rtype} {value}", before, after)
