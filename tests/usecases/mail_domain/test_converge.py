from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import Request
from provisioner.core.mail_domain.records import Purpose, Record
from provisioner.core.terraform import addresses
from provisioner.core.terraform.plan import Change, Plan
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.usecases.mail_domain.converge import reviewed_plan
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain
from provisioner.usecases.mail_domain.undertaking import Permits, Starting, Undertaking

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


# What follows reviews a plan that Terraform is told to make.


def change(address: str, *actions: str) -> Change:
    return Change(address, address.split(".")[2], actions, importing=False, summary=address)


@contextmanager
def reviewed(world: World, *changes: Change, permits: Permits | None = None) -> Iterator[Plan]:
    with world.workspaces.open(EXAMPLE) as workspace:
        kept = workspace.recall()
        work = Undertaking(world.edges, workspace, Starting(kept, permits or Permits()))
        seen = work.survey(kept.request if kept else Request(Region.parse("us-east-1")))
        world.terraform.plans(*changes)
        with reviewed_plan(work, seen) as plan:
            yield plan


DKIM = change(addresses.record(Purpose.DKIM, 1), "delete", "create")


def test_dkim_records_may_be_replaced_with_a_new_identity_and_only_then(world: World) -> None:
    with reviewed(world, change(addresses.IDENTITY, "create"), DKIM) as plan:
        assert plan.counts["destroy"] == 1
    with pytest.raises(Refused, match="plan deletes 1 of 1"), reviewed(world, DKIM):
        pass


def test_dkim_records_may_be_replaced_where_ses_has_other_tokens_than_the_zone(world: World) -> None:
    world.aws.has_zone("example.com")
    new_domain(world.edges, EXAMPLE, ASKED)
    others = ("a" * 32, "d" * 32, "e" * 32)
    world.aws.identities["example.com"] = replace(world.aws.identities["example.com"], dkim_tokens=others)
    with reviewed(world, DKIM) as plan:
        assert plan.counts["destroy"] == 1


def test_an_address_that_is_permitted_may_go_with_all_that_is_below_it(world: World) -> None:
    doomed = change('module.sender["shop"].aws_iam_user.this', "delete")
    with reviewed(world, doomed, permits=Permits(deletions=('module.sender["shop"]',))) as plan:
        assert plan.counts["destroy"] == 1
    with pytest.raises(Refused), reviewed(world, doomed, permits=Permits(deletions=('module.sender["sho"]',))):
        pass


def test_what_exists_is_taken_in_by_a_second_plan(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    state = next(iter(world.terraform.state.values()))
    del state[addresses.IDENTITY]
    with reviewed(world, change(addresses.IDENTITY, "create")) as plan:
        assert plan.counts == {"add": 0, "change": 0, "destroy": 0, "import": 1}
    assert world.progress.steps[-1] == "example.com: planning again, to take in 1 existing resources"


def test_the_plan_of_a_review_that_refuses_is_discarded(world: World) -> None:
    with pytest.raises(Refused), reviewed(world, DKIM):
        pass
    assert world.terraform.discarded == 1
