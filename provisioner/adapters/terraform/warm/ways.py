"""Which way a run goes: with the shared provider when it can, else with Terraform's own; the result is the same."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from provisioner.adapters.terraform.warm.pool import Lease, WarmProvider
from provisioner.adapters.terraform.way import COLD, OnEvent, Way
from provisioner.errors import Interrupted, ProvisionerError
from provisioner.ports.terraform import WARM, Event

T = TypeVar("T")

_NOT_IN_SCHEMA = re.compile(r"no schema available for|does not support (?:resource|data source|ephemeral)")
_PLUGIN = re.compile(r"Plugin did not respond|Plugin error|Reattachment process not found|rpc error: code = ")
_PROVIDER_BLOCK = re.compile(r'^provider "aws" \{.*?^\}', re.MULTILINE | re.DOTALL)
_RENEWS = ("credentials_", "terraform_timeout")  # errors after which a new provider may do better


class _WarmError(Exception):
    """The shared provider, and nothing else, kept a run from its end."""


class _TypeMissingError(Exception):
    """Terraform asked for a type that the pruned schema does not have."""


class Ways:
    """Goes the warm way first, and remembers which roots need the whole schema."""

    def __init__(self, warm: WarmProvider | None) -> None:
        self._warm = warm
        self._whole: set[Path] = set()
        self._lock = threading.Lock()

    def go(self, root: Path, on_event: OnEvent, run: Callable[[Way, OnEvent], T]) -> T:
        """Run something, and run it again the cold way when the warm one failed; an event says so.

        Once Terraform has begun to change anything there is no second try: `ProvisionerError` (`provider_lost`).
        """
        if self._warm is None:
            return run(COLD, on_event)
        watched = _Watched(on_event)
        try:
            return self._with_enough_schema(self._warm, root, watched, run)
        except _WarmError as failed:
            on_event(Event(WARM, "", f"going on without the shared AWS provider: {failed}"))
        return run(COLD, on_event)

    def _with_enough_schema(
        self, warm: WarmProvider, root: Path, watched: _Watched, run: Callable[[Way, OnEvent], T]
    ) -> T:
        try:
            return self._warmly(warm, root, watched, run)
        except _TypeMissingError:
            watched(Event(WARM, "", "this state holds other types of resources: using the provider's whole schema"))
        with self._lock:
            self._whole.add(root)
        return self._warmly(warm, root, watched, run)

    def _warmly(self, warm: WarmProvider, root: Path, watched: _Watched, run: Callable[[Way, OnEvent], T]) -> T:
        whole = root in self._whole
        with ExitStack() as stack:
            try:
                lease = stack.enter_context(warm.run(configuration_of(root), whole_schema=whole))
            except Interrupted:
                raise
            except ProvisionerError as error:
                raise _WarmError(error.message) from error
            try:
                return run(lease.environment, watched)
            except ProvisionerError as error:
                if _NOT_IN_SCHEMA.search(error.message) and not whole and not watched.begun:
                    raise _TypeMissingError from error
                _judge(error, lease, begun=watched.begun)
                raise


class _Watched:
    """Hands events on, and sees when Terraform begins to change something."""

    def __init__(self, on_event: OnEvent) -> None:
        self._on_event = on_event
        self.begun = False

    def __call__(self, event: Event) -> None:
        self.begun = self.begun or event.kind.startswith("apply_")
        self._on_event(event)


def configuration_of(root: Path) -> str:
    """Return a text that is the same for two roots exactly when their provider is configured alike."""
    block = _PROVIDER_BLOCK.search(root.joinpath("main.tf").read_text())
    return json.dumps([block and block[0], _values(root).get("region")])


def _values(root: Path) -> Mapping[str, object]:
    try:
        values = json.loads(root.joinpath("terraform.tfvars.json").read_text())
    except (FileNotFoundError, ValueError):
        values = None
    return values if isinstance(values, dict) else {}  # Terraform will say what is wrong


def _judge(error: ProvisionerError, lease: Lease, *, begun: bool) -> None:
    """Raise what a failure means when it is the provider's; return when it is none of its business."""
    if isinstance(error, Interrupted):
        return
    if error.code.startswith(_RENEWS):
        lease.spoil()
    elif lost := lease.lost() or _plugin_failure(error):
        lease.spoil()
        if begun:
            raise _lost(error, lost) from error
        raise _WarmError(lost) from error
    elif error.code == "terraform_failed" and not begun:
        raise _WarmError("Terraform failed for a reason that is not known to lie elsewhere") from error


def _plugin_failure(error: ProvisionerError) -> str:
    found = _PLUGIN.search(error.message)
    return f"Terraform says {found[0]!r}" if found else ""


def _lost(error: ProvisionerError, lost: str) -> ProvisionerError:
    return ProvisionerError(
        "provider_lost",
        f"the shared AWS provider was lost in the middle of the work ({lost})\n{error.message}",
        "what was made is kept; the same command completes it, with a new provider",
    )
