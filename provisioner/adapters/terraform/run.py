"""One run of Terraform over one root: initialise, plan, read the plan, apply exactly that plan."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from provisioner.adapters.terraform import command_line, free_space, initialise
from provisioner.adapters.terraform.command import Cli
from provisioner.adapters.terraform.command_line import CommandLine
from provisioner.adapters.terraform.events import Events, is_state_dump
from provisioner.adapters.terraform.failures import failure
from provisioner.adapters.terraform.installation import Installation
from provisioner.adapters.terraform.process import Reader, private_file
from provisioner.adapters.terraform.way import COLD, OnEvent, Way
from provisioner.core.terraform.differences import Difference, differences
from provisioner.core.terraform.plan import Plan
from provisioner.errors import ProvisionerError
from provisioner.ports.terraform import TICK

Result = TypeVar("Result")

PLAN_FILE = "provisioner.tfplan"
RECOVERED_STATE = "recovered.tfstate"

_CHANGES = 2  # what `plan -detailed-exitcode` ends with when there are any
_NOT_IN_STATE = re.compile(r"No matching objects found|No state file was found")


class Run:
    """Terraform at work on one root: `way` is added to its environment, `tell` is told what it reports."""

    def __init__(self, installation: Installation, root: Path, way: Way, tell: OnEvent) -> None:
        self._installation = installation
        self._root = root
        self._way = way
        self._tell = tell
        self._times = installation.settings.timeouts
        self._wait = self._times.state_lock if installation.settings.locks_state else None

    def initialise(self) -> bool:
        """Run `init` unless what it depends on is unchanged; return whether it was skipped."""
        mirror, own_provider = self._installation.provider_mirror(), self._way == COLD
        wanted = initialise.fingerprint(self._root, self._installation.program(), mirror)
        if initialise.is_initialised(self._root, wanted, provider=own_provider):
            return True
        self._installation.version()
        initialise.prepare(self._root, mirror, self._installation.cache)
        line = command_line.init(
            upgrade=mirror is not None,  # it decides which version there is; an older lock file must not hold it back
            reconfigure=initialise.keeps_its_state(self._root),
            locks=self._wait is not None,
        )
        fills_cache = own_provider and mirror is None
        with initialise.one_at_a_time(self._installation.cache) if fills_cache else nullcontext():
            self._stream(line, self._times.init)
        initialise.mark_initialised(self._root, wanted, provider=own_provider)
        return False

    def plan(self, *, destroy: bool) -> Plan:
        """Initialise the root if needed and plan it; only a plan with changes leaves a plan file."""
        return self._initialised(lambda: self._plan(destroy=destroy))

    def differences(self) -> Sequence[Difference]:
        """Initialise the root if needed, plan it, and return what differs; no plan file stays."""
        return self._initialised(self._differences)

    def apply(self, plan: Plan) -> None:
        """Apply the plan file; raises `ProvisionerError` (`plan_stale`) when it had to be made again and differs."""
        if not self.initialise():
            self._plan_again(plan)
        self._stream(command_line.apply(PLAN_FILE, self._wait), self._times.apply)

    def forget(self, address: str) -> None:
        """Take a resource out of the state; nothing happens when it is not in there."""
        self.initialise()
        self._change_state(command_line.state_rm(address, self._wait))

    def _initialised(self, work: Callable[[], Result]) -> Result:
        """Work on the initialised root; once more when somebody emptied the plugin cache or `.terraform`."""
        skipped = self.initialise()
        try:
            return work()
        except ProvisionerError as error:
            if not skipped or error.code != "not_initialised":
                raise
        initialise.forget(self._root)
        self.initialise()
        return work()

    def _plan(self, *, destroy: bool) -> Plan:
        self._delete_plan()
        try:
            if self._stream(command_line.plan(PLAN_FILE, self._wait, destroy=destroy), self._times.plan) == _CHANGES:
                return self._review(destroy=destroy)
        except BaseException:
            self._delete_plan()  # Terraform writes one even when planning failed
            raise
        self._delete_plan()
        return Plan.unchanged()

    def _review(self, *, destroy: bool) -> Plan:
        """Read the plan; one that would replace what an earlier run left half made is made again without the mark.

        Terraform marks a resource whose creation was cut short, and replaces it: a new zone, with other name servers.
        What exists is brought to the desired state by an update just as well.
        """
        document = self._show()
        half_made = [] if destroy else _tainted(document)
        if not half_made:
            return Plan.from_show(document, PLAN_FILE)
        for address in half_made:
            self._change_state(command_line.untaint(address, self._wait))
        return self._plan(destroy=destroy)

    def _plan_again(self, plan: Plan) -> None:
        """Make the plan that was reviewed once more: Terraform applies none from before the provider was installed."""
        reviewed = self._show()["resource_changes"]
        self._plan(destroy=all(change.kind in {"delete", "read"} for change in plan.changes))
        if not self._root.joinpath(PLAN_FILE).is_file() or self._show()["resource_changes"] != reviewed:
            message = (
                f"{self._root}: the plan had to be made again, and is not the one that was reviewed; "
                "nothing was applied"
            )
            raise ProvisionerError("plan_stale", message, "run the command again: it plans anew")

    def _differences(self) -> Sequence[Difference]:
        try:
            code = self._stream(command_line.plan(PLAN_FILE, self._wait), self._times.plan)
            return differences(self._show()) if code == _CHANGES else ()
        finally:
            self._delete_plan()

    def _delete_plan(self) -> None:
        self._root.joinpath(PLAN_FILE).unlink(missing_ok=True)

    def _change_state(self, line: CommandLine) -> None:
        """Change the state alone; a resource that is not in it needs no change."""
        code, out, err = self._cli.cmd(line, self._installation.limits(self._times.show))
        if code and not _NOT_IN_STATE.search(err):
            raise failure(line.command, Events.of_plain(err or out), self._root)

    def _show(self) -> dict[str, Any]:
        """Read the plan file; its text stays in memory, since plans may hold sensitive values."""
        code, out, err = self._cli.cmd(command_line.show(PLAN_FILE), self._installation.limits(self._times.show))
        if code:
            message = f"terraform show failed: the plan could not be read\n{err or out}"
            raise ProvisionerError("terraform_failed", message)
        document: dict[str, Any] = json.loads(out)
        return document

    def _stream(self, line: CommandLine, seconds: float) -> int:
        """Run a `-json` command with a log of its own and return its exit code; raises `ProvisionerError`."""
        free_space.ensure(self._root)
        log = self._root / "logs" / f"{line.command}.log"
        log.parent.mkdir(mode=0o700, exist_ok=True)
        events = Events(self._tell)
        try:
            reader = Reader(events.read, lambda: self._tell(TICK))
            code = self._cli.stream(line, log, reader, self._installation.limits(seconds))
        finally:
            _rescue_state(events, self._root, log)
        self._raise_if_failed(line.command, code, events)
        return code

    def _raise_if_failed(self, command: str, code: int, events: Events) -> None:
        if code == 0 or (command == "plan" and code == _CHANGES):
            return
        if not events.errors:
            free_space.ensure(self._root)  # Terraform was silent: was there no room for its words?
        raise failure(command, events, self._root)

    @cached_property
    def _cli(self) -> Cli:
        return self._installation.cli(self._root, self._way)


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
