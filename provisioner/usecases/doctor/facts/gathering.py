"""Each fact with what gathers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from provisioner.core.account.metrics import Days, span
from provisioner.core.account.ses import SesAccount
from provisioner.core.checks.observed import DaysSeen, Fact, Unseen, ZonesSeen
from provisioner.core.mail_domain.configuration_set import ConfigurationSet
from provisioner.core.mail_domain.records import Record, tokens_published
from provisioner.errors import Interrupted, LoggedOut, ProvisionerError, Refused, defect
from provisioner.ports.doctor import DoctorEdges
from provisioner.usecases.doctor.facts import access, sending
from provisioner.usecases.doctor.facts.patient import Patient
from provisioner.usecases.doctor.facts.zones import records_seen, zone_of_ours, zones_seen

_DAYS = 14


def gathered(world: DoctorEdges, patient: Patient, fact: Fact, gate: Callable[[], object]) -> object:
    """Return the fact, or why nobody could look; never raises but for an interrupt.

    `gate` raises where AWS does not know us, or in an account that is not the domain's.
    """
    subject = _SUBJECTS[fact].format(domain=patient.spec.domain)
    closed = _closed(gate)
    if fact is Fact.AHEAD:  # AWS tells its time to whom it refuses, too
        return _ahead(world, closed)
    if closed is not None and fact is not Fact.RECORDS:  # for these AWS is not asked
        return closed
    try:
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


def _configuration_set(world: DoctorEdges, patient: Patient) -> ConfigurationSet | None:
    return world.sending.configuration_set(patient.spec.configuration_set, patient.spec.region)


def _closed(gate: Callable[[], object]) -> Unseen | None:
    """Return why AWS lets us look at nothing at all, None where it does: it is one reason for all facts."""
    try:
        gate()
    except Interrupted:
        raise
    except ProvisionerError as error:
        return Unseen("account", error.code, error.message, error.hint, is_error=True)
    return None


def _ahead(world: DoctorEdges, closed: Unseen | None) -> timedelta | Unseen:
    ahead = world.time.ahead()
    if ahead is not None:
        return ahead
    return closed or Unseen("clock", "no_answer", "AWS did not answer, so its time is not known")


def _notified(world: DoctorEdges, patient: Patient) -> Sequence[str]:
    return world.sending.notified_topics(patient.spec.domain, patient.spec.region)


def _zones(world: DoctorEdges, patient: Patient) -> ZonesSeen:
    return zones_seen(world.edges, patient.known, patient.zones)


def _records(world: DoctorEdges, patient: Patient) -> tuple[Record, ...]:
    return records_seen(world.edges, patient.known)


def _published_tokens(world: DoctorEdges, patient: Patient) -> Sequence[str]:
    domain, elsewhere = patient.spec.domain, patient.spec.zone.is_elsewhere
    zone = None if elsewhere else zone_of_ours(patient.zones(), patient.known)
    if zone is None:
        return ()
    return tokens_published(domain, world.edges.zones.record_sets_around(zone, domain.child("_domainkey")))


def _account(world: DoctorEdges, patient: Patient) -> SesAccount | Unseen:
    account = world.edges.identities.ses_account(patient.spec.region)
    if account.unseen is None:
        return account
    return Unseen("account", "access_denied", account.unseen, "allow ses:GetAccount, see docs/permissions.md")


def _days(world: DoctorEdges, patient: Patient) -> DaysSeen:
    """Ask for two weeks, as `account status` does."""
    region, name = patient.spec.region, patient.spec.configuration_set
    first, last = span(world.edges.clock.now().date(), _DAYS)
    of_account, of_set = (Days.of(world.metrics.by_day(region, one, first, last), first, last) for one in (None, name))
    return DaysSeen(of_account, of_set)


_GATHER: Mapping[Fact, Callable[[DoctorEdges, Patient], object]] = {
    Fact.IDENTITY: lambda _, patient: patient.identity(),
    Fact.ELSEWHERE: sending.elsewhere,
    Fact.NEIGHBOURS: sending.neighbours,
    Fact.CONFIGURATION_SET: _configuration_set,
    Fact.DESTINATIONS: lambda _, patient: patient.destinations(),
    Fact.TOPICS: sending.topics,
    Fact.NOTIFIED: _notified,
    Fact.PUBLISHED_TOKENS: _published_tokens,
    Fact.USERS: lambda _, patient: patient.users(),
    Fact.LOGINS: access.logins,
    Fact.ZONES: _zones,
    Fact.RECORDS: _records,
    Fact.ACCOUNT: _account,
    Fact.DAYS: _days,
}
_SUBJECTS: Mapping[Fact, str] = {
    Fact.ZONES: "hosted zone of {domain}",
    Fact.RECORDS: "records of {domain}",
    Fact.IDENTITY: "SES identity {domain}",
    Fact.ELSEWHERE: "SES identity {domain}",
    Fact.NEIGHBOURS: "SES identities of {domain}",
    Fact.CONFIGURATION_SET: "configuration set of {domain}",
    Fact.DESTINATIONS: "event destinations of {domain}",
    Fact.TOPICS: "event destinations of {domain}",
    Fact.NOTIFIED: "notices of {domain}",
    Fact.PUBLISHED_TOKENS: "zone of {domain}",
    Fact.USERS: "IAM users of {domain}",
    Fact.LOGINS: "smtp",
    Fact.ACCOUNT: "account",
    Fact.DAYS: "account",
    Fact.AHEAD: "clock",
}
