"""Terraform, and the templates of its roots."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.terraform.addresses import Import
from provisioner.core.terraform.differences import Difference
from provisioner.core.terraform.plan import Plan


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that Terraform reports, e.g. `('apply_start', 'module.smtp_user.aws_iam_user.this', 'Creating...')`."""

    kind: str
    address: str
    text: str


TICK = Event("tick", "", "")  # nothing new: Terraform is at work, and its caller may end it now
WARM = "warm_provider"  # the kind of events that tell which way a run goes


@dataclass(frozen=True, slots=True)
class ToolVersions:
    """Which Terraform, provider and mirror a run would use; `mirror` is None when the registry would be asked."""

    terraform: str
    terraform_path: str
    provider: str | None
    mirror: str | None


class Terraform(Protocol):
    """The real Terraform, over one rendered root directory at a time."""

    def versions(self) -> ToolVersions:
        """Say what would run; raises `ProvisionerError` when Terraform is absent or too old."""

    def plan(self, root: Path, on_event: Callable[[Event], None], *, destroy: bool = False) -> Plan:
        """Initialise the root if needed and plan it; the plan file stays in `root`, readable by its owner only."""

    def apply(self, root: Path, plan: Plan, on_event: Callable[[Event], None]) -> None:
        """Apply exactly the file that was planned, then delete it; raises `ProvisionerError` naming what failed."""

    def drift(self, root: Path, on_event: Callable[[Event], None]) -> Sequence[Difference]:
        """Plan the root and say what differs, attribute by attribute; no plan file stays and nothing is changed."""

    def take_over_backend(self, root: Path, other: Path) -> None:
        """Let `root` keep its state from now on where `other`, which is initialised, keeps it."""

    def forget(self, root: Path, address: str) -> None:
        """Take a resource out of the state without touching it on AWS; nothing happens when it is not in there."""

    def discard(self, root: Path, plan: Plan) -> None:
        """Delete a plan file that will not be applied."""


class Templates(Protocol):
    """The thin root of a domain."""

    def root(self, spec: MailDomain, imports: Sequence[Import] = ()) -> Mapping[str, str]:
        """Return file name -> text: `main.tf`, `imports.tf` and `terraform.tfvars.json`."""
