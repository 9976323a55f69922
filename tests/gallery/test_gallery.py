"""Every fault of the gallery is shown in the sandbox and named, exactly and alone; what is odd and well is not."""

import pytest

from gallery import access, account, dkim, dmarc, healthy, identity, mail_from, names, sending, spf, zones
from gallery.case import Case
from gallery.ward import Patient, Ward
from provisioner.core.checks.diagnosis import Diagnosis
from provisioner.core.findings import Finding, Severity

FAULTS = [
    *(zones.CASES + names.CASES + dkim.CASES + identity.CASES + mail_from.CASES),
    *(spf.CASES + dmarc.CASES + sending.CASES + access.CASES + account.CASES),
]


def roots(diagnosis: Diagnosis) -> list[Finding]:
    """What was found bad and follows from nothing else."""
    return [one for one in diagnosis.bad if one.caused_by is None]


def told(diagnosis: Diagnosis) -> list[str]:
    return [f"{one.id}: {one.subject}: {one.message}" for one in roots(diagnosis)]


def remarks(diagnosis: Diagnosis) -> set[str]:
    """The ids of what is only worth knowing, and follows from nothing."""
    return {one.id for one in diagnosis.findings if one.severity is Severity.INFO and not one.caused_by}


def admitted(ward: Ward, case: Case) -> Patient:
    """A domain as the case begins with it, which is well."""
    patient = ward.admit(**case.admitted)
    if case.healthy:
        case.healthy(patient)
    assert told(patient.diagnosis()) == []
    return patient


def test_a_domain_as_new_domain_leaves_it_is_well(ward: Ward) -> None:
    diagnosis = ward.admit().diagnosis()
    assert [(one.id, one.message) for one in diagnosis.findings if one.severity is not Severity.OK] == []


@pytest.mark.parametrize("case", FAULTS, ids=str)
def test_a_fault_is_named_exactly_and_alone(ward: Ward, case: Case) -> None:
    patient = admitted(ward, case)
    before = remarks(patient.diagnosis())
    with ward.restored():
        case.make(patient)
        diagnosis = patient.diagnosis()
    named = [f"{one.id} {one.severity}" for one in roots(diagnosis)]
    assert named == list(case.found), "\n".join(told(diagnosis))
    assert remarks(diagnosis) - before == {*case.also}
    for word in case.says:
        first = diagnosis.findings[0]
        assert word in f"{first.message} {first.remedy}"


@pytest.mark.parametrize("case", healthy.CASES, ids=str)
def test_what_is_odd_and_well_is_no_fault(ward: Ward, case: Case) -> None:
    patient = admitted(ward, case)
    before = remarks(patient.diagnosis())
    with ward.restored():
        case.make(patient)
        diagnosis = patient.diagnosis()
    assert told(diagnosis) == []
    assert remarks(diagnosis) - before <= {*case.also}
