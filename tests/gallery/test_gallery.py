"""Every fault of the gallery is shown in the sandbox and named, exactly and alone; what is odd and well is not."""

import pytest

from gallery import account, dkim, identity, keys, sending, zones
from gallery.case import Case
from gallery.ward import Ward
from provisioner.core.checks.diagnosis import Diagnosis
from provisioner.core.findings import Finding, Severity

CASES = [*account.CASES, *dkim.CASES, *identity.CASES, *keys.CASES, *sending.CASES, *zones.CASES]


def roots(diagnosis: Diagnosis) -> list[Finding]:
    """What was found bad and follows from nothing else."""
    return [one for one in diagnosis.bad if one.caused_by is None]


def test_a_domain_as_new_domain_leaves_it_is_well(ward: Ward) -> None:
    diagnosis = ward.admit().diagnosis()
    told = [(one.id, one.severity) for one in diagnosis.findings if one.severity is not Severity.OK]
    assert told == [("dmarc.no_reports", Severity.INFO)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_fault_is_named_exactly_and_alone(ward: Ward, case: Case) -> None:
    with ward.restored():
        patient = ward.admit(**case.admitted)
        assert roots(patient.diagnosis()) == []
        case.make(patient)
        diagnosis = patient.diagnosis()
    named = [f"{one.id} {one.severity}" for one in roots(diagnosis)]
    assert named == list(case.found), "\n".join(f"{one.id}: {one.subject}: {one.message}" for one in diagnosis.findings)
    for word in case.says:
        first = diagnosis.findings[0]
        assert word in f"{first.message} {first.remedy}"
