"""What is odd and well, each somebody's complaint about another checker, and a domain as `new-domain` leaves it."""

import pytest

from gallery import healthy
from gallery.judging import each_of, remarks, roots, told
from gallery.ward import Ward

test_what_is_odd_and_well_is_no_fault = each_of(healthy.CASES)


@pytest.mark.parametrize("zone", ["create", "external"])
def test_a_domain_as_new_domain_leaves_it_is_well(ward: Ward, zone: str) -> None:
    diagnosis = ward.admit(zone=zone).diagnosis()
    assert (roots(diagnosis), remarks(diagnosis)) == ([], {"dmarc.no_reports"}), told(diagnosis)
