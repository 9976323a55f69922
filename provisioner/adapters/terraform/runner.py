"""The real Terraform behind `ports.Terraform`: initialise, plan, read the plan, apply exactly that plan."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Self, TypeVar

from provisioner.adapters.terraform import binary, free_space, initialise, mirror
from provisioner.adapters.terraform.command import FLAG, Cli, environment_for_terraform
from provisioner.adapters.terraform.events import Events, is_state_dump
from provisioner.adapters.terraform.failures import failure, own_files
from provisioner.adapters.terraform.process import Limits, Reader, private_file
from provisioner.adapters.terraform.settings import TerraformSettings
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.adapters.terraform.warm.ways import Ways
from provisioner.adapters.terraform.way import COLD, OnEvent, Way
from provisioner.core.terraform.differences import Difference, differences
from provisioner.core.terraform.plan import Plan
from provisioner.core.terraform.sharing import Sharing
from provisioner.errors import ProvisionerError
from provisioner.ports.terraform import TICK, ToolVersions

Result = TypeVar("Result")

PLAN_FILE = "provisioner.tfplan"
RECOVERED_STATE = "recovered.tfstate"

_NO_CHANGES, _CHANGES = 0, 2
_NOT_IN_STATE = re.compile(r"No matching objects found|No state file was found")


class TerraformRunner:
    """Runs Terraform over one rendered root at a time; several threads may use one runner for different roots.

    `sharing` says which runs share the providers of `warm`; when one fails them, they go on without, with the same
    result. Why a lone run should not apply with a shared one: docs/decisions/2026-11-22-warm-provider.md.
    """

    def __init__(
        self, settings: TerraformSettings, warm: WarmProvider | None = None, sharing: Sharing = Sharing.ALWAYS
    ) -> None:
        self._settings = settings
        self._ways = Ways(None if sharing is Sharing.NEVER else warm)
        self._writing = Ways(None) if sharing is Sharing.READS else self._ways
        self._way: Way = COLD
        self._times = settings.timeouts
        self._versions = binary.Versions(settings.environment, self._limits(self._times.version))
        self._cache = settings.home.absolute() / "plugin-cache"

    def versions(self) -> ToolVersions:
        """Say what would run; raises `ProvisionerError`: `terraform_missing`, `_too_old` or `_unsupported`."""
        program, found = self._binary(), self._mirror()
        with own_files(program):
            version = self._versions.of(program)
        provider, place = (found.provider, str(found.path)) if found else (None, None)
        return ToolVersions(version, str(program), provider, place)

    def plan(self, root: Path, on_event: OnEvent, *, destroy: bool = False) -> Plan:
        """Initialise the root if needed and plan it; only a plan with changes leaves a plan file."""
        return self._initialised(root, on_event, lambda self, root, tell: self._plan(root, tell, destroy=destroy))

    def drift(self, root: Path, on_event: OnEvent) -> Sequence[Difference]:
        """Plan the root and say what differs; the plan file is gone afterwards."""
        return self._initialised(root, on_event, type(self)._differences)

    def take_over_backend(self, root: Path, other: Path) -> None:
        """Let `root` keep its state from now on where `other` does; the next command initialises it anew."""
        initialise.copy_backend(other.resolve(), root.resolve())

    def apply(self, root: Path, plan: Plan, on_event: OnEvent) -> None:
        """Apply exactly the file that was planned, then delete it; raises `ProvisionerError`, see `failures`."""
        root = root.resolve()
        if not plan.file or not (root / plan.file).is_file():
            raise ProvisionerError("plan_missing", f"{root} holds no plan to apply", "run the command again")
        try:
            with own_files(root):
                self._writing.go(root, on_event, lambda way, tell: self._on(way)._apply(root, plan, tell))
        finally:
            self.discard(root, plan)

    def forget(self, root: Path, address: str) -> None:
        """Take a resource out of the state without touching it on AWS; nothing happens when it is not in there."""
        root = root.resolve()
        with own_files(root):
            self._writing.go(root, lambda _: None, lambda way, tell: self._on(way)._forget(root, address, tell))

    def discard(self, root: Path, plan: Plan) -> None:
        """Delete the plan file, if the plan has one."""
        if plan.file:
            root.joinpath(plan.file).unlink(missing_ok=True)

    def _delete_plan(self, root: Path) -> None:
        root.joinpath(PLAN_FILE).unlink(missing_ok=True)

    def _on(self, way: Way) -> Self:
        """Return this runner going one way."""
        runner = copy.copy(self)
        runner._way = way
        return runner

    def _initialised(self, root: Path, on_event: OnEvent, work: Callable[[Self, Path, OnEvent], Result]) -> Result:
        """Initialise if needed, then work, by the way that is open."""
        root = root.resolve()
        with own_files(root):
            ways = self._ways if initialise.has_begun(root) else self._writing
            return ways.go(root, on_event, lambda way, tell: self._on(way)._work(root, tell, work))

    def _work(self, root: Path, on_event: OnEvent, work: Callable[[Self, Path, OnEvent], Result]) -> Result:
        skipped = self._initialise(root, on_event)
        try:
            return work(self, root, on_event)
        except ProvisionerError as error:
            if not skipped or error.code != "not_initialised":
                raise
        initialise.forget(root)  # somebody emptied the plugin cache or `.terraform`
        self._initialise(root, on_event)
        return work(self, root, on_event)

    def _apply(self, root: Path, plan: Plan, on_event: OnEvent) -> None:
        if not self._initialise(root, on_event):
            self._plan_again(root, plan, on_event)
        self._run(root, "apply", PLAN_FILE, seconds=self._times.apply, on_event=on_event, **self._lock())

    def _forget(self, root: Path, address: str, on_event: OnEvent) -> None:
        self._initialise(root, on_event)
        self._on_state(root, "state rm", address)

    def _plan_again(self, root: Path, plan: Plan, on_event: OnEvent) -> None:
        """Make the plan that was reviewed once more: Terraform applies none from before the provider was installed."""
        reviewed = self._show(root)["resource_changes"]
        self._plan(root, on_event, destroy=all(change.kind in {"delete", "read"} for change in plan.changes))
        if not root.joinpath(PLAN_FILE).is_file() or self._show(root)["resource_changes"] != reviewed:
            message = (
                f"{root}: the plan had to be made again, and is not the one that was reviewed; nothing was applied"
            )
            raise ProvisionerError("plan_stale", message, "run the command again: it plans anew")

    def _differences(self, root: Path, on_event: OnEvent) -> Sequence[Difference]:
        options = {"detailed_exitcode": FLAG, "out": PLAN_FILE} | self._lock()
        try:
            code = self._run(root, "plan", seconds=self._times.plan, on_event=on_event, **options)
            return differences(self._show(root)) if code == _CHANGES else ()
        finally:
            self._delete_plan(root)

    def _plan(self, root: Path, on_event: OnEvent, *, destroy: bool) -> Plan:
        self._delete_plan(root)
        options = {"detailed_exitcode": FLAG, "out": PLAN_FILE, "destroy": FLAG if destroy else None} | self._lock()
        try:
            code = self._run(root, "plan", seconds=self._times.plan, on_event=on_event, **options)
            if code == _CHANGES:
                return self._review(root, on_event, destroy=destroy)
        except BaseException:
            self._delete_plan(root)  # Terraform writes one even when planning failed
            raise
        self._delete_plan(root)
        return Plan.unchanged()

    def _review(self, root: Path, on_event: OnEvent, *, destroy: bool) -> Plan:
        """Read the plan; one that would replace what an earlier run left half made is made again without the mark.

        Terraform marks a resource whose creation was cut short, and replaces it: a new zone, with other name servers.
        What exists is brought to the desired state by an update just as well.
        """
        document = self._show(root)
        half_made = [] if destroy else _tainted(document)
        if not half_made:
            return Plan.from_show(document, PLAN_FILE)
        for address in half_made:
            self._on_state(root, "untaint", address)
        return self._plan(root, on_event, destroy=destroy)

    def _on_state(self, root: Path, command: str, address: str) -> None:
        """Change the state alone; a resource that is not in it needs no change."""
        cli = self._cli(root, initialise.config_file(root))
        code, out, err = cli.cmd(command, address, limits=self._limits(self._times.show), **self._lock())
        if code and not _NOT_IN_STATE.search(err):
            raise failure(command, Events.of_plain(err or out), root)

    def _show(self, root: Path) -> dict[str, Any]:
        """Read the plan file; its text stays in memory, since plans may hold sensitive values."""
        cli = self._cli(root, initialise.config_file(root))
        code, out, err = cli.cmd("show", PLAN_FILE, json=FLAG, limits=self._limits(self._times.show))
        if code:
            raise ProvisionerError(
                "terraform_failed", f"terraform show failed: the plan could not be read\n{err or out}"
            )
        document: dict[str, Any] = json.loads(out)
        return document

    def _initialise(self, root: Path, on_event: OnEvent) -> bool:
        """Run `init` unless what it depends on is unchanged; return whether it was skipped."""
        program, found = self._binary(), self._mirror()
        wanted = initialise.fingerprint(root, program, found)
        own_provider = self._way == COLD
        if initialise.is_initialised(root, wanted, provider=own_provider):
            return True
        self._versions.of(program)
        initialise.prepare(root, found, self._cache)
        # A mirror decides which version there is, so a lock file from an older one must not hold it back.
        options = {
            "upgrade": FLAG if found else None,
            "reconfigure": FLAG if initialise.keeps_its_state(root) else None,
            "lock": None if self._settings.locks_state else False,
        }
        with nullcontext() if found or not own_provider else initialise.one_at_a_time(self._cache):
            self._run(root, "init", seconds=self._times.init, on_event=on_event, **options)
        initialise.mark_initialised(root, wanted, provider=own_provider)
        return False

    def _run(self, root: Path, command: str, *args: str, seconds: float, on_event: OnEvent, **options: Any) -> int:
        """Run one `-json` command with a log of its own; raises `ProvisionerError` when it fails."""
        free_space.ensure(root)
        log = root / "logs" / f"{command}.log"
        log.parent.mkdir(mode=0o700, exist_ok=True)
        events = Events(on_event)
        cli = self._cli(root, initialise.config_file(root))
        try:
            reader = Reader(events.read, lambda: on_event(TICK))
            code = cli.stream(command, *args, log=log, reader=reader, limits=self._limits(seconds), **options)
        finally:
            _rescue_state(events, root, log)
        if code not in ((_NO_CHANGES, _CHANGES) if command == "plan" else (0,)):
            if not events.errors:
                free_space.ensure(root)  # Terraform was silent: was there no room for its words?
            raise failure(command, events, root)
        return code

    def _binary(self) -> Path:
        return binary.locate(self._settings.binary, self._settings.environment)

    def _mirror(self) -> mirror.Mirror | None:
        user_home = Path(self._settings.environment.get("HOME", "/nonexistent"))
        return mirror.find(self._settings.plugin_dir, user_home)

    def _cli(self, root: Path, config: Path) -> Cli:
        environment = environment_for_terraform(self._settings.environment, config)
        return Cli(str(self._binary()), root, {**self._way, **environment})

    def _limits(self, seconds: float) -> Limits:
        return Limits(run=seconds, grace=self._times.grace)

    def _lock(self) -> dict[str, Any]:
        if not self._settings.locks_state:
            return {"lock": False}
        return {"lock_timeout": f"{self._times.state_lock}s"}


def _tainted(document: Mapping[str, Any]) -> list[str]:
    changes = document.get("resource_changes", ())
    return [change["address"] for change in changes if change.get("action_reason") == "replace_because_tainted"]


def _rescue_state(events: Events, root: Path, log: Path) -> None:
    """Move a state that Terraform could not save out of the log, into a file of its own."""
    if events.state_dump is None:
        return
    with private_file(root / RECOVERED_STATE) as file:
        file.write(events.state_dump.encode())
    kept = [line for line in log.read_text(errors="replace").splitlines(keepends=True) if not is_state_dump(line)]
    with private_file(log) as file:
        file.write("".join(kept).encode())
