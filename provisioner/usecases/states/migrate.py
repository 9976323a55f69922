"""Move the states of domains to another place, with no change to what they describe.

The state is copied and tried there, in a directory of its own, before anything that the workspace relies on is touched;
only then is the old one put aside. Whenever this is cut short, the place in use until now or the new one has the state.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.states.file import StateFile
from provisioner.core.terraform.differences import Difference
from provisioner.core.values.domain import DomainName
from provisioner.errors import Interrupted, ProvisionerError, Refused
from provisioner.ports.edges import Edges
from provisioner.ports.states import StatePlace, Trials
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.home import recall
from provisioner.usecases.mail_domain.survey import survey
from provisioner.usecases.telling import ProgressTeller


@dataclass(frozen=True, slots=True)
class Move:
    """From where to where; each place is the world as a run sees it that keeps its states there."""

    source: StatePlace
    target: StatePlace
    trials: Trials


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one domain's state; `backup` None means that there was none left to move."""

    domain: DomainName
    backup: str | None = None
    resources: int | None = None
    error: ProvisionerError | None = None

    def to_document(self) -> dict[str, object]:
        """Return one entry of `state migrate --json`."""
        error = self.error
        return {
            "domain": self.domain.ascii,
            "moved": self.backup is not None,
            "resources": self.resources,
            "backup": self.backup,
            "error": error.to_document() if error else None,
        }


def migrate(move: Move, domains: Sequence[DomainName]) -> list[Moved]:
    """Move the states of the domains, or of every domain of the home; one that fails does not stop the others.

    Raises `InputError` for a domain that this home does not know.
    """
    edges = move.source.edges
    for domain in domains:
        recall(edges, domain)
    names = domains or [workspace.domain for workspace in edges.workspaces.all()]
    return [_attempt(move, name) for name in names]


def _attempt(move: Move, domain: DomainName) -> Moved:
    try:
        with (
            move.source.edges.workspaces.open(domain) as workspace,
            move.source.locked(domain),
            move.target.locked(domain),
        ):
            return _move(move, workspace)
    except Interrupted:
        raise
    except ProvisionerError as error:
        return Moved(domain, error=error)


def _move(move: Move, workspace: Workspace) -> Moved:
    domain, edges = workspace.domain, move.source.edges
    source, there = _state(move.source, domain), _state(move.target, domain)
    if source is None:
        return Moved(domain, resources=there.resources if there else None)
    known = recall(edges, domain)
    spec = survey(edges, domain, known.request, known.decisions, known.account).spec
    state = _carry(move, domain, source, there)
    _try_out(move, workspace, spec)
    return Moved(domain, move.source.states.retire(domain, source.serial), state.resources)


def _state(place: StatePlace, domain: DomainName) -> StateFile | None:
    text = place.states.read(domain)
    return None if text is None else StateFile.parse(text, f"{domain} at {place.url}")


def _carry(move: Move, domain: DomainName, source: StateFile, there: StateFile | None) -> StateFile:
    """Copy the state to the target unless a newer one of the same lineage is there; return what is there then.

    A newer one was left by a run in between, an older one by a move that was interrupted.
    """
    if there is not None and (there.lineage != source.lineage or _diverged(there, source)):
        raise Refused(
            "state_exists",
            f"{domain}: {move.target.url} holds another state of this domain (lineage {there.lineage}, serial "
            f"{there.serial}; here: lineage {source.lineage}, serial {source.serial})",
            "nothing was touched; find out which one is right with `provisioner drift`, and move the other away",
        )
    if there is not None and there.serial >= source.serial:
        return there
    move.source.edges.progress.step(f"{domain}: copying the state to {move.target.url}")
    move.target.states.write(domain, source.text)
    arrived = _state(move.target, domain)
    if arrived is None or arrived.text != source.text:
        message = f"{domain}: the state did not arrive at {move.target.url} as it was sent; the old one stays in use"
        raise ProvisionerError("state_damaged", message, "repeat; if it happens again, look at the storage there")
    return arrived


def _diverged(there: StateFile, source: StateFile) -> bool:
    return there.serial == source.serial and there.text != source.text


def _try_out(move: Move, workspace: Workspace, spec: MailDomain) -> None:
    """Plan with the state at its new place; when nothing differs that did not before, let the workspace use it."""
    target, domain = move.target, workspace.domain
    target.edges.progress.step(f"{domain}: comparing with AWS from {target.url}")
    files = target.edges.templates.root(spec)
    with move.trials.open(domain, files) as trial:
        target.states.show_to(trial, domain)
        differences = _differences(target.edges, trial)
        if not differences or differences == _seen_from_source(move, workspace, spec):
            target.edges.terraform.take_over_backend(workspace.path, trial)
            workspace.write_root(files)
            return
    raise ProvisionerError(
        "state_differs",
        f"{domain}: with the state at {target.url} the plan is another one ({len(differences)} differences)",
        f"the state at {move.source.url} stays in use; look at `provisioner drift {domain}`, then repeat",
    )


def _differences(edges: Edges, root: Path) -> Sequence[Difference]:
    return edges.terraform.drift(root, ProgressTeller(edges.progress))


def _seen_from_source(move: Move, workspace: Workspace, spec: MailDomain) -> Sequence[Difference]:
    """Return what differs anyway, wherever the state is."""
    workspace.write_root(move.source.edges.templates.root(spec))
    return _differences(move.source.edges, workspace.path)
