from collections.abc import Callable
from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.holdings import DECIDING, Holding
from provisioner.core.terraform.differences import Difference
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, Interrupted, LoggedOut, ProvisionerError
from provisioner.usecases.drift import drift
from provisioner.usecases.mail_domain.new_domain import new_domain
from provisioner.usecases.parallel.stopping import Stop, Urgency
from provisioner.usecases.parallel.workers import Workers

EXAMPLE, OTHER = DomainName.parse("example.com"), DomainName.parse("example.org")
SET = "module.mail_domain.aws_sesv2_configuration_set.this"


@pytest.fixture
def provisioned(world: World) -> World:
    for domain in (EXAMPLE, OTHER):
        new_domain(world.edges, domain, Asked(default_region=Region.parse("us-east-1")))
    return world


def differs(world: World, domain: DomainName, attribute: str, expected: object, found: object) -> None:
    path = world.workspaces.spaces[domain.ascii].path
    world.terraform.drifted[path] = [
        Difference(SET, "aws_sesv2_configuration_set", "example-com", attribute, expected, found, outside=True)
    ]


def test_a_domain_that_is_as_it_should_be_has_no_drift(provisioned: World) -> None:
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(2, Stop()))
    assert found.to_document() == {
        "domain": "example.com", "drift": False, "differences": [], "on_purpose": [], "findings": [], "error": None,
        "sending": {"enabled": True, "since": None, "reason": None}, "paused_senders": [],
    }  # fmt: skip  # one document


def test_every_domain_of_the_home_is_checked_when_none_is_named(provisioned: World) -> None:
    assert [found.domain for found in drift(provisioned.edges, [], Workers(2, Stop()))] == [EXAMPLE, OTHER]


def test_what_differs_is_told_and_nothing_is_changed(provisioned: World) -> None:
    differs(provisioned, EXAMPLE, "tags.Customer", "Ada", "Eve")
    applied = provisioned.terraform.applied
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(2, Stop()))
    assert found.to_document()["differences"] == [
        {
            "address": SET,
            "what": "example-com",
            "attribute": "tags.Customer",
            "expected": "Ada",
            "found": "Eve",
            "changed_outside": True,
        }
    ]
    assert provisioned.terraform.applied == applied


def test_sending_that_was_switched_off_is_not_drift_but_told(provisioned: World) -> None:
    differs(provisioned, EXAMPLE, "sending_options.0.sending_enabled", expected=True, found=False)
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(2, Stop()))
    assert found.differences == ()
    assert len(found.on_purpose) == 1


def test_a_domain_that_fails_does_not_stop_the_others(provisioned: World) -> None:
    provisioned.terraform.will_fail(ProvisionerError("throttled", "still throttling", "later"))
    failed, fine = drift(provisioned.edges, [], Workers(2, Stop()))
    assert failed.to_document()["drift"] is None
    assert failed.to_document()["error"] == {"code": "throttled", "message": "still throttling", "hint": "later"}
    assert fine.error is None


def test_when_the_session_has_expired_nobody_is_asked_about_the_others(provisioned: World) -> None:
    provisioned.terraform.will_fail(LoggedOut("expired_token", "expired", "log in again"))
    found = drift(provisioned.edges, [], Workers(1, Stop()))
    assert [one.error and one.error.code for one in found] == ["expired_token", "expired_token"]


def test_an_interrupt_stops_everything(provisioned: World) -> None:
    provisioned.terraform.will_fail(Interrupted("interrupted", "interrupted"))
    with pytest.raises(Interrupted):
        drift(provisioned.edges, [], Workers(2, Stop()))


def test_an_unknown_domain_is_refused_before_any_is_checked(provisioned: World) -> None:
    provisioned.aws.asked.clear()
    with pytest.raises(InputError, match="knows nothing"):
        drift(provisioned.edges, [EXAMPLE, DomainName.parse("unknown.example.net")], Workers(2, Stop()))
    assert provisioned.aws.asked == []


def test_what_a_lost_state_does_not_know_is_not_missing(provisioned: World) -> None:
    provisioned.terraform.state.clear()
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(2, Stop()))
    assert found.error is None
    assert found.differences == ()


def test_what_is_really_missing_is_told_even_when_the_state_is_lost(provisioned: World) -> None:
    provisioned.terraform.state.clear()
    provisioned.aws.set_tags.clear()
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(2, Stop()))
    assert [difference.address for difference in found.differences if difference.missing] == [SET]


def test_a_stop_ends_what_runs_and_begins_nothing(provisioned: World) -> None:
    stop = Stop(first=Urgency.INTERRUPT)
    stop.press()
    provisioned.progress.steps.clear()
    with pytest.raises(Interrupted):
        drift(provisioned.edges, [], Workers(2, stop))
    assert provisioned.progress.steps == []


def test_a_defect_at_one_domain_is_its_own(provisioned: World) -> None:
    provisioned.terraform.will_fail(ZeroDivisionError("secret"))
    failed, fine = drift(provisioned.edges, [], Workers(1, Stop()))
    assert failed.error is not None
    assert failed.error.code == "defect"
    assert "secret" not in failed.error.message
    assert fine.error is None


def key_of(world: World) -> str:
    (key,) = world.aws.access_keys["example.com"]
    return key.id


def other_key_is_made(world: World) -> None:
    world.aws.has_key("example.com", "AKIAOTHER")


def key_is_switched_off(world: World) -> None:
    world.aws.access_keys["example.com"] = [AccessKey(key_of(world), active=False)]


def key_is_deleted(world: World) -> None:
    world.aws.access_keys["example.com"] = []


def credential_is_lost(world: World) -> None:
    world.store.kept.pop("example.com")


def policy_is_added(world: World) -> None:
    world.aws.has_given("example.com", Holding.INLINE_POLICY, "all")


def policy_is_attached(world: World) -> None:
    world.aws.has_given("example.com", Holding.ATTACHED_POLICY, "arn:aws:iam::aws:policy/AdministratorAccess")


def user_joins_a_group(world: World) -> None:
    world.aws.has_given("example.com", Holding.GROUP, "admins")


def policy_for_other_senders_is_attached(world: World) -> None:
    says = {"Statement": {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"}}
    world.aws.has_given("example.com", Holding.ATTACHED_POLICY, "arn:aws:iam::123456789012:policy/mail", says)


def policy_that_denies_is_attached(world: World) -> None:
    says = {"Statement": {"Effect": "Deny", "Action": "ses:*", "Resource": "*"}}
    world.aws.has_given("example.com", Holding.ATTACHED_POLICY, "arn:aws:iam::123456789012:policy/quiet", says)


def policy_without_effect_is_added(world: World) -> None:
    world.aws.has_given("example.com", Holding.INLINE_POLICY, "nothing", {"Statement": []})


def user_joins_a_group_without_rights(world: World) -> None:
    world.aws.has_given("example.com", Holding.GROUP, "staff", {"Statement": []})


def boundary_is_set(world: World) -> None:
    world.aws.is_bound("example.com", {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})


def other_key_is_used(world: World) -> None:
    world.aws.has_key("example.com", "AKIAOTHER").was_used("AKIAOTHER", world.clock.now())


def password_is_set(world: World) -> None:
    world.aws.has_given("example.com", Holding.PASSWORD)


def signing_is_switched_off(world: World) -> None:
    world.aws.switches_signing_off("example.com")


@pytest.mark.parametrize(
    ("by_hand", "id_"),
    [
        (other_key_is_made, "key.two"),
        (key_is_switched_off, "key.inactive"),
        (key_is_deleted, "key.gone"),
        (credential_is_lost, "key.not_stored"),
        (other_key_is_used, "key.foreign_in_use"),
        (policy_is_added, "iam.more_than_mail"),
        (policy_is_attached, "iam.more_than_mail"),
        (policy_for_other_senders_is_attached, "iam.too_wide"),
        (policy_that_denies_is_attached, "iam.denied"),
        (policy_without_effect_is_added, "iam.further_policy"),
        (user_joins_a_group, "iam.more_than_mail"),
        (user_joins_a_group_without_rights, "iam.group"),
        (boundary_is_set, "iam.boundary"),
        (password_is_set, "iam.console_password"),
        (signing_is_switched_off, "dkim.signing_off"),
    ],
)
def test_what_decides_who_may_send_and_terraform_does_not_see_is_drift(
    provisioned: World, by_hand: Callable[[World], None], id_: str
) -> None:
    by_hand(provisioned)
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(2, Stop()))
    assert (found.drifted, [finding.id for finding in found.findings]) == (True, [id_])
    assert found.to_document()["drift"] is True


def test_what_ses_has_given_up_on_is_drift(provisioned: World) -> None:
    provisioned.aws.gives_up("example.com")
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(2, Stop()))
    assert [finding.id for finding in found.findings] == ["ses.gave_up"] * 2


@pytest.mark.parametrize("look", ["keys", *DECIDING])
def test_what_nobody_may_look_at_is_said_and_is_neither_drift_nor_absent(provisioned: World, look: str) -> None:
    provisioned.aws.does_not_allow(look)
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(2, Stop()))
    assert [finding.id for finding in found.findings] == ["check.not_run"]
    assert (found.error, found.drifted) == (None, False)


def test_of_a_user_that_is_missing_as_a_whole_nothing_more_is_said(provisioned: World) -> None:
    provisioned.terraform.state.clear()
    provisioned.aws.user_tags.pop("example.com")
    provisioned.aws.access_keys.clear()
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(2, Stop()))
    assert found.findings == ()
    assert found.drifted


def test_an_identity_that_was_switched_to_another_key_is_said_in_a_sentence(provisioned: World) -> None:
    there = provisioned.aws.identities["example.com"]
    provisioned.aws.identities["example.com"] = replace(there, signing_origin="EXTERNAL", dkim_tokens=("selector",))
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(2, Stop()))
    assert found.error is not None
    assert found.error.code == "signs_otherwise"
