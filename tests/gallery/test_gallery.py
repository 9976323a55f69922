"""Every fault of the gallery is shown in the sandbox and named, exactly and alone; what is odd and well is not."""

import pytest

from gallery import access, account, dkim, dmarc, healthy, identity, keys, mail_from, sending, spf, zones
from gallery.case import Case
from gallery.ward import Patient, Ward
from provisioner.core.checks.diagnosis import Diagnosis
from provisioner.core.findings import Finding, Severity

CASES = [
    *(zones.CASES + dkim.CASES + identity.CASES + mail_from.CASES),
    *(spf.CASES + dmarc.CASES + sending.CASES + access.CASES + keys.CASES + account.CASES),
    *healthy.CASES,
]
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


@pytest.mark.parametrize("zone", ["create", "external"])
def test_a_domain_as_new_domain_leaves_it_is_well(ward: Ward, zone: str) -> None:
    diagnosis = ward.admit(zone=zone).diagnosis()
    assert (roots(diagnosis), remarks(diagnosis)) == ([], {"dmarc.no_reports"}), told(diagnosis)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_state_is_named_exactly_and_alone(ward: Ward, case: Case) -> None:
    patient = admitted(ward, case)
    with ward.restored():
        case.make(patient)
        diagnosis = patient.diagnosis()
    assert [f"{one.id} {one.severity}" for one in roots(diagnosis)] == list(case.found), told(diagnosis)
    assert remarks(diagnosis) - OF_EACH <= {*case.also} <= {one.id for one in diagnosis.findings}, told(diagnosis)
    for word in case.says:
        first = diagnosis.findings[0]
        assert word in f"{first.message} {first.remedy}"
