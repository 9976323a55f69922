"""With the shared provider when it can, else with Terraform's own: the result is the same."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from provisioner.adapters.terraform.warm.pool import Lease, WarmProvider
from provisioner.adapters.terraform.way import COLD, OnEvent, Way
from provisioner.errors import Interrupted, ProvisionerError
from provisioner.ports.terraform import WARM, Event

T = TypeVar("T")

_NOT_IN_SCHEMA = re.compile(r"no schema available for|does not support (?:resource|data source|ephemeral)")
_PLUGIN = re.compile(r"Plugin did not respond|Plugin error|Reattachment process not found|rpc error: code = ")
_OF_THE_PROVIDER = ("account", "region", "ignore_tags")  # the variables in its block
_RENEWS = ("credentials_", "terraform_timeout")  # errors after which a new provider may do better


class _WarmError(Exception):
    """The shared provider, and nothing else, kept a run from its end."""


class _TypeMissingError(Exception):
    """Terraform asked for a type that the pruned schema does not have."""


class WarmOrCold:
    """Runs with the shared provider first, and remembers which roots need the whole schema."""

    def __init__(self, warm: WarmProvider | None) -> None:
        self._warm = warm
        self._whole: set[Path] = set()
        self._lock = threading.Lock()

    def run(self, root: Path, on_event: OnEvent, work: Callable[[Way, OnEvent], T]) -> T:
        """Do `work` with the shared provider, and again with Terraform's own when that failed; an event says so.

        It is done again when the provider was at fault, and when it failed for a reason that nobody knows. Once
        Terraform has begun to change anything there is no second try: `ProvisionerError` (`provider_lost`).
        """
        if self._warm is None:
            return work(COLD, on_event)
        watched = _Watched(on_event)
        try:
            return self._with_enough_schema(self._warm, root, watched, work)
        except _WarmError as failed:
            on_event(Event(WARM, "", f"going on without the shared AWS provider: {failed}"))
        return work(COLD, on_event)

    def _with_enough_schema(
        self, warm: WarmProvider, root: Path, watched: _Watched, work: Callable[[Way, OnEvent], T]
    ) -> T:
        try:
            return self._with_provider(warm, root, watched, work)
        except _TypeMissingError:
            watched(Event(WARM, "", "this state holds other types of resources: using the provider's whole schema"))
        with self._lock:
            self._whole.add(root)
        return self._with_provider(warm, root, watched, work)

    def _with_provider(self, warm: WarmProvider, root: Path, watched: _Watched, work: Callable[[Way, OnEvent], T]) -> T:
        whole = root in self._whole
        with ExitStack() as stack:
            try:
                lease = stack.enter_context(warm.run(configuration_of(root), whole_schema=whole))
            except Interrupted:
                raise
            except ProvisionerError as error:
                raise _WarmError(error.message) from error
            try:
                return work(lease.environment, watched)
            except ProvisionerError as error:
                if _NOT_IN_SCHEMA.search(error.message) and not whole and not watched.begun:
                    raise _TypeMissingError from error
                _raise_if_provider_failed(error, lease, begun=watched.begun)
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
    """Return a text that is the same for two roots exactly when their provider is configured alike.

    Every root is rendered with the same provider block, whose values are in these variables. Should one ever not be,
    the proxy refuses to configure the provider anew, and that run goes on without it.
    """
    try:
        values = json.loads(root.joinpath("terraform.tfvars.json").read_text())
    except (FileNotFoundError, ValueError):
        values = None  # Terraform will say what is wrong
    found = values if isinstance(values, dict) else {}
    return " ".join(str(found.get(name)) for name in _OF_THE_PROVIDER)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What a failed run says about the provider: whether it is `lost` or `worn`, and `why` it may be at fault."""

    why: str = ""
    lost: bool = False
    worn: bool = False


def _raise_if_provider_failed(error: ProvisionerError, lease: Lease, *, begun: bool) -> None:
    """Raise `_WarmError` for a run that may be repeated, `provider_lost` for one that may not; else return."""
    verdict = _verdict(error, lease.lost())
    if verdict.lost or verdict.worn:
        lease.discard_after_use()
    if verdict.lost and begun:
        raise _provider_lost(error, verdict.why) from error
    if verdict.why and not begun:
        raise _WarmError(verdict.why) from error


def _verdict(error: ProvisionerError, lost: str) -> _Verdict:
    """Return what an error says about the provider; `lost` is what is known of it besides, empty when it is well."""
    if isinstance(error, Interrupted):
        return _Verdict()
    if error.code.startswith(_RENEWS):
        return _Verdict(worn=True)
    if why := lost or _plugin_failure(error):
        return _Verdict(why, lost=True)
    if error.code == "terraform_failed":
        return _Verdict("Terraform failed for a reason that is not known to lie elsewhere")
    return _Verdict()


def _plugin_failure(error: ProvisionerError) -> str:
    found = _PLUGIN.search(error.message)
    return f"Terraform says {found[0]!r}" if found else ""


def _provider_lost(error: ProvisionerError, why: str) -> ProvisionerError:
    return ProvisionerError(
        "provider_lost",
        f"the shared AWS provider was lost in the middle of the work ({why})\n{error.message}",
        "what was made is kept; the same command completes it, with a new provider",
    )
