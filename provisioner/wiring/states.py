"""Where Terraform states are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace

from provisioner.adapters.aws.lending import lend_credentials
from provisioner.adapters.aws.states.bucket import S3Buckets
from provisioner.adapters.aws.states.objects import S3States
from provisioner.adapters.disk.states import DirectoryTrials, LocalStates
from provisioner.adapters.disk.workspaces import DirectoryWorkspaces
from provisioner.adapters.terraform import TerraformRunner
from provisioner.ports.progress import Progress
from provisioner.ports.states import StateBuckets, StatePlace, Trials
from provisioner.wiring.edges import edges_of
from provisioner.wiring.locks import state_holder, state_objects
from provisioner.wiring.settings import Settings, backend_of
from provisioner.wiring.terraform import terraform_settings


@contextmanager
def open_state_place(settings: Settings, url: str, progress: Progress) -> Iterator[StatePlace]:
    """Give the place of states that `url` names; its workspaces are held without its states."""
    there = replace(settings, environment={**settings.environment, "PROVISIONER_STATE": url})
    backend, session = backend_of(there), there.aws()
    holder = state_holder(there, progress, session)
    states = S3States(state_objects(session, backend)) if backend.bucket else LocalStates(settings.home)
    with lend_credentials(session, there.environment) as environment:
        terraform = TerraformRunner(terraform_settings(there, environment))
        edges = edges_of(there, progress, session, terraform)
        edges = replace(edges, workspaces=DirectoryWorkspaces(settings.home))
        yield StatePlace(url, edges, states, holder.hold if holder else lambda _: nullcontext())


def state_trials(settings: Settings) -> Trials:
    """Return where roots are tried."""
    return DirectoryTrials(settings.home)


def state_buckets(settings: Settings) -> StateBuckets:
    """Return the buckets for states."""
    return S3Buckets(settings.aws())
