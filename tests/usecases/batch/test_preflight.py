from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.world import World

from provisioner.core.account.rates import DOCUMENTED
from provisioner.core.account.stock import Kind
from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import ZoneMode
from provisioner.core.asked.senders import Senders
from provisioner.core.asked.tags import Tags
from provisioner.core.batch.batch import Batch
from provisioner.core.batch.manifest import Entry, Manifest
from provisioner.core.batch.preflight import Preflight
from provisioner.core.batch.report import Status, outcome_of
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, ProvisionerError, Refused
from provisioner.ports.terraform import ToolVersions
from provisioner.usecases.batch.preflight import in_region, preflight, refuse_too_much
from provisioner.usecases.mail_domain.new_domain import new_domain

HALF_AN_HOUR = timedelta(minutes=30)
VIRGINIA, IRELAND = Region.parse("us-east-1"), Region.parse("eu-west-1")


def entries(*names: str, **asked: object) -> tuple[Entry, ...]:
    options = Asked(default_region=VIRGINIA, **asked)  # type: ignore[arg-type]  # the names are Asked's fields
    return tuple(Entry(DomainName.parse(name), options) for name in names)


def look(world: World, *wanted: Entry) -> Preflight:
    batch = Batch("r1", Manifest(wanted), None, parallelism=4, timeout=HALF_AN_HOUR, source="m.yaml", rates=DOCUMENTED)
    return preflight(world.batch, batch)


def adds(found: Preflight) -> dict[str, int]:
    return {room.stock.kind: room.adds for room in found.rooms}


def test_what_is_there_already_is_not_counted_as_added(world: World) -> None:
    world.inventory.has(Kind.ZONES, {"a.com"}, limit=500).has(Kind.USERS, {"a.com"}, limit=5000)
    world.inventory.has(Kind.IDENTITIES, {"a.com", "b.com"}, limit=10_000)
    found = look(world, *entries("a.com", "b.com"))
    assert adds(found) == {"hosted zones": 1, "IAM users": 1, "SES identities": 0, "configuration sets": 2}
    assert (found.domains, found.known) == (2, 0)
    assert world.aws.zones == []


def test_domains_that_are_provisioned_already_are_known(world: World) -> None:
    new_domain(world.edges, DomainName.parse("a.com"), Asked(default_region=VIRGINIA))
    world.inventory.has(Kind.ZONES, {"a.com"}, limit=500)
    found = look(world, *entries("a.com", "b.com"))
    assert found.known == 1
    assert adds(found)["hosted zones"] == 1
    assert found.estimate.monthly_dollars == 0.5


def nine_tags() -> Tags:
    return Tags.parse((f"Key{number}", "x") for number in range(9))


def test_more_tags_than_the_zones_to_be_made_can_hold_are_told_at_once(world: World) -> None:
    world.inventory.has(Kind.ZONES, {"c.com"}, limit=500)
    with pytest.raises(InputError) as caught:
        look(world, *entries("a.com", "b.com", "c.com", tags=nine_tags()))
    assert [line.partition(":")[0] for line in caught.value.message.splitlines()[1:]] == ["a.com", "b.com"]
    assert "its hosted zone would carry 11 tags" in caught.value.message


def test_tags_are_not_counted_for_zones_that_perhaps_exist(world: World) -> None:
    world.inventory.hides(Kind.ZONES)
    assert look(world, *entries("a.com", tags=nine_tags())).domains == 1
    with pytest.raises(InputError, match="would carry 11 tags"):
        look(world, *entries("a.com", tags=nine_tags(), zone=ZoneMode.CREATE))


def test_the_users_of_senders_are_counted_too(world: World) -> None:
    senders = Senders.parse([("shop", "orders"), ("scanner", "scan")])
    world.inventory.has(Kind.USERS, {"a.com", "a.com+shop"}, limit=5000)
    found = look(world, *entries("a.com", "b.com", senders=senders), *entries("c.com"))
    assert adds(found)["IAM users"] == 1 + 3 + 1
    world.inventory.hides(Kind.USERS)
    assert adds(look(world, *entries("a.com", "b.com", senders=senders)))["IAM users"] == 6


def test_external_zones_cost_nothing_and_take_no_calls_of_route_53(world: World) -> None:
    external = Asked(default_region=VIRGINIA, zone=ZoneMode.EXTERNAL)
    new_domain(world.edges, DomainName.parse("a.com"), external)
    found = look(world, *entries("b.com", zone=ZoneMode.EXTERNAL), *entries("a.com"))
    assert adds(found)["hosted zones"] == 0
    assert found.estimate.monthly_dollars == 0
    assert found.estimate.calls["route53"] == 0
    assert found.estimate.calls["sesv2"] > 0


def test_a_limit_of_the_account_refuses_and_says_how_much_is_missing(world: World) -> None:
    world.inventory.has(Kind.ZONES, {"x.com", "y.com"}, limit=3)
    with pytest.raises(Refused) as caught:
        refuse_too_much(look(world, *entries("a.com", "b.com")))
    assert caught.value.message.startswith("hosted zones: 2 there and 2 to add are 1 above the limit of 3")
    assert "--ignore-quotas" in caught.value.hint


def test_a_limit_that_is_only_the_default_warns(world: World) -> None:
    world.inventory.has(Kind.ZONES, {"x.com"}, limit=1, assumed=True)
    found = look(world, *entries("a.com"))
    refuse_too_much(found)
    assert found.notes == (
        "hosted zones: 1 there and 1 to add are 1 above the limit of 1 (AWS's default; yours may be higher)",
    )


def test_what_aws_does_not_tell_is_said_to_be_unknown(world: World) -> None:
    world.inventory.hides(Kind.IDENTITIES)
    found = look(world, *entries("a.com"))
    refuse_too_much(found)
    assert adds(found)["SES identities"] == 1
    assert "SES identities: AWS does not let us count them" in found.notes[0]


def test_what_a_domain_cannot_be_asked_is_told_for_all_of_them_at_once(world: World) -> None:
    for name in ("a.com", "b.com"):
        new_domain(world.edges, DomainName.parse(name), Asked(default_region=VIRGINIA))
    with pytest.raises(InputError) as caught:
        look(world, *entries("a.com", "b.com", "c.com", region=IRELAND))
    assert "2 faults" in caught.value.message
    assert "a.com is provisioned in us-east-1, not in eu-west-1" in caught.value.message


def test_every_region_of_the_batch_is_looked_at(world: World) -> None:
    look(world, *entries("a.com"), *entries("b.com", region=IRELAND))
    assert world.inventory.regions == {"us-east-1", "eu-west-1"}


def test_the_region_of_the_command_line_holds_where_an_entry_names_none() -> None:
    manifest = in_region(Manifest((*entries("a.com"), *entries("b.com", region=IRELAND))), VIRGINIA, None)
    assert [entry.asked.region for entry in manifest.entries] == [VIRGINIA, IRELAND]


def test_a_batch_of_nothing_needs_nothing(world: World) -> None:
    found = look(world)
    assert (found.domains, found.estimate.minutes) == (0, 0)


def test_a_terraform_that_is_missing_is_told_once_and_before_anything(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> ToolVersions:
        raise ProvisionerError("terraform_missing", "there is no program 'terraform' to run")

    monkeypatch.setattr(world.terraform, "versions", missing)
    with pytest.raises(ProvisionerError, match="no program 'terraform'"):
        look(world, *entries("a.com", "b.com"))
    assert world.aws.asked == []


def test_what_keeps_mail_in_is_told_once_for_each_region_before_a_batch(world: World) -> None:
    world.aws.ses = replace(world.aws.ses, production=False)
    ireland = Entry(DomainName.parse("c.com"), Asked(region=IRELAND))
    found = look(world, *entries("a.com", "b.com"), ireland)
    told = [note.split(" lets ")[0] for note in found.notes if "ask for production access" in note]
    assert told == ["SES in eu-west-1", "SES in us-east-1"]
    accounts = found.to_document()["accounts"]
    assert [(one["region"], one["production_access"]) for one in accounts] == [
        ("eu-west-1", False),
        ("us-east-1", False),
    ]


def test_the_report_of_a_batch_does_not_repeat_it_for_every_domain(world: World) -> None:
    world.aws.ses = replace(world.aws.ses, production=False)
    report = new_domain(world.edges, DomainName.parse("a.com"), Asked(default_region=VIRGINIA))
    assert not any("production access" in step for step in outcome_of(report, Status.PROVISIONED).next_steps)
    assert any("production access" in step for step in report.all_steps)
