from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))


def asked(**given: object) -> Asked:
    return replace(ASKED, **given)  # type: ignore[arg-type]  # the names are Asked's fields


def test_records_of_others_in_an_adopted_zone_are_refused_and_named(world: World) -> None:
    world.aws.has_zone("example.com", Record("bounce.example.com", "MX", 60, ("10 mx.example.net",)))
    with pytest.raises(Refused, match=r"MX bounce\.example\.com = 10 mx\.example\.net"):
        new_domain(world.edges, EXAMPLE, ASKED)
    assert world.terraform.applied == 0
    assert world.workspaces.peek(EXAMPLE) is None


def test_another_mail_from_label_may_replace_its_own_records(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    report = new_domain(world.edges, EXAMPLE, asked(mail_from="mail"))
    assert report.changed
    assert report.spec.mail_from == "mail.example.com"


def test_a_plan_that_deletes_what_nobody_asked_for_is_refused(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    state = next(iter(world.terraform.state.values()))
    state['module.mail_domain.aws_route53_record.static["stray"]'] = "stray.example.com"
    with pytest.raises(Refused, match=r"plan deletes 1 of"):
        new_domain(world.edges, EXAMPLE, ASKED)
    assert world.terraform.applied == 1


def test_a_deletion_that_was_allowed_by_its_address_goes_through(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    state = next(iter(world.terraform.state.values()))
    stray = 'module.mail_domain.aws_route53_record.static["stray"]'
    state[stray] = "stray.example.com"
    report = new_domain(world.edges, EXAMPLE, asked(allow_delete=(stray,)))
    assert report.changes["destroy"] == 1


def test_every_plan_file_is_discarded(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    plan_domain(world.edges, EXAMPLE, ASKED)
    assert world.terraform.discarded == 2


def test_a_mail_from_label_in_use_is_refused_with_a_free_one(world: World) -> None:
    world.aws.has_zone("example.com", Record("bounce.example.com", "A", 60, ("192.0.2.1",), ("192.0.2.1",)))
    with pytest.raises(Refused, match=r"A bounce\.example\.com") as caught:
        new_domain(world.edges, EXAMPLE, ASKED)
    assert "--mail-from mail" in caught.value.hint


def test_dkim_names_of_another_provider_are_untouched(world: World) -> None:
    theirs = Record("k1._domainkey.example.com", "CNAME", 60, ("dkim.mcsv.net",), ("dkim.mcsv.net",))
    world.aws.has_zone("example.com", theirs)
    new_domain(world.edges, EXAMPLE, ASKED)
    assert theirs in world.aws.sets["Z1"]
