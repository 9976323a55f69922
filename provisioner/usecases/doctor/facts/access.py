"""The SMTP users of a domain in IAM, and their logins at SES, each user beside the others."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.login import GivenLogin
from provisioner.core.credentials.login_seen import LoginSeen
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError
from provisioner.ports.doctor import DoctorEdges
from provisioner.usecases.credentials.login_look import look_at_login
from provisioner.usecases.credentials.user_state import user_of
from provisioner.usecases.doctor.facts.patient import Patient

T = TypeVar("T")


def users(world: DoctorEdges, patient: Patient) -> tuple[SmtpUserState, ...]:
    """Return the domain's SMTP user and those of its senders as IAM and the store have them."""
    return _of_each(patient, lambda user: user_of(world.edges, patient.spec, user))


def logins(world: DoctorEdges, patient: Patient) -> tuple[LoginSeen, ...]:
    """Return what becomes of each login whose credential is stored; one that cannot be read is told with its user."""
    seen = _of_each(patient, lambda user: _login(world, patient, user))
    return tuple(one for one in seen if one is not None)


def _login(world: DoctorEdges, patient: Patient, user: SmtpUser) -> LoginSeen | None:
    kept = _kept(world, user)
    return look_at_login(world.edges, GivenLogin.stored(kept, patient.spec.region)) if kept else None


def _kept(world: DoctorEdges, user: SmtpUser) -> SmtpCredential | None:
    try:
        return world.edges.store.load(user)
    except ProvisionerError as error:
        if error.code not in ("corrupt_credential", "access_denied"):
            raise
        return None


def _of_each(patient: Patient, look: Callable[[SmtpUser], T]) -> tuple[T, ...]:
    asked = patient.spec.smtp_users
    with ThreadPoolExecutor(len(asked)) as pool:
        return tuple(pool.map(look, asked))
