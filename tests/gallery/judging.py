"""How a state of the gallery is shown in the sandbox and judged: it is named exactly and alone, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from gallery.case import Case
from gallery.ward import Patient, Ward
from provisioner.core.checks.diagnosis import Diagnosis
from provisioner.core.findings import Finding, Severity

# Nobody asked for reports; and a key that was used by a login alone has no mail that could be counted.
OF_EACH = {"dmarc.no_reports", "metrics.silent"}


def roots(diagnosis: Diagnosis) -> list[Finding]:
    """What was found bad and follows from nothing else."""
    return [one for one in diagnosis.bad if one.caused_by is None]


def told(diagnosis: Diagnosis) -> str:
    shown = [one for one in diagnosis.findings if one.severity is not Severity.OK]
    return "\n".join(f"{one.severity} {one.id}: {one.subject}: {one.message} ({one.caused_by})" for one in shown)


def remarks(diagnosis: Diagnosis) -> set[str]:
    """The ids of what is only worth knowing, and follows from nothing."""
    return {one.id for one in diagnosis.findings if one.severity is Severity.INFO and not one.caused_by}


def admitted(ward: Ward, case: Case) -> Patient:
    """A domain as the case begins with it; one that was admitted otherwise than usual is looked at first."""
    patient = ward.admit(**case.admitted)
    if case.admitted:
        before = patient.diagnosis()
        assert not roots(before), told(before)
    return patient


def each_of(*groups: Sequence[Case]) -> Callable[..., None]:
    """Return the test that shows each of these states."""

    @pytest.mark.parametrize("case", [case for group in groups for case in group], ids=str)
    def show(ward: Ward, case: Case) -> None:
        patient = admitted(ward, case)
        with ward.restored():
            case.make(patient)
            diagnosis = patient.diagnosis()
        assert [f"{one.id} {one.severity}" for one in roots(diagnosis)] == list(case.found), told(diagnosis)
        assert remarks(diagnosis) - OF_EACH <= {*case.also} <= {one.id for one in diagnosis.findings}, told(diagnosis)
        for word in case.says:
            first = diagnosis.findings[0]
            assert word in f"{first.message} {first.remedy}"

    return show
