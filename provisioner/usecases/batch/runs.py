"""What earlier batch runs left behind."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.core.batch.journal import read
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError
from provisioner.ports.batch import Runs

LATEST = "latest"


def latest_run(runs: Runs) -> str:
    """Return the run that was worked on last; raises `InputError("no_such_run")`."""
    run = runs.latest()
    if run is None:
        raise no_such_run(runs, "there is no batch run in this home")
    return run


def no_such_run(runs: Runs, message: str) -> InputError:
    """Return the error of a run that is not there, with the one that is, if any."""
    last = runs.latest()
    begin = "begin one: `provisioner batch MANIFEST`"
    there = f"the last run here is {last}, the others are beside it in runs/" if last else begin
    return InputError("no_such_run", message, f"{there}; or name the right --home")


def finished_domains(runs: Runs, run: str) -> Sequence[DomainName]:
    """Return the domains that a run finished and holds a credential of, in the order in which they were finished."""
    name = latest_run(runs) if run == LATEST else run
    state = read(runs.lines(name))
    if state.begun is None:
        raise no_such_run(runs, f"there is no batch run {name} in this home")
    done = [outcome for outcome in state.outcomes.values() if outcome.finished and outcome.user_name]
    return [DomainName.of_ascii(outcome.domain) for outcome in done]
