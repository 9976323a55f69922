"""What SES says of an identity that does not become right by waiting."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from fakes.aws import identity as answer

from provisioner.core.checks.identity import check, identity
from provisioner.core.checks.observed import Observed, Unseen
from provisioner.core.mail_domain.neighbours import Elsewhere
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


@pytest.mark.parametrize(
    ("elsewhere", "found", "words"),
    [
        (Elsewhere(), "ses.no_identity", "in us-east-1: nothing can be sent"),
        (Elsewhere(("eu-west-1", "eu-west-2")), "identity.elsewhere", "in eu-west-1, eu-west-2, and not in us-east-1"),
        (Elsewhere((), (("us-west-1", "no"),)), "ses.no_identity", "could not be asked in us-west-1"),
        (Unseen("it", "access_denied", "no"), "ses.no_identity", "in us-east-1: nothing can be sent"),
    ],
    ids=["nowhere", "in others", "a region that did not say", "nobody could look"],
)
def test_a_missing_identity_is_said_with_where_it_is_as_far_as_anybody_can_say(
    observed: Callable[..., Observed], elsewhere: Elsewhere | Unseen, found: str, words: str
) -> None:
    (finding,) = check(observed(identity=None, elsewhere=elsewhere))
    assert (finding.id, finding.severity, finding.subject) == (found, "error", "example.com")
    assert words in finding.message
    assert finding.command == ("new-domain", "example.com")
    assert finding.repairable is (found == "ses.no_identity")  # where to send from is a decision


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("REPLICATION_PRIMARY_NOT_FOUND", "identity.replica_orphan"),
        ("REPLICATION_ACCESS_DENIED", "identity.replica_broken"),
    ],
)
def test_a_replica_without_its_primary_is_named_with_the_region(
    observed: Callable[..., Observed], fault: str, found: str
) -> None:
    replica = replace(answer("example.com", "SUCCESS"), fault=fault, signing_origin="AWS_SES_AP_SOUTHEAST_1")
    (finding,) = check(observed(identity=replica))
    assert finding.id == found
    assert "in ap-southeast-1" in finding.message


def test_who_signs_with_a_key_of_their_own_is_not_told_that_we_have_ses_look_again() -> None:
    own = replace(answer("example.com", "FAILED"), signing_origin="EXTERNAL", mail_from_domain=None)
    (finding,) = identity(EXAMPLE, own)
    assert (finding.id, finding.command, finding.repairable) == ("ses.gave_up", None, False)
