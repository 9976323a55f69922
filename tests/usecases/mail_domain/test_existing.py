from dataclasses import replace

import pytest
from fakes.aws import TOKENS
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.mail_domain.records import Purpose
from provisioner.core.terraform import addresses
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import Refused
from provisioner.usecases.mail_domain.existing import existing
from provisioner.usecases.mail_domain.new_domain import new_domain
from provisioner.usecases.mail_domain.survey import Survey, survey

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))


def lose_workspace(world: World) -> None:
    world.workspaces.spaces.clear()
    world.terraform.state.clear()


def test_a_state_that_lost_some_resources_gets_only_those_back(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    state = next(iter(world.terraform.state.values()))
    for address in [a for a in state if "record" in a or "identity" in a]:
        del state[address]
    healed = new_domain(world.edges, EXAMPLE, ASKED)
    assert healed.changes == {"add": 0, "change": 0, "destroy": 0, "import": 9}


def test_only_what_is_really_missing_is_made(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    lose_workspace(world)
    world.aws.set_tags.clear()
    healed = new_domain(world.edges, EXAMPLE, ASKED)
    assert (healed.changes["add"], healed.changes["import"]) == (1, 12)


@pytest.mark.parametrize("what", ["set_tags", "user_tags"])
def test_things_of_our_name_without_our_tags_are_refused(world: World, what: str) -> None:
    getattr(world.aws, what).update({"example-com": {}, "example.com": {"Owner": "somebody"}})
    with pytest.raises(Refused, match="does not carry our tags") as caught:
        new_domain(world.edges, EXAMPLE, ASKED)
    assert "--take-over" in caught.value.hint
    assert world.terraform.applied == 0


def test_taking_over_manages_what_carries_no_tags(world: World) -> None:
    world.aws.user_tags["example.com"] = {}
    report = new_domain(world.edges, EXAMPLE, replace(ASKED, take_over=True))
    assert report.changes["import"] == 1


def test_an_identity_of_somebody_else_is_refused(world: World) -> None:
    world.aws.has_identity("example.com")
    with pytest.raises(Refused, match=r"SES identity .* does not carry our tags"):
        new_domain(world.edges, EXAMPLE, ASKED)


def test_a_zone_of_our_name_that_is_not_ours_is_never_doubled(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.terraform.state.clear()
    world.aws.zones[0] = replace(world.aws.zones[0], tags={})
    with pytest.raises(Refused, match="exists and is not ours"):
        new_domain(world.edges, EXAMPLE, ASKED)


def seen_after_provisioning(world: World) -> Survey:
    new_domain(world.edges, EXAMPLE, ASKED)
    kept = world.workspaces.spaces["example.com"].kept
    assert kept is not None
    return survey(world.edges, EXAMPLE, kept.request, kept.decisions, None)


def test_only_what_is_missing_in_the_state_is_imported(world: World) -> None:
    seen = seen_after_provisioning(world)
    missing = {addresses.IDENTITY, addresses.record(Purpose.DKIM, 1)}
    imports = existing(world.edges, seen, missing, take_over=False)
    assert [(item.address, item.id) for item in imports] == [
        (addresses.IDENTITY, "example.com"),
        (addresses.record(Purpose.DKIM, 1), f"Z1_{TOKENS[1]}._domainkey.example.com_CNAME"),
    ]


def test_everything_that_a_domain_has_is_found(world: World) -> None:
    seen = seen_after_provisioning(world)
    imports = existing(world.edges, seen, addresses.addresses_of(seen.spec), take_over=False)
    assert {item.address for item in imports} == addresses.addresses_of(seen.spec)


def test_nothing_is_asked_for_what_is_not_missing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = seen_after_provisioning(world)

    def ask(*_: object) -> None:
        raise AssertionError

    for name in ("tags", "policy_regions", "configuration_set_tags"):
        monkeypatch.setattr(world.aws, name, ask)
    assert existing(world.edges, seen, {addresses.IDENTITY}, take_over=False)


def test_a_user_that_is_not_there_is_asked_for_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, asked = seen_after_provisioning(world), []

    def tags(user: str) -> None:
        asked.append(user)

    monkeypatch.setattr(world.aws, "tags", tags)
    assert existing(world.edges, seen, addresses.addresses_of(seen.spec), take_over=False)
    assert asked == ["example.com"]


def test_records_of_an_identity_that_is_not_ours_stay_alone_but_for_the_merged_set(world: World) -> None:
    seen = seen_after_provisioning(world)
    assert seen.identity is not None
    theirs = replace(seen, identity=replace(seen.identity, tags={}))
    records = {addresses.record(Purpose.SPF), addresses.record(Purpose.MAIL_FROM_MX), *addresses.dkim_records()}
    imports = existing(world.edges, theirs, records, take_over=False)
    assert [item.address for item in imports] == [addresses.record(Purpose.SPF)]


def in_ireland(seen: Survey) -> Survey:
    """The same survey, had the run been for a region in which the domain is not."""
    return replace(seen, spec=replace(seen.spec, region=Region.parse("eu-west-1")), identity=None)


def test_a_user_that_sends_from_another_region_is_not_turned_away_from_it(world: World) -> None:
    seen = in_ireland(seen_after_provisioning(world))
    with pytest.raises(Refused, match=r"sends from us-east-1, and could not any more") as caught:
        existing(world.edges, seen, addresses.addresses_of(seen.spec), take_over=False)
    assert caught.value.code == "other_region"
    assert "--region us-east-1" in caught.value.hint


def test_whoever_takes_over_a_user_may_turn_it(world: World) -> None:
    seen = in_ireland(seen_after_provisioning(world))
    imports = existing(world.edges, seen, addresses.addresses_of(seen.spec), take_over=True)
    assert addresses.user_policy(SmtpUser(EXAMPLE)) in {item.address for item in imports}
