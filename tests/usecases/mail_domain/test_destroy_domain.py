import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.credentials.holdings import Holding
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, ProvisionerError, Refused
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.destruction import Destruction
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))


@pytest.fixture
def provisioned(world: World) -> World:
    new_domain(world.edges, EXAMPLE, ASKED)
    return world


def test_destroying_takes_everything_of_ours(provisioned: World) -> None:
    done = destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent())
    assert done.changes["destroy"] == 13
    assert provisioned.aws.keys("example.com") == []
    assert provisioned.store.kept == {}
    assert provisioned.workspaces.peek(EXAMPLE) is None


def test_a_domain_that_nobody_provisioned_needs_nothing(world: World) -> None:
    done = destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert (done.known, done.changes["destroy"], done.account) == (False, 0, "123456789012")
    assert world.aws.asked  # nobody knows without having looked


def test_without_a_region_to_look_in_it_is_bad_input(world: World) -> None:
    with pytest.raises(InputError, match="no AWS region was named"):
        destroy_domain(world.edges, EXAMPLE, Asked(), Consent())


@pytest.mark.parametrize("left", ["user_tags", "set_tags"])
def test_what_is_left_of_a_domain_without_its_identity_is_named(provisioned: World, left: str) -> None:
    provisioned.workspaces.spaces.clear()
    provisioned.aws.identities.clear()
    for other in {"user_tags", "set_tags", "zones"} - {left}:
        getattr(provisioned.aws, other).clear()
    with pytest.raises(ProvisionerError, match=r"these of ours are left: (IAM user|configuration set)"):
        destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent())


def test_nothing_is_touched_before_it_was_agreed_to(provisioned: World) -> None:
    shown: list[Destruction] = []

    def refuse(going: Destruction) -> None:
        shown.append(going)
        raise InputError("not_confirmed", "no")

    with pytest.raises(InputError, match="no"):
        destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent(), refuse)
    assert shown[0].changes["destroy"] == 13
    assert provisioned.terraform.applied == 1
    assert provisioned.store.kept


def test_a_dry_run_counts_what_the_state_has_lost_and_takes_nothing_in(provisioned: World) -> None:
    provisioned.workspaces.spaces.clear()
    provisioned.terraform.state.clear()
    done = destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent(dry_run=True))
    assert done.changes["destroy"] == 13
    assert {change.summary for change in done.actions} >= {
        "IAM user example.com",
        "policy send-as-domain of IAM user example.com",
        "TXT _dmarc.example.com",
        "SES identity example.com",
        "configuration set example-com",
        "hosted zone Z1",
    }
    assert len(done.access_keys) == 1
    assert provisioned.terraform.applied == 1
    assert destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent()).changes == done.changes


def test_a_zone_with_records_of_others_is_refused_and_they_are_named(provisioned: World) -> None:
    provisioned.aws.sets["Z1"].append(Record("www.example.com", "A", 60, ("192.0.2.1",)))
    with pytest.raises(Refused, match=r"1 record sets that are not ours: A www\.example\.com"):
        destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent())
    assert provisioned.store.kept != {}


def test_keeping_the_zone_destroys_all_but_the_zone(provisioned: World) -> None:
    provisioned.aws.sets["Z1"].append(Record("www.example.com", "A", 60, ("192.0.2.1",)))
    done = destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent(keep_zone=True))
    assert done.kept_zone == "Z1"
    assert done.changes["destroy"] == 12


def test_a_dry_run_destroys_nothing(provisioned: World) -> None:
    done = destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent(dry_run=True))
    assert done.changes["destroy"] == 13
    assert len(provisioned.aws.keys("example.com")) == 1
    assert provisioned.workspaces.peek(EXAMPLE) is not None


def test_a_failed_destroy_keeps_the_credential_and_can_be_repeated(provisioned: World) -> None:
    provisioned.terraform.will_fail(ProvisionerError("apply_failed", "throttled"))
    with pytest.raises(ProvisionerError, match="throttled"):
        destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent())
    assert provisioned.store.kept != {}
    destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent())
    assert provisioned.store.kept == {}


def test_a_user_that_holds_more_than_ours_is_refused_before_anything_is_touched(provisioned: World) -> None:
    aws = provisioned.aws.has_given("example.com", Holding.INLINE_POLICY, "all").has_given(
        "example.com", Holding.PASSWORD
    )
    aws.has_given("example.com", Holding.MFA_DEVICE, "arn:aws:iam::123456789012:mfa/example.com")
    asked = len(aws.asked)
    for dry_run in (True, False):
        with pytest.raises(Refused) as caught:
            destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent(dry_run=dry_run))
        assert caught.value.code == "user_holds_more"
        named = "the inline policy all, a console password, the MFA device arn:aws:iam::123456789012:mfa/example.com"
        assert named in caught.value.message
        for command in ("delete-user-policy", "delete-login-profile", "deactivate-mfa-device"):
            assert f"`aws iam {command} --user-name example.com" in caught.value.hint
    assert len(aws.asked) > asked
    assert (provisioned.terraform.applied, len(aws.keys("example.com"))) == (1, 1)
    aws.holdings.clear()
    assert destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent()).changes["destroy"] == 13


@pytest.mark.parametrize("holding", Holding)
def test_each_kind_that_iam_wants_gone_first_is_looked_for(provisioned: World, holding: Holding) -> None:
    provisioned.aws.has_given("example.com", holding, "x")
    with pytest.raises(Refused, match=f"has the {holding} x"):
        destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent())


def test_a_look_that_nobody_may_take_is_not_that_nothing_is_there(provisioned: World) -> None:
    provisioned.aws.does_not_allow(Holding.CERTIFICATE)
    with pytest.raises(ProvisionerError) as caught:
        destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent())
    assert caught.value.code == "access_denied"
    assert (provisioned.terraform.applied, len(provisioned.aws.keys("example.com"))) == (1, 1)
