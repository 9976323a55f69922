"""Diagnose one domain: gather what the checks need, and run them until none has a question left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from typing import Any, TypeVar

from provisioner.core.checks.catalogue import Check, Said, diagnose, facts_for
from provisioner.core.checks.diagnosis import Diagnosis
from provisioner.core.checks.observed import Fact, Observed
from provisioner.core.dns.public_dns import PublicDns
from provisioner.core.dns.questions import Question, Reply, Silent
from provisioner.core.values.domain import DomainName
from provisioner.ports.doctor import DoctorEdges
from provisioner.usecases.doctor.facts.gathering import gathered
from provisioner.usecases.doctor.facts.patient import Patient, patient_of
from provisioner.usecases.home import recall
from provisioner.usecases.mail_domain.own_account import in_own_account

_THREADS = 24  # facts and questions of one domain that are waited for at once
_MOST_ROUNDS = 40  # of questions that follow from answers: the longest legal chains need half as many
_MOMENT = 0.02  # seconds

Key = TypeVar("Key")
Value = TypeVar("Value")


def diagnosed(world: DoctorEdges, domain: DomainName, checks: Sequence[Check]) -> Diagnosis:
    """Look at the domain; raises `InputError` when this home does not know it.

    Facts and answers of DNS are waited for side by side; whoever of the checks has what it needs asks on.
    """
    patient = patient_of(world, recall(world.edges, domain))
    with ThreadPoolExecutor(_THREADS) as pool:
        return _examined(world, patient, checks, pool)


def _examined(world: DoctorEdges, patient: Patient, checks: Sequence[Check], pool: ThreadPoolExecutor) -> Diagnosis:
    gate = pool.submit(in_own_account, world.edges, patient.spec.domain, patient.known.account)
    asked = {
        fact: pool.submit(gathered, world, patient, fact, gate.result)
        for fact in sorted(facts_for(checks) - {Fact.DNS})
    }
    answers: dict[Question, Future[Reply | Silent]] = {}
    now, rounds = world.edges.clock.now(), 0
    settled: dict[Check, Said] = {}
    while True:
        futures: list[Future[Any]] = [*asked.values(), *answers.values()]
        waiting = [future for future in futures if not future.done()]
        dns = PublicDns(_results(answers))
        observed = _observed(patient, now, dns, _results(asked))
        findings = diagnose(observed, checks, settled)
        new = [question for question in dns.open if question not in answers] if rounds < _MOST_ROUNDS else []
        if not waiting and not new:
            return Diagnosis(patient.spec.domain, findings, observed.users)
        rounds += bool(new)
        answers |= {question: pool.submit(world.questions.put, question) for question in new}
        _wait_for_some([*waiting, *(answers[question] for question in new)])


def _observed(patient: Patient, now: datetime, dns: PublicDns, facts: Mapping[Fact, object]) -> Observed:
    known: dict[str, Any] = {str(fact): value for fact, value in facts.items()}
    return Observed(patient.spec, now, dns=dns, **known)


def _results(futures: Mapping[Key, Future[Value]]) -> dict[Key, Value]:
    return {key: future.result() for key, future in futures.items() if future.done()}


def _wait_for_some(futures: Sequence[Future[Any]]) -> None:
    """Wait until one has come, and a moment for others that come with it: each round costs all checks."""
    wait(futures, return_when=FIRST_COMPLETED)
    wait(futures, timeout=_MOMENT)
