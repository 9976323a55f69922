"""Senders through their life: made, kept, changed, found again, taken away, destroyed with their domain."""

from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.senders import SenderChange, Senders
from provisioner.core.mail_domain.report import DomainReport
from provisioner.core.terraform.addresses import iam_user, module_of, user_policy
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, ProvisionerError, Refused
from provisioner.usecases.credentials.send_test import send_test
from provisioner.usecases.credentials.stored import smtp_user, stored_credentials
from provisioner.usecases.home import recall
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain

EXAMPLE = DomainName.parse("example.com")
SHOP, SCANNER = SmtpUser(EXAMPLE, "shop"), SmtpUser(EXAMPLE, "scanner")
ASKED = Asked(default_region=Region.parse("us-east-1"))
VISITOR = EmailAddress.parse("visitor@example.net")


def asked(*put: str, drop: tuple[str, ...] = ()) -> Asked:
    return replace(ASKED, senders=SenderChange.parse(put, drop))


@pytest.fixture
def both(world: World) -> DomainReport:
    """The report of a domain with two senders."""
    return new_domain(world.edges, EXAMPLE, asked("shop=Orders", "scanner=scan"))


def lose_workspace(world: World) -> None:
    world.workspaces.spaces.clear()
    world.terraform.state.clear()


def users(world: World) -> set[str]:
    return set(world.aws.user_tags)


def key_of(world: World, user: SmtpUser) -> str:
    (key,) = world.aws.keys(user.iam_user)
    return key.id


def test_each_sender_has_a_user_and_a_credential_of_its_own(world: World, both: DomainReport) -> None:
    assert users(world) == {"example.com", "example.com+scanner", "example.com+shop"}
    assert world.aws.user_tags["example.com+shop"] == {**both.spec.tags, "Sender": "shop"}
    document = both.to_document(with_secret=True)
    assert [(s["name"], s["address"]) for s in document["senders"]] == [
        ("scanner", "scan@example.com"),
        ("shop", "Orders@example.com"),
    ]
    kept = world.store.kept["example.com+shop"]
    assert document["senders"][1]["smtp"] == {
        "host": "email-smtp.us-east-1.amazonaws.com",
        "port": 587,
        "security": "starttls",
        "user_name": kept.user_name,
        "iam_user": "example.com+shop",
        "stored_in": "file:credentials/example.com/smtp.shop.json",
        "password": kept.password.reveal(),
    }
    assert kept.user == SHOP
    without = both.to_document(with_secret=False)["senders"]
    assert ["password" in sender["smtp"] for sender in without] == [False, False]


def test_the_same_command_again_and_one_without_options_change_nothing(world: World, both: DomainReport) -> None:
    for again in (asked("shop=Orders", "scanner=scan"), ASKED):
        report = new_domain(world.edges, EXAMPLE, again)
        assert (report.changed, report.senders) == (False, both.senders)
    assert world.terraform.applied == 1


def test_another_sender_leaves_those_that_are_there_alone(world: World, both: DomainReport) -> None:
    report = new_domain(world.edges, EXAMPLE, asked("news=letter"))
    assert (report.changes["add"], report.changes["destroy"]) == (2, 0)
    assert {smtp.user: smtp for smtp in report.senders}[SHOP] == both.senders[1]


def test_another_address_of_a_sender_keeps_its_password(world: World, both: DomainReport) -> None:
    report = new_domain(world.edges, EXAMPLE, asked("shop=sales"))
    assert (report.changes["change"], report.changes["destroy"]) == (1, 0)
    assert report.senders == both.senders
    assert send_test(world.edges, EXAMPLE, VISITOR, "shop")
    assert world.mailer.sent[-1][1] == "sales@example.com"


def test_a_sender_that_is_taken_away_goes_with_key_user_policy_and_credential(world: World, both: DomainReport) -> None:
    report = new_domain(world.edges, EXAMPLE, asked(drop=("shop",)))
    assert (report.changed, report.changes["destroy"]) == (True, 2)
    assert [smtp.user for smtp in report.senders] == [SCANNER]
    assert users(world) == {"example.com", "example.com+scanner"}
    assert world.aws.keys(SHOP.iam_user) == []
    assert set(world.store.kept) == {"example.com", "example.com+scanner"}
    assert recall(world.edges, EXAMPLE).request.senders.names == ("scanner",)
    assert not new_domain(world.edges, EXAMPLE, asked(drop=("shop",))).changed


def test_senders_that_a_manifest_does_not_name_stay_for_their_passwords_may_be_in_use(
    world: World, both: DomainReport
) -> None:
    new_domain(world.edges, EXAMPLE, replace(ASKED, senders=Senders.parse([("news", "letter"), ("shop", "sales")])))
    new_domain(world.edges, EXAMPLE, replace(ASKED, senders=Senders()))
    assert users(world) == {"example.com", "example.com+news", "example.com+scanner", "example.com+shop"}
    kept = recall(world.edges, EXAMPLE).request.senders.to_document()
    assert kept == {"news": "letter", "scanner": "scan", "shop": "sales"}


def test_more_senders_than_a_domain_may_have_with_those_that_it_has_are_refused(
    world: World, both: DomainReport
) -> None:
    twenty = Senders.parse((f"s{number}", "x") for number in range(20))
    with pytest.raises(InputError, match="22 senders are too many"):
        new_domain(world.edges, EXAMPLE, replace(ASKED, senders=twenty))


def test_a_plan_tells_what_would_go_and_takes_nothing(world: World, both: DomainReport) -> None:
    planned = plan_domain(world.edges, EXAMPLE, asked(drop=("shop",)))
    gone = [change.address for change in planned.plan.changes if change.kind == "delete"]
    assert gone == [iam_user(SHOP), user_policy(SHOP)]
    assert key_of(world, SHOP)
    assert SHOP.iam_user in world.store.kept


def test_a_sender_in_the_state_that_nobody_took_away_is_not_deleted(world: World, both: DomainReport) -> None:
    space = world.workspaces.spaces["example.com"]
    assert space.kept is not None
    older = space.kept.request.senders.without(["shop"])
    space.kept = replace(space.kept, request=replace(space.kept.request, senders=older))  # an older copy of the home
    with pytest.raises(Refused, match=r"plan deletes 2 of .*module\.sender\[\"shop\"\]"):
        new_domain(world.edges, EXAMPLE, ASKED)
    with pytest.raises(Refused, match=r"plan deletes 2 of"):
        new_domain(world.edges, EXAMPLE, asked(drop=("scanner",)))
    assert key_of(world, SHOP)
    new_domain(world.edges, EXAMPLE, asked(drop=("shop",)))
    assert users(world) == set(world.store.kept) == {"example.com", "example.com+scanner"}


def test_taking_a_sender_away_allows_no_other_deletion(world: World, both: DomainReport) -> None:
    state = next(iter(world.terraform.state.values()))
    state['module.mail_domain.aws_route53_record.static["stray"]'] = "stray.example.com"
    with pytest.raises(Refused, match=r"plan deletes 1 of .*stray"):
        new_domain(world.edges, EXAMPLE, asked(drop=("shop",)))
    assert key_of(world, SHOP)


def test_a_removal_that_fails_is_completed_by_the_same_command(world: World, both: DomainReport) -> None:
    world.terraform.will_fail(ProvisionerError("apply_failed", "throttled"))
    with pytest.raises(ProvisionerError, match="throttled"):
        new_domain(world.edges, EXAMPLE, asked(drop=("shop",)))
    assert recall(world.edges, EXAMPLE).request.senders.names == ("scanner", "shop")
    new_domain(world.edges, EXAMPLE, asked(drop=("shop",)))
    assert users(world) == {"example.com", "example.com+scanner"}
    assert SHOP.iam_user not in world.store.kept


def test_a_sender_is_taken_away_although_the_workspace_is_lost(world: World, both: DomainReport) -> None:
    lose_workspace(world)
    report = new_domain(world.edges, EXAMPLE, asked(drop=("shop",)))
    assert users(world) == {"example.com", "example.com+scanner"}
    assert world.aws.keys(SHOP.iam_user) == []
    assert SHOP.iam_user not in world.store.kept
    assert [smtp.credential for smtp in report.senders] == [both.senders[0].credential]


def test_a_sender_that_only_the_state_has_lost_is_taken_away_too(world: World, both: DomainReport) -> None:
    state = next(iter(world.terraform.state.values()))
    for address in (iam_user(SHOP), user_policy(SHOP)):
        del state[address]
    new_domain(world.edges, EXAMPLE, asked(drop=("shop",)))
    assert users(world) == {"example.com", "example.com+scanner"}


def test_a_lost_workspace_comes_back_with_its_senders(world: World, both: DomainReport) -> None:
    lose_workspace(world)
    healed = new_domain(world.edges, EXAMPLE, ASKED)
    assert healed.changes == {"add": 0, "change": 0, "destroy": 0, "import": 17}
    assert (healed.senders, healed.spec.senders) == (both.senders, both.spec.senders)


def test_the_user_of_a_sender_that_is_not_ours_is_refused_until_it_is_taken_over(world: World) -> None:
    world.aws.user_tags[SHOP.iam_user] = {"Owner": "somebody"}
    with pytest.raises(Refused, match=r"IAM user example\.com\+shop exists and does not carry our tags"):
        new_domain(world.edges, EXAMPLE, asked("shop=orders"))
    assert world.terraform.applied == 0
    report = new_domain(world.edges, EXAMPLE, replace(asked("shop=orders"), take_over=True))
    assert report.changes["import"] == 1


def test_a_key_of_a_sender_whose_secret_is_lost_is_neither_deleted_nor_doubled(
    world: World, both: DomainReport
) -> None:
    key = key_of(world, SHOP)
    del world.store.kept[SHOP.iam_user]
    again = new_domain(world.edges, EXAMPLE, ASKED)
    assert (again.senders[1].credential, again.senders[1].lost) == (None, (key,))
    assert key_of(world, SHOP) == key
    assert any(f"--user-name {SHOP.iam_user} --access-key-id {key}" in step for step in again.next_steps)
    assert again.senders[0] == both.senders[0]


def test_a_key_of_a_run_that_died_before_storing_it_is_replaced_at_its_sender_only(
    world: World, both: DomainReport
) -> None:
    del world.store.kept[SHOP.iam_user], world.store.kept[SCANNER.iam_user]
    world.workspaces.spaces["example.com"].intend_key(SHOP, ())
    again = new_domain(world.edges, EXAMPLE, ASKED)
    assert again.senders[1].credential is not None
    assert key_of(world, SHOP) == again.senders[1].credential.user_name
    assert again.senders[0].lost == (key_of(world, SCANNER),)


@pytest.mark.parametrize("lost", [False, True])
def test_destroying_a_domain_ends_its_senders_too(world: World, both: DomainReport, lost: bool) -> None:
    if lost:
        lose_workspace(world)
    done = destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert done.changes["destroy"] == 17
    assert users(world) == set()
    assert [world.aws.keys(user) for user in ("example.com", SHOP.iam_user, SCANNER.iam_user)] == [[], [], []]
    assert world.store.kept == {}


def test_destroying_a_domain_ends_a_sender_that_only_the_state_knows(world: World, both: DomainReport) -> None:
    space = world.workspaces.spaces["example.com"]
    assert space.kept is not None
    space.kept = replace(space.kept, request=replace(space.kept.request, senders=Senders()))
    destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert (users(world), world.store.kept) == (set(), {})


def test_a_sender_is_deleted_by_its_address_only_when_its_keys_are_gone(world: World, both: DomainReport) -> None:
    space = world.workspaces.spaces["example.com"]
    assert space.kept is not None
    scanner = Senders.parse([("scanner", "scan")])
    space.kept = replace(space.kept, request=replace(space.kept.request, senders=scanner))
    new_domain(world.edges, EXAMPLE, replace(ASKED, allow_delete=(module_of(SHOP),)))
    assert users(world) == {"example.com", "example.com+scanner"}


def test_details_name_the_senders_and_never_a_password(world: World, both: DomainReport) -> None:
    details = recall(world.edges, EXAMPLE).details(world.store)
    assert details["senders"][1] == {
        "name": "shop",
        "address": "Orders@example.com",
        "iam_user": "example.com+shop",
        "credential": "file:credentials/example.com/smtp.shop.json",
    }
    assert both.senders[1].credential is not None
    assert both.senders[1].credential.password.reveal() not in str(details)


def test_a_test_message_goes_out_as_the_sender(world: World, both: DomainReport) -> None:
    send_test(world.edges, EXAMPLE, VISITOR, "shop")
    send_test(world.edges, EXAMPLE, VISITOR)
    keys = key_of(world, SHOP), key_of(world, SmtpUser(EXAMPLE))
    assert world.mailer.sent == [
        (keys[0], "Orders@example.com", "visitor@example.net"),
        (keys[1], "test@example.com", "visitor@example.net"),
    ]


def test_a_sender_that_a_domain_does_not_have_is_told_with_those_it_has(world: World, both: DomainReport) -> None:
    with pytest.raises(InputError, match=r"has no sender shp; its senders are scanner, shop") as caught:
        send_test(world.edges, EXAMPLE, VISITOR, "shp")
    assert (caught.value.code, "--sender shp=" in caught.value.hint) == ("unknown_sender", True)
    new_domain(world.edges, EXAMPLE, asked(drop=("shop", "scanner")))
    with pytest.raises(InputError, match="has no sender shop; it has none"):
        smtp_user(world.edges, EXAMPLE, "shop")


def test_a_sender_of_a_domain_that_this_home_does_not_know_is_looked_for_in_the_store(
    world: World, both: DomainReport
) -> None:
    lose_workspace(world)
    assert smtp_user(world.edges, EXAMPLE, "shop") == SHOP


def test_credentials_are_those_of_the_domain_and_of_its_senders(world: World, both: DomainReport) -> None:
    other = DomainName.parse("other.org")
    new_domain(world.edges, other, ASKED)
    every = [(c.domain.ascii, c.sender) for c in stored_credentials(world.edges, [])]
    assert every == [("example.com", None), ("example.com", "scanner"), ("example.com", "shop"), ("other.org", None)]
    assert [c.sender for c in stored_credentials(world.edges, [EXAMPLE])] == [None, "scanner", "shop"]
    for domains in ([], [EXAMPLE]):
        assert [c.user for c in stored_credentials(world.edges, domains, "shop")] == [SHOP]
    with pytest.raises(InputError, match="has no sender shop"):
        stored_credentials(world.edges, [EXAMPLE, other], "shop")


def test_a_credential_of_a_sender_that_is_not_kept_is_left_out_with_a_warning(world: World, both: DomainReport) -> None:
    del world.store.kept[SHOP.iam_user]
    assert [c.sender for c in stored_credentials(world.edges, [EXAMPLE])] == [None, "scanner"]
    (warning,) = world.progress.warnings
    assert warning.startswith("example.com (sender shop): no SMTP credential is stored at file:")
    with pytest.raises(ProvisionerError, match=r"example\.com \(sender shop\): no SMTP credential"):
        stored_credentials(world.edges, [EXAMPLE], "shop")
