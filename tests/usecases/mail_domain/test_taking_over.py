"""Taking over what somebody else made and uses."""

from dataclasses import replace

import pytest
from fakes.aws import identity
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.credentials.holdings import Holding
from provisioner.core.terraform import addresses
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import Refused
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"), take_over=True)
AGREED = replace(ASKED, confirmed=True)
USER = addresses.iam_user(SmtpUser(EXAMPLE))


@pytest.fixture
def theirs(world: World) -> World:
    """An identity and a user of somebody else, both in use."""
    world.aws.identities["example.com"] = replace(identity("example.com", "SUCCESS"), tags={"team": "web"})
    world.aws.user_tags["example.com"] = {}
    world.terraform.finds(
        addresses.IDENTITY, {"configuration_set_name": "prod-events"}, {"configuration_set_name": "example-com"}
    )
    world.terraform.finds(USER, {"tags.team": "web"}, {"tags.team": None})
    return world


def test_settings_that_are_in_use_are_listed_and_not_replaced(theirs: World) -> None:
    with pytest.raises(Refused, match="taking over replaces 2 settings") as caught:
        new_domain(theirs.edges, EXAMPLE, ASKED)
    assert caught.value.code == "replaces_settings"
    assert 'configuration_set_name "prod-events" -> "example-com"' in caught.value.message
    assert 'tags.team "web" -> (none)' in caught.value.message
    assert "`provisioner new-domain example.com --take-over --yes`" in caught.value.hint
    assert theirs.terraform.applied == 0


def test_a_plan_shows_them_and_who_has_agreed_takes_them_over(theirs: World) -> None:
    planned = plan_domain(theirs.edges, EXAMPLE, ASKED)
    assert [change.address for change in planned.plan.changes if change.before] == [addresses.IDENTITY, USER]
    assert new_domain(theirs.edges, EXAMPLE, AGREED).changes["import"] > 0


def test_what_is_ours_may_change_without_a_word(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.terraform.state.clear()
    world.terraform.finds(addresses.IDENTITY, {"configuration_set_name": "x"}, {"configuration_set_name": "y"})
    assert new_domain(world.edges, EXAMPLE, ASKED).changes["import"] > 0


@pytest.mark.parametrize("asked", [ASKED, AGREED])
@pytest.mark.parametrize(
    ("holding", "name"),
    [
        (Holding.INLINE_POLICY, "legacy-all"),
        (Holding.ATTACHED_POLICY, "arn:aws:iam::aws:policy/AdministratorAccess"),
        (Holding.GROUP, "admins"),
        (Holding.PASSWORD, ""),
    ],
)
def test_a_user_that_may_do_more_than_send_is_not_taken_over(
    theirs: World, holding: Holding, name: str, asked: Asked
) -> None:
    theirs.aws.has_given("example.com", holding, name)
    for do in (new_domain, plan_domain):
        with pytest.raises(Refused, match=f"IAM user example.com has (the|a) {holding}") as caught:
            do(theirs.edges, EXAMPLE, asked)  # type: ignore[operator]  # both take the same
        assert caught.value.code == "user_holds_more"
        assert "`aws iam " in caught.value.hint
    assert theirs.terraform.applied == 0


@pytest.mark.parametrize("asked", [ASKED, AGREED])
def test_a_user_at_another_path_is_not_half_taken_over(theirs: World, asked: Asked) -> None:
    theirs.terraform.finds(USER, {"path": "/"}, {"path": "/provisioner/smtp/"})
    for do in (new_domain, plan_domain):
        with pytest.raises(
            Refused, match=r"IAM user example\.com is at the path /, and SMTP users are below"
        ) as caught:
            do(theirs.edges, EXAMPLE, asked)  # type: ignore[operator]  # both take the same
        assert caught.value.code == "user_elsewhere"
        assert "aws iam update-user --user-name example.com --new-path /provisioner/smtp/" in caught.value.hint
    assert theirs.terraform.applied == 0


def test_a_key_of_theirs_is_neither_deleted_nor_doubled(theirs: World) -> None:
    theirs.aws.has_key("example.com", "AKIATHEIRS")
    assert new_domain(theirs.edges, EXAMPLE, AGREED).smtp.lost == ("AKIATHEIRS",)


@pytest.mark.parametrize(
    ("origin", "said"),
    [("EXTERNAL", r"own \(BYODKIM\)"), ("AWS_SES_EU_WEST_1", r"another region \(AWS_SES_EU_WEST_1, DEED\)")],
)
def test_an_identity_that_signs_with_another_key_than_easy_dkim_s_is_left_alone(
    theirs: World, origin: str, said: str
) -> None:
    there = theirs.aws.identities["example.com"]
    theirs.aws.identities["example.com"] = replace(there, signing_origin=origin, dkim_tokens=("selector",))
    for do in (new_domain, plan_domain):
        with pytest.raises(Refused, match=said) as caught:
            do(theirs.edges, EXAMPLE, AGREED)  # type: ignore[operator]  # both take the same
        assert caught.value.code == "signs_otherwise"
        assert "unsigned until the new records are seen" in caught.value.hint
    assert theirs.terraform.applied == 0
