"""One run's work on one domain: what its stages share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import Request
from provisioner.core.asked.senders import NO_SENDERS, Senders
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.mail_domain.survey import Survey, survey, survey_leaving


@dataclass(frozen=True, slots=True)
class Permits:
    """Which dangerous things a run may do.

    `take_over`: manage resources that lack our tags; `deletions`: addresses that may be deleted or replaced;
    `replacing`: settings of resources that are taken over may be replaced.
    """

    take_over: bool = False
    deletions: tuple[str, ...] = ()
    replacing: bool = False


@dataclass(frozen=True, slots=True)
class Starting:
    """What earlier runs asked and decided (None: there was none), and which dangerous things this one may do."""

    remembered: Remembered | None
    permits: Permits = field(default_factory=Permits)

    @property
    def request(self) -> Request | None:
        """What was asked by earlier runs."""
        return self.remembered.request if self.remembered else None

    def leaving(self, request: Request) -> Senders:
        """Return the senders that were asked for until now and are not any more."""
        return NO_SENDERS if self.request is None else self.request.senders.without(request.senders.names)


@contextmanager
def discarded_if_unused(workspace: Workspace) -> Iterator[None]:
    """Leave no workspace behind in which nothing was asked or made; what ended the work is what is told."""
    try:
        yield
    except BaseException:
        with suppress(ProvisionerError):
            workspace.discard_if_unused()
        raise
    workspace.discard_if_unused()


@dataclass(frozen=True, slots=True)
class Undertaking:
    """The world, the domain's workspace, held for this run, and what the run starts from.

    `leaving` says that the domain is to be destroyed.
    """

    edges: Edges
    workspace: Workspace
    starting: Starting
    leaving: bool = False

    @property
    def domain(self) -> DomainName:
        """The domain."""
        return self.workspace.domain

    def step(self, text: str) -> None:
        """Tell the user what begins now, under the domain's name."""
        self.edges.progress.step(f"{self.domain}: {text}")

    def survey(self, request: Request) -> Survey:
        """Decide what the domain should become, and look at what there is of it."""
        known = self.starting.remembered
        decided, account = (known.decisions, known.account) if known else (None, None)
        look = survey_leaving if self.leaving else survey
        return look(self.edges, self.domain, request, decided, account)

    def survey_again(self, seen: Survey) -> Survey:
        """Look again; what was decided stays, and what was paused."""
        look = survey_leaving if self.leaving else survey
        again = look(self.edges, self.domain, seen.request, seen.decisions, seen.account)
        return again.still_paused(seen.standing)
