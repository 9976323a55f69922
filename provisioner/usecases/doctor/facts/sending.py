"""What SES says and holds of a domain, and what is around it there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from provisioner.core.checks.observed import Unseen
from provisioner.core.mail_domain.configuration_set import Target, Topic
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.neighbours import Elsewhere, Neighbour, Neighbours, names_at
from provisioner.errors import LoggedOut, ProvisionerError
from provisioner.ports.doctor import DoctorEdges
from provisioner.usecases.doctor.facts.patient import Patient

MOST_NEIGHBOURS = 25  # SES answers once a second
_THREADS = 16

Key = TypeVar("Key")
Value = TypeVar("Value")


def neighbours(world: DoctorEdges, patient: Patient) -> Neighbours:
    """Return the account's identities at the domain and below it."""
    region = patient.spec.region
    names = names_at(patient.spec.domain, world.sending.identities(region))
    found = _each(names[:MOST_NEIGHBOURS], lambda name: world.sending.identity(name, region))
    left = [(name, f"there are more than {MOST_NEIGHBOURS}") for name in names[MOST_NEIGHBOURS:]]
    return Neighbours(
        tuple(Neighbour(name, one) for name, one in found.items() if isinstance(one, IdentityStatus)),
        (*((name, one.message) for name, one in found.items() if isinstance(one, ProvisionerError)), *left),
    )


def elsewhere(world: DoctorEdges, patient: Patient) -> Elsewhere:
    """Ask the other regions for an identity that is missing; one that is where it belongs is looked for nowhere."""
    if patient.identity() is not None:
        return Elsewhere()
    domain, regions = patient.spec.domain, patient.spec.region.others(None)
    found = _each(regions, lambda region: world.sending.identity(domain.ascii, region))
    return Elsewhere(
        tuple(region.name for region, one in found.items() if isinstance(one, IdentityStatus)),
        tuple((region.name, one.message) for region, one in found.items() if isinstance(one, ProvisionerError)),
    )


def topics(world: DoctorEdges, patient: Patient) -> Mapping[str, Topic | Unseen | None]:
    """Return the SNS topics that the configuration set publishes to, by ARN; None of one that does not exist."""
    listed = patient.destinations() or ()
    arns = dict.fromkeys(one.arn for one in listed if one.target is Target.SNS and one.enabled and one.arn)
    found = _each(arns, world.topics.topic)
    return {
        arn: Unseen(f"SNS topic {arn}", one.code, one.message, one.hint) if isinstance(one, ProvisionerError) else one
        for arn, one in found.items()
    }


def _each(keys: Iterable[Key], ask: Callable[[Key], Value]) -> Mapping[Key, Value | ProvisionerError]:
    """Ask about each, side by side; an error is the answer of that one, but for the end of the login."""

    def answer(key: Key) -> Value | ProvisionerError:
        try:
            return ask(key)
        except LoggedOut:
            raise
        except ProvisionerError as error:
            return error

    listed = list(keys)
    with ThreadPoolExecutor(_THREADS) as pool:
        return dict(zip(listed, pool.map(answer, listed), strict=True))
