"""Warm providers: one per provider configuration, replaced by a new generation when it is worn or lost."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from provisioner.adapters.terraform.settings import TerraformSettings
from provisioner.adapters.terraform.warm.locate import Provider
from provisioner.errors import Interrupted, ProvisionerError

if TYPE_CHECKING:  # it loads gRPC, which only those who use it wait for
    from provisioner.adapters.terraform.warm.generation import Generation

RUNS = 100  # a provider never forgets all that it has seen; Crossplane's upjet replaces a shared one after as many
PATIENCE = 60.0  # seconds; it is well within one, but the machine may be busy
_ATTEMPTS = 3  # failed starts in a row after which no more are tried


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to use a warm provider for one run; `environment` is added to Terraform's own."""

    environment: Mapping[str, str]
    _generation: Generation

    def lost(self) -> str:
        """Return why the provider is of no use any more, empty when it is."""
        return self._generation.lost()

    def spoil(self) -> None:
        """Let the next run have a new provider."""
        self._generation.spoiled = True


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
        self._types = frozenset(schema_types)
        self._runs = runs
        self._lock = threading.Lock()  # of the books
        self._starting = threading.Lock()  # one start at a time; runs that end do not wait for it
        self._current: dict[str, Generation] = {}
        self._in_use: dict[Generation, int] = {}
        self._failures = 0
        self._closed = False

    def __enter__(self) -> Self:
        """Keep providers until the block ends."""
        return self

    def __exit__(self, *_exception: object) -> None:
        """End every provider, also one that is in use."""
        with self._lock:
            self._closed = True
            generations, self._in_use, self._current = list(self._in_use), {}, {}
        with ExitStack() as stack:  # each has its turn, whatever becomes of the others
            stack.callback(self._provider.close)
            for generation in generations:
                stack.callback(generation.close)

    @contextmanager
    def run(self, configuration: str = "", *, whole_schema: bool = False) -> Iterator[Lease]:
        """Lend the provider of one provider configuration, whatever text stands for that, to one run.

        Raises `ProvisionerError` (`provider_not_started`) when there is none to be had.
        """
        generation = self._take(configuration)
        try:
            yield Lease(generation.environment(whole_schema=whole_schema), generation)
        finally:
            self._give_back(generation)

    def _take(self, configuration: str) -> Generation:
        with self._starting:
            generation = self._current.get(configuration)
            if generation is None or generation.runs >= self._runs or not generation.fit():
                generation = self._renew(configuration)
            with self._lock:
                generation.runs += 1
                self._in_use[generation] = self._in_use.get(generation, 0) + 1
            return generation

    def _give_back(self, generation: Generation) -> None:
        with self._lock:
            if generation not in self._in_use:
                return  # everything was closed meanwhile
            self._in_use[generation] -= 1
        self._close_drained()

    def _renew(self, configuration: str) -> Generation:
        """Start the next generation; the one before is closed when its last run has ended."""
        with self._lock:
            self._current.pop(configuration, None)
        self._close_drained()
        generation = self._start()
        with self._lock:
            closed = self._closed
            if not closed:
                self._current[configuration], self._in_use[generation] = generation, 0
        if closed:
            generation.close()
            raise _not_started("the program is ending")
        return generation

    def _start(self) -> Generation:
        if self._closed or self._failures >= _ATTEMPTS:
            raise _not_started(f"it failed {self._failures} times before")
        try:
            from provisioner.adapters.terraform.warm.generation import Generation  # noqa: PLC0415 - it loads gRPC

            generation = Generation(self._provider, self._types, self._patience)
        except Interrupted:
            raise
        except Exception as error:  # whatever it is, the run can go on without us
            self._failures += 1
            raise _not_started(str(error) or type(error).__name__) from error
        self._failures = 0
        return generation

    def _close_drained(self) -> None:
        with self._lock:
            current = set(self._current.values())
            drained = [one for one, users in self._in_use.items() if not users and one not in current]
            for generation in drained:
                del self._in_use[generation]
        for generation in drained:
            generation.close()


def _not_started(why: str) -> ProvisionerError:
    return ProvisionerError("provider_not_started", f"no AWS provider could be kept running: {why}")
