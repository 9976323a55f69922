from dataclasses import replace

from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.provenance import ZONE_COMMENT
from provisioner.core.asked.request import DmarcPolicy, ZoneMode
from provisioner.core.asked.tags import TagChange
from provisioner.core.mail_domain.records import Purpose, Record
from provisioner.core.terraform.addresses import IDENTITY, record
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))
OPTIONS = replace(
    ASKED,
    customer="Ada",
    contact=EmailAddress.parse("o'brien@example.net"),
    mail_from="mail",
    dmarc=DmarcPolicy.REJECT,
    dmarc_rua=EmailAddress.parse("d@example.com"),
    tags=TagChange.parse(["Team=web", "Empty="], []),
)


def lose_workspace(world: World) -> None:
    world.workspaces.spaces.clear()
    world.terraform.state.clear()


def test_a_lost_workspace_is_taken_in_again_with_nothing_made_twice(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    lose_workspace(world)
    healed = new_domain(world.edges, EXAMPLE, ASKED)
    assert healed.changes == {"add": 0, "change": 0, "destroy": 0, "import": 13}
    assert not healed.changed
    assert len(world.aws.zones) == 1
    assert len(world.aws.keys("example.com")) == 1
    assert healed.zone.mode == "created"


def test_what_was_asked_comes_back_from_the_tags(world: World) -> None:
    first = new_domain(world.edges, EXAMPLE, OPTIONS)
    lose_workspace(world)
    healed = new_domain(world.edges, EXAMPLE, ASKED)
    assert healed.spec == first.spec
    assert healed.spec.tags["Team"] == "web"
    assert healed.changes["change"] == 0


def test_an_adopted_zone_is_found_again_by_its_id(world: World) -> None:
    blog = DomainName.parse("blog.example.com")
    world.aws.has_zone("example.com")
    first = new_domain(world.edges, blog, ASKED)
    lose_workspace(world)
    healed = new_domain(world.edges, blog, ASKED)
    assert healed.zone == first.zone
    assert healed.changes["add"] == 0


def test_a_zone_of_ours_is_used_even_when_create_was_asked(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    lose_workspace(world)
    healed = new_domain(world.edges, EXAMPLE, replace(ASKED, zone=ZoneMode.CREATE))
    assert healed.zone.mode == "created"
    assert len(world.aws.zones) == 1


def test_a_key_of_a_run_that_died_before_storing_it_is_replaced(world: World) -> None:
    first = new_domain(world.edges, EXAMPLE, ASKED)
    world.store.kept.clear()
    world.workspaces.spaces["example.com"].intend_key(SmtpUser(EXAMPLE), ())
    again = new_domain(world.edges, EXAMPLE, ASKED)
    assert again.smtp.credential is not None
    assert first.smtp.credential is not None
    assert [key.id for key in world.aws.keys("example.com")] == [again.smtp.credential.user_name]


def test_a_key_that_was_stored_before_the_crash_is_kept(world: World) -> None:
    first = new_domain(world.edges, EXAMPLE, ASKED)
    world.workspaces.spaces["example.com"].intend_key(SmtpUser(EXAMPLE), ())
    again = new_domain(world.edges, EXAMPLE, ASKED)
    assert again.smtp.credential == first.smtp.credential
    assert world.workspaces.spaces["example.com"].intents == {}


def test_a_key_that_somebody_switched_off_is_neither_replaced_nor_switched_on(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    [key] = world.aws.keys("example.com")
    world.aws.access_keys["example.com"] = [replace(key, active=False)]
    again = new_domain(world.edges, EXAMPLE, ASKED)
    assert again.smtp.inactive
    assert len(world.aws.keys("example.com")) == 1
    assert any("switched off" in step for step in again.next_steps)


def test_a_domain_whose_workspace_is_lost_can_be_destroyed(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    lose_workspace(world)
    done = destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert done.changes["destroy"] == 13
    assert world.aws.keys("example.com") == []


def test_destroying_takes_in_first_what_the_state_has_lost(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    state = next(iter(world.terraform.state.values()))
    for address in (IDENTITY, record(Purpose.DKIM, 1)):
        del state[address]
    done = destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert done.changes["destroy"] == 13
    assert any("the state has lost" in note for note in world.progress.notes)


def test_a_zone_that_a_killed_run_left_without_tags_is_known_by_its_comment(world: World) -> None:
    world.aws.has_zone("example.com")
    world.aws.zones[0] = replace(world.aws.zones[0], comment=ZONE_COMMENT)
    healed = new_domain(world.edges, EXAMPLE, ASKED)
    assert (healed.zone.mode, healed.changes["import"]) == ("created", 1)
    assert len(world.aws.zones) == 1


def test_a_zone_with_our_comment_and_records_of_others_is_theirs(world: World) -> None:
    world.aws.has_zone("example.com", Record("www.example.com", "A", 300, ("192.0.2.1",)))
    world.aws.zones[0] = replace(world.aws.zones[0], comment=ZONE_COMMENT)
    assert new_domain(world.edges, EXAMPLE, ASKED).zone.mode == "adopted"


def test_a_key_that_a_repeated_call_made_twice_does_not_stay(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.store.kept.clear()
    world.aws.access_keys.clear()
    create = world.aws.create_key

    def create_twice(user: str) -> tuple[str, Secret]:
        create(user)
        return create(user)

    world.aws.create_key = create_twice  # type: ignore[method-assign]  # what botocore does when an answer is lost
    again = new_domain(world.edges, EXAMPLE, ASKED)
    assert again.smtp.credential is not None
    assert [key.id for key in world.aws.keys("example.com")] == [again.smtp.credential.user_name]


def test_a_credential_that_cannot_be_read_is_put_aside_and_its_key_counts_as_lost(world: World) -> None:
    first = new_domain(world.edges, EXAMPLE, ASKED)
    assert first.smtp.credential is not None
    world.store.is_corrupt()
    again = new_domain(world.edges, EXAMPLE, ASKED)
    assert again.smtp.lost == (first.smtp.credential.user_name,)
    assert "corrupt-1" in world.progress.warnings[0]


def test_a_list_of_keys_that_is_older_than_the_key_costs_nothing(world: World) -> None:
    first = new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.lists_no_keys(times=3)
    again = new_domain(world.edges, EXAMPLE, ASKED)
    assert (again.smtp, again.changed) == (first.smtp, False)
    assert len(world.aws.keys("example.com")) == 1
    assert 0 < world.clock.seconds < 10


def test_a_key_that_was_stored_is_no_orphan_even_when_iam_lists_it_far_too_late(world: World) -> None:
    first = new_domain(world.edges, EXAMPLE, ASKED)
    assert first.smtp.credential is not None
    world.aws.lists_no_keys(times=4)
    again = new_domain(world.edges, EXAMPLE, ASKED)
    assert again.smtp.credential is not None
    kept = {key.id for key in world.aws.keys("example.com")}
    assert kept == {first.smtp.credential.user_name, again.smtp.credential.user_name}


def test_a_run_that_dies_after_making_a_key_in_the_place_of_a_stored_one_leaves_that_one_alone(world: World) -> None:
    first = new_domain(world.edges, EXAMPLE, ASKED)
    assert first.smtp.credential is not None
    world.workspaces.spaces["example.com"].intend_key(SmtpUser(EXAMPLE), (first.smtp.credential.user_name,))
    world.store.kept.clear()
    world.aws.has_key("example.com", "AKIAORPHAN")
    assert new_domain(world.edges, EXAMPLE, ASKED).smtp.lost == (first.smtp.credential.user_name,)
