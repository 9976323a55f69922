"""What SES says of an identity that does not become right by waiting."""

from dataclasses import replace

import pytest
from fakes.aws import identity as answer

from provisioner.core.checks.identity import identity
from provisioner.core.mail_domain.repairs import Repair, repairs_of
from provisioner.core.values.domain import DomainName

EXAMPLE = DomainName.parse("example.com")


@pytest.mark.parametrize("status", ["SUCCESS", "PENDING", "TEMPORARY_FAILURE"])
def test_what_is_right_or_may_become_so_by_waiting_is_no_finding(status: str) -> None:
    assert identity(EXAMPLE, answer("example.com", status)) == ()
    assert repairs_of(answer("example.com", status)) == ()


def test_signing_that_is_switched_off_is_a_finding_and_nothing_is_settled() -> None:
    off = replace(answer("example.com", "SUCCESS"), signing_enabled=False)
    (finding,) = identity(EXAMPLE, off)
    assert (finding.id, finding.command) == ("dkim.signing_off", ("new-domain", "example.com"))
    assert not off.is_settled
    assert repairs_of(off) == (Repair.SIGN,)


def test_what_ses_has_given_up_on_is_a_finding_for_each_of_the_two() -> None:
    failed = answer("example.com", "FAILED")
    assert [finding.subject for finding in identity(EXAMPLE, failed)] == [
        "DKIM of example.com",
        "MAIL FROM of example.com",
    ]
    assert repairs_of(failed) == (Repair.LOOK_FOR_DKIM, Repair.LOOK_FOR_MAIL_FROM)
    assert repairs_of(replace(failed, dkim_status="SUCCESS")) == (Repair.LOOK_FOR_MAIL_FROM,)
    assert repairs_of(replace(failed, mail_from_domain=None)) == (Repair.LOOK_FOR_DKIM,)


def test_an_identity_that_does_not_exist_needs_no_repair() -> None:
    assert repairs_of(None) == ()


def test_what_ses_saw_at_its_last_look_is_part_of_the_finding_about_dkim() -> None:
    dkim, mail_from = identity(EXAMPLE, replace(answer("example.com", "FAILED"), fault="TYPE_NOT_FOUND"))
    assert dkim.message.endswith("its last look: the names exist in public DNS without a record of the right type")
    assert (dkim.evidence["fault"], mail_from.evidence["fault"]) == ("TYPE_NOT_FOUND", None)
