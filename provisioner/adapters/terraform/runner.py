"""The real Terraform behind `ports.Terraform`: each call is a run over one root, with a shared provider or without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from provisioner.adapters.terraform import initialise
from provisioner.adapters.terraform.failures import own_files
from provisioner.adapters.terraform.installation import Installation
from provisioner.adapters.terraform.run import Run
from provisioner.adapters.terraform.settings import TerraformSettings
from provisioner.adapters.terraform.warm.fallback import WarmOrCold
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.adapters.terraform.way import OnEvent
from provisioner.core.terraform.differences import Difference
from provisioner.core.terraform.plan import Plan
from provisioner.core.terraform.sharing import Sharing
from provisioner.errors import ProvisionerError
from provisioner.ports.terraform import ToolVersions

Result = TypeVar("Result")


class TerraformRunner:
    """Runs Terraform over one rendered root at a time; several threads may use one runner for different roots.

    `sharing` says which runs share the providers of `warm`; when one fails them, they go on without, with the same
    result. Why a lone run should not apply with a shared one: docs/decisions/2026-11-22-warm-provider.md.
    """

    def __init__(
        self, settings: TerraformSettings, warm: WarmProvider | None = None, sharing: Sharing = Sharing.ALWAYS
    ) -> None:
        self._installation = Installation(settings)
        self._reading = WarmOrCold(None if sharing is Sharing.NEVER else warm)
        self._changing = WarmOrCold(None) if sharing is Sharing.READS else self._reading

    def versions(self) -> ToolVersions:
        """Say what would run; raises `ProvisionerError`: `terraform_missing`, `_too_old` or `_unsupported`."""
        program, mirror = self._installation.program(), self._installation.provider_mirror()
        with own_files(program):
            version = self._installation.version()
        provider, place = (mirror.provider, str(mirror.path)) if mirror else (None, None)
        return ToolVersions(version, str(program), provider, place)

    def plan(self, root: Path, on_event: OnEvent, *, destroy: bool = False) -> Plan:
        """Initialise the root if needed and plan it; only a plan with changes leaves a plan file."""
        return self._read(root.resolve(), on_event, lambda run: run.plan(destroy=destroy))

    def drift(self, root: Path, on_event: OnEvent) -> Sequence[Difference]:
        """Plan the root and say what differs; the plan file is gone afterwards."""
        return self._read(root.resolve(), on_event, Run.differences)

    def take_over_backend(self, root: Path, other: Path) -> None:
        """Let `root` keep its state from now on where `other` does; the next command initialises it anew."""
        initialise.copy_backend(other.resolve(), root.resolve())

    def apply(self, root: Path, plan: Plan, on_event: OnEvent) -> None:
        """Apply exactly the file that was planned, then delete it; raises `ProvisionerError`, see `failures`."""
        root = root.resolve()
        if not plan.file or not (root / plan.file).is_file():
            raise ProvisionerError("plan_missing", f"{root} holds no plan to apply", "run the command again")
        try:
            self._change(root, on_event, lambda run: run.apply(plan))
        finally:
            self.discard(root, plan)

    def forget(self, root: Path, address: str) -> None:
        """Take a resource out of the state without touching it on AWS; nothing happens when it is not in there."""
        self._change(root.resolve(), lambda _: None, lambda run: run.forget(address))

    def discard(self, root: Path, plan: Plan) -> None:
        """Delete the plan file, if the plan has one."""
        if plan.file:
            root.joinpath(plan.file).unlink(missing_ok=True)

    def _read(self, root: Path, on_event: OnEvent, work: Callable[[Run], Result]) -> Result:
        """Work on a root without changing anything; one that is new is prepared for the apply that follows."""
        with own_files(root):
            known = initialise.has_begun(root)
        return self._run(self._reading if known else self._changing, root, on_event, work)

    def _change(self, root: Path, on_event: OnEvent, work: Callable[[Run], Result]) -> Result:
        return self._run(self._changing, root, on_event, work)

    def _run(self, choice: WarmOrCold, root: Path, on_event: OnEvent, work: Callable[[Run], Result]) -> Result:
        with own_files(root):
            return choice.go(root, on_event, lambda way, tell: work(Run(self._installation, root, way, tell)))
