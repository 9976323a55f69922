"""Who holds and locks states on S3."""

from __future__ import annotations

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.states.objects import S3StateLocks, StateObjects, new_lock
from provisioner.adapters.clock import SystemClock
from provisioner.adapters.disk.lock_journal import FileLockJournal
from provisioner.adapters.templates import Backend
from provisioner.errors import InputError
from provisioner.ports.progress import Progress
from provisioner.ports.states import StateLocks
from provisioner.usecases.states.locks import StateHolder
from provisioner.wiring.settings import Settings, backend_of


def state_holder(settings: Settings, progress: Progress, session: AwsSession) -> StateHolder | None:
    """Return who locks the states where the settings keep them; None for states on disk, which Terraform locks."""
    backend = backend_of(settings)
    if not backend.bucket:
        return None
    locks = S3StateLocks(state_objects(session, backend))
    journal = FileLockJournal(settings.home, f"s3://{backend.bucket}/{backend.prefix}")
    return StateHolder(locks, journal, SystemClock(), progress, new_lock)


def state_locks(settings: Settings) -> StateLocks:
    """Return the locks of the states on S3; raises `InputError` when the states are on disk."""
    backend = backend_of(settings)
    if not backend.bucket:
        raise InputError("local_state", "the states are on this disk, where locks end with their process", "")
    return S3StateLocks(state_objects(settings.aws(), backend))


def state_objects(session: AwsSession, backend: Backend) -> StateObjects:
    """Return the objects that hold states in the bucket of the backend."""
    return StateObjects(session, backend.bucket, backend.region, backend.key)
