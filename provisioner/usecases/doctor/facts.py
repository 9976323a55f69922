"""How each fact about a domain is gathered; none of this judges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provisioner.core.account.ses import SesAccount
from provisioner.core.checks.observed import Fact, Unseen
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.errors import Interrupted, LoggedOut, ProvisionerError, Refused, defect
from provisioner.ports.doctor import DoctorEdges
from provisioner.usecases.home import KnownDomain


@dataclass(frozen=True, slots=True)
class Patient:
    """The domain that is looked at: what this home knows of it, and how it shall be."""

    known: KnownDomain
    spec: MailDomain


def gathered(world: DoctorEdges, patient: Patient, fact: Fact, gate: Callable[[], object]) -> object:
    """Return the fact, or why nobody could look; never raises but for an interrupt.

    `gate` raises where AWS does not know us, or in an account that is not the domain's.
    """
    subject = _SUBJECTS[fact].format(domain=patient.spec.domain)
    try:
        gate()
        return _GATHER[fact](world, patient)
    except Interrupted:
        raise
    except (LoggedOut, Refused) as error:
        return Unseen("account", error.code, error.message, error.hint, is_error=True)
    except ProvisionerError as error:
        return Unseen(subject, error.code, error.message, error.hint)
    except Exception as error:  # noqa: BLE001 - one fact's defect must not end the others
        found = defect(error, "report it")
        return Unseen(subject, found.code, found.message, found.hint)


def _identity(world: DoctorEdges, patient: Patient) -> IdentityStatus | None:
    return world.edges.identities.status(patient.spec.domain, patient.spec.region)


def _account(world: DoctorEdges, patient: Patient) -> SesAccount | Unseen:
    account = world.edges.identities.ses_account(patient.spec.region)
    if account.unseen is None:
        return account
    return Unseen("account", "access_denied", account.unseen, "allow ses:GetAccount, see docs/permissions.md")


_GATHER: Mapping[Fact, Callable[[DoctorEdges, Patient], object]] = {
    Fact.IDENTITY: _identity,
    Fact.ACCOUNT: _account,
}
_SUBJECTS: Mapping[Fact, str] = {
    Fact.IDENTITY: "SES identity {domain}",
    Fact.ACCOUNT: "account",
}
