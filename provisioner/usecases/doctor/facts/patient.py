"""The domain that is looked at, with what several facts about it begin from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, NoReturn, TypeVar

from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.mail_domain.configuration_set import EventDestination
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.ports.doctor import DoctorEdges
from provisioner.usecases.credentials.user_state import users_of
from provisioner.usecases.home import KnownDomain

T = TypeVar("T")


class Once(Generic[T]):
    """What is asked for once, by whichever thread comes first; an error is told to each."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._asking = threading.Lock()
        self._answers: list[Callable[[], T]] = []

    def __call__(self) -> T:
        """Return the answer, or raise the error that was the answer."""
        with self._asking:
            if not self._answers:
                self._answers.append(self._answer())
        return self._answers[0]()

    def _answer(self) -> Callable[[], T]:
        try:
            found = self._ask()
        except Exception as error:  # noqa: BLE001 - it is raised to whoever asks
            return partial(_again, error)
        return lambda: found


def _again(error: Exception) -> NoReturn:
    raise error


@dataclass(frozen=True, slots=True)
class Patient:
    """The domain that is looked at: what this home knows of it, how it shall be, and what is asked for once."""

    known: KnownDomain
    spec: MailDomain
    identity: Once[IdentityStatus | None]
    destinations: Once[Sequence[EventDestination] | None]
    zones: Once[Sequence[HostedZone]]
    users: Once[Sequence[SmtpUserState]]


def patient_of(world: DoctorEdges, known: KnownDomain) -> Patient:
    """Return the domain to look at; nothing outside is asked yet."""
    spec = known.spec()
    return Patient(
        known,
        spec,
        Once(lambda: world.edges.identities.status(spec.domain, spec.region)),
        Once(lambda: world.sending.destinations(spec.configuration_set, spec.region)),
        Once(lambda: world.edges.zones.public_zones(spec.zone.name)),
        Once(lambda: users_of(world.edges, spec)),
    )
