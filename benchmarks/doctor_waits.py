"""Look at one domain with the doctor a few times, and print as JSON what each look waited for, in seconds.

The answers of AWS and of name servers come HELD_BACK seconds later than they would, as from a network; SMTP's do not.
Works on the AWS and the home that the environment names.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from unittest.mock import patch

from botocore.httpsession import URLLib3Session

from provisioner.cli.frame.output import StderrProgress
from provisioner.core.checks.catalogue import CHECKS
from provisioner.core.checks.observed import Fact
from provisioner.core.dns.questions import Question, Reply, Silent
from provisioner.core.values.domain import DomainName
from provisioner.ports.doctor import DoctorEdges
from provisioner.ports.facts import Questions
from provisioner.usecases.doctor import diagnosis
from provisioner.usecases.doctor.facts.gathering import gathered
from provisioner.usecases.doctor.facts.patient import Patient
from provisioner.wiring.doctor import doctor_edges
from provisioner.wiring.settings import Settings

Answer = TypeVar("Answer")


@dataclass
class Stopwatch:
    """Times what is waited for, in whichever thread."""

    waits: list[tuple[str, float]] = field(default_factory=list)

    def timed(self, name: str, ask: Callable[[], Answer]) -> Answer:
        """Ask, and note how long that took."""
        began = time.perf_counter()
        try:
            return ask()
        finally:
            self.waits.append((name, time.perf_counter() - began))


@dataclass(frozen=True)
class TimedQuestions:
    """Questions to name servers that are timed, and whose answers come later."""

    questions: Questions
    stopwatch: Stopwatch
    held_back: float

    def put(self, question: Question) -> Reply | Silent:
        """Ask; see `ports.facts.Questions`."""
        return self.stopwatch.timed(f"{question.type} {question.name}", lambda: self._late(question))

    def _late(self, question: Question) -> Reply | Silent:
        time.sleep(self.held_back)
        return self.questions.put(question)


def main(domain: str, rounds: int, held_back: float) -> None:
    """Print the looks; the first one, which loads modules, is left out."""
    send = URLLib3Session.send

    def late(session: URLLib3Session, request: Any) -> Any:
        time.sleep(held_back)
        return send(session, request)

    with patch.object(URLLib3Session, "send", late):
        looks = [_look(DomainName.parse(domain), held_back) for _ in range(rounds + 1)]
    print(json.dumps(looks[1:]))


def _look(domain: DomainName, held_back: float) -> dict[str, Any]:
    """Look with a world of its own, as each run of the program has."""
    stopwatch = Stopwatch()

    def timed(world: DoctorEdges, patient: Patient, fact: Fact, gate: Callable[[], object]) -> object:
        return stopwatch.timed(f"fact {fact}", lambda: gathered(world, patient, fact, gate))

    with patch.object(diagnosis, "gathered", timed):
        began = time.perf_counter()
        real = doctor_edges(
            Settings.read(os.environ, home=None, region=None, profile=None), StderrProgress(quiet=True, verbose=False)
        )
        world = replace(real, questions=TimedQuestions(real.questions, stopwatch, held_back))
        found = diagnosis.diagnosed(world, domain, CHECKS)
        wall = time.perf_counter() - began
    if found.bad:
        sys.exit(f"not what is to be measured: {[finding.to_document() for finding in found.bad]}")
    return {"wall": wall, "waits": stopwatch.waits}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
