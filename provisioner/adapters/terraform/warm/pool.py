"""Warm providers: one per provider configuration, replaced by a new generation when it is worn or lost."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from provisioner.adapters.terraform.settings import TerraformSettings
from provisioner.adapters.terraform.warm.locate import Provider
from provisioner.adapters.terraform.warm.schema_cache import SchemaCache
from provisioner.errors import Interrupted, ProvisionerError

if TYPE_CHECKING:  # it loads gRPC, which only those who use it wait for
    from provisioner.adapters.terraform.warm.generation import Generation

RUNS = 100  # a provider never forgets all that it has seen; Crossplane's upjet replaces a shared one after as many
PATIENCE = 60.0  # seconds; it is well within one, but the machine may be busy
_ATTEMPTS = 3  # failed starts in a row after which no more are tried


@dataclass(slots=True, eq=False)
class _Lent:
    """A generation, and whom it was lent to: `runs` in all, `users` now; a `discarded` one is lent no more."""

    generation: Generation
    runs: int = 0
    users: int = 0
    discarded: bool = False


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to use a warm provider for one run; `environment` is added to Terraform's own."""

    environment: Mapping[str, str]
    _lent: _Lent

    def lost(self) -> str:
        """Return why the provider is of no use any more, empty when it is."""
        return self._lent.generation.lost()

    def discard_after_use(self) -> None:
        """Let the next run have a new provider; whoever uses this one keeps it."""
        self._lent.discarded = True


class WarmProvider:
    """Keeps AWS providers running for many runs of Terraform; a context manager, for any number of threads.

    `schema_types` are the resource and data source types that the roots use (`schema_types_in`), `runs` after how many
    runs a provider is replaced, and `patience` how many seconds it may take to start, or to say that it is well.
    Nothing is started before the first run.
    """

    def __init__(
        self,
        settings: TerraformSettings,
        schema_types: Collection[str],
        *,
        runs: int = RUNS,
        patience: float = PATIENCE,
    ) -> None:
        self._patience = patience
        self._provider = Provider(settings)
        self._schemas = SchemaCache(settings.home.absolute() / "provider-schema", schema_types)
        self._runs = runs
        self._lock = threading.Lock()  # of all that follows; it is never held over a start or a look at a provider
        self._choosing: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._current: dict[str, _Lent] = {}
        self._alive: list[_Lent] = []
        self._failures = 0
        self._closed = False

    def __enter__(self) -> Self:
        """Keep providers until the block ends."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """End every provider, also one that is in use."""
        with self._lock:
            self._closed = True
            alive, self._alive, self._current = self._alive, [], {}
        with ExitStack() as stack:  # each has its turn, whatever becomes of the others
            stack.callback(self._provider.close)
            for lent in alive:
                stack.callback(lent.generation.close)

    @contextmanager
    def run(self, configuration: str = "", *, whole_schema: bool = False) -> Iterator[Lease]:
        """Lend the provider of one provider configuration, whatever text stands for that, to one run.

        Raises `ProvisionerError` (`provider_not_started`) when there is none to be had.
        """
        lent = self._take(configuration)
        try:
            yield Lease(lent.generation.environment(whole_schema=whole_schema), lent)
        finally:
            self._give_back(lent)

    def _take(self, configuration: str) -> _Lent:
        """Lend what is there, or a new generation; those who want another configuration do not wait for that."""
        with self._lock:
            choosing = self._choosing[configuration]
        with choosing:
            lent = self._current.get(configuration)
            if lent is None or not self._may_be_lent(lent):
                lent = self._renew(configuration)
            with self._lock:
                lent.runs += 1
                lent.users += 1
            return lent

    def _may_be_lent(self, lent: _Lent) -> bool:
        """Say whether the next run may have it; asks the provider, which may take as long as our patience."""
        return lent.runs < self._runs and not lent.discarded and lent.generation.fit()

    def _give_back(self, lent: _Lent) -> None:
        with self._lock:
            lent.users -= 1
        self._close_drained()

    def _renew(self, configuration: str) -> _Lent:
        """Start the next generation; the one before is closed when its last run has ended."""
        with self._lock:
            self._current.pop(configuration, None)
        self._close_drained()
        lent = _Lent(self._start())
        with self._lock:
            closed = self._closed
            if not closed:
                self._current[configuration] = lent
                self._alive.append(lent)
        if closed:
            lent.generation.close()
            raise _not_started("the program is ending")
        return lent

    def _start(self) -> Generation:
        with self._lock:
            if self._closed or self._failures >= _ATTEMPTS:
                raise _not_started(f"it failed {self._failures} times before")
        try:
            from provisioner.adapters.terraform.warm.generation import Generation  # noqa: PLC0415 - it loads gRPC

            generation = Generation(self._provider, self._schemas, self._patience)
        except Interrupted:
            raise
        except Exception as error:  # whatever it is, the run can go on without us
            with self._lock:
                self._failures += 1
            raise _not_started(str(error) or type(error).__name__) from error
        with self._lock:
            self._failures = 0
        return generation

    def _close_drained(self) -> None:
        with self._lock:
            current = list(self._current.values())
            drained = [lent for lent in self._alive if not lent.users and lent not in current]
            self._alive = [lent for lent in self._alive if lent not in drained]
        for lent in drained:
            lent.generation.close()


def _not_started(why: str) -> ProvisionerError:
    return ProvisionerError("provider_not_started", f"no AWS provider could be kept running: {why}")
