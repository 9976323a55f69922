"""The logins of a domain's SMTP users at SES, each beside the others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.login import GivenLogin
from provisioner.core.credentials.login_seen import LoginSeen
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError
from provisioner.ports.doctor import DoctorEdges
from provisioner.usecases.credentials.login_look import look_at_login
from provisioner.usecases.doctor.facts.patient import Patient


def logins(world: DoctorEdges, patient: Patient) -> tuple[LoginSeen, ...]:
    """Return what becomes of each login whose credential is stored; one that cannot be read is told with its user.

    A login is a use of its key, so that IAM is asked for the last one before.
    """
    patient.users()
    users = patient.spec.smtp_users
    with ThreadPoolExecutor(len(users)) as pool:
        seen = pool.map(lambda user: _login(world, patient, user), users)
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
