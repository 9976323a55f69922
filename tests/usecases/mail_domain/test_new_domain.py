from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.asked.tags import OURS, TagChange, Tags
from provisioner.core.mail_domain.repairs import Repair
from provisioner.core.mail_domain.report import DomainReport
from provisioner.core.terraform.plan import Plan
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, ProvisionerError, Refused, Unrecorded
from provisioner.ports.terraform import Event
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain

EXAMPLE = DomainName.parse("example.com")
TAGS = {"ManagedBy": "provisioner", "Domain": "example.com"}
ASKED = Asked(default_region=Region.parse("us-east-1"))


def asked(**given: object) -> Asked:
    return replace(ASKED, **given)  # type: ignore[arg-type]  # the names are Asked's fields


def test_a_new_domain_gets_a_zone_an_identity_and_a_credential(world: World) -> None:
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert report.changed
    assert report.zone.mode == "created"
    assert report.zone.id == "Z1"
    assert report.identity is not None
    assert report.smtp.credential is not None
    assert report.smtp.credential == world.store.kept["example.com"]
    assert len(report.records) == 7


def test_the_same_command_again_changes_nothing_and_makes_no_key(world: World) -> None:
    first = new_domain(world.edges, EXAMPLE, ASKED)
    again = new_domain(world.edges, EXAMPLE, ASKED)
    assert not again.changed
    assert again.changes == {"add": 0, "change": 0, "destroy": 0, "import": 0}
    assert again.smtp == first.smtp
    assert len(world.aws.keys("example.com")) == 1
    assert world.terraform.applied == 1


def test_what_was_asked_is_kept_by_a_run_without_the_option(world: World) -> None:
    new_domain(world.edges, EXAMPLE, asked(dmarc=DmarcPolicy.REJECT, customer="Ada", mail_from="mail"))
    again = new_domain(world.edges, EXAMPLE, ASKED)
    assert not again.changed
    assert again.spec.dmarc is DmarcPolicy.REJECT
    assert again.spec.tags["Customer"] == "Ada"
    assert again.spec.mail_from == "mail.example.com"


def test_no_region_anywhere_is_bad_input(world: World) -> None:
    with pytest.raises(InputError, match="no AWS region"):
        new_domain(world.edges, EXAMPLE, Asked())


def test_another_region_than_the_remembered_one_is_refused(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    with pytest.raises(Refused, match="provisioned in us-east-1, not in eu-west-1"):
        new_domain(world.edges, EXAMPLE, Asked(region=Region.parse("eu-west-1")))


def test_the_region_of_the_environment_does_not_move_a_remembered_domain(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    again = new_domain(world.edges, EXAMPLE, Asked(default_region=Region.parse("eu-west-1")))
    assert again.spec.region.name == "us-east-1"
    assert not again.changed


def test_tokens_that_ses_changes_while_terraform_works_are_published_in_the_same_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    apply = world.terraform.apply

    def changing(root: Path, plan: Plan, on_event: Callable[[Event], None]) -> None:
        apply(root, plan, on_event)
        now = world.aws.identities["example.com"]
        world.aws.identities["example.com"] = replace(now, dkim_tokens=("x" * 32, "y" * 32, "z" * 32))

    monkeypatch.setattr(world.terraform, "apply", changing)
    new_domain(world.edges, EXAMPLE, replace(ASKED, mail_from="mail"))
    assert world.progress.steps[-1] == "example.com: planning"
    assert "correcting the records" in world.progress.steps[-2]


def test_the_dkim_suffix_that_ses_reports_wins_over_the_documented_one(world: World) -> None:
    world.aws.signs_under = "dkim.cell7.amazonses.com"
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert world.terraform.applied == 2
    suffixes = {record.values[0].partition(".")[2] for record in report.records if record.type == "CNAME"}
    assert suffixes == {"dkim.cell7.amazonses.com"}
    assert not new_domain(world.edges, EXAMPLE, ASKED).changed


def test_a_key_without_a_secret_is_neither_doubled_nor_hidden(world: World) -> None:
    world.aws.has_key("example.com", "AKIAOLD")
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert report.smtp.credential is None
    assert report.smtp.lost == ("AKIAOLD",)
    assert [key.id for key in world.aws.keys("example.com")] == ["AKIAOLD"]
    assert any("AKIAOLD" in step and "delete-access-key" in step for step in report.next_steps)


def test_no_key_is_made_when_the_store_cannot_take_it(world: World) -> None:
    world.store.is_not_writable()
    with pytest.raises(ProvisionerError, match="read-only"):
        new_domain(world.edges, EXAMPLE, ASKED)
    assert world.aws.keys("example.com") == []


def test_a_key_that_could_not_be_stored_is_deleted_again(world: World) -> None:
    world.store.breaks_on_save()
    with pytest.raises(ProvisionerError, match="no space"):
        new_domain(world.edges, EXAMPLE, ASKED)
    assert world.aws.keys("example.com") == []


def test_a_failed_apply_keeps_what_was_asked_and_the_next_run_completes_it(world: World) -> None:
    world.terraform.will_fail(ProvisionerError("apply_failed", "aws_iam_user.this: denied"))
    with pytest.raises(ProvisionerError, match="denied"):
        new_domain(world.edges, EXAMPLE, asked(customer="Ada"))
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert report.spec.tags["Customer"] == "Ada"
    assert report.smtp.credential is not None


def test_a_plan_changes_nothing_and_remembers_nothing(world: World) -> None:
    planned = plan_domain(world.edges, EXAMPLE, asked(customer="Ada"))
    assert planned.plan.counts["add"] == 13
    assert world.terraform.applied == 0
    assert world.workspaces.peek(EXAMPLE) is None
    assert world.aws.keys("example.com") == []


def test_a_plan_of_a_provisioned_domain_is_empty(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    assert plan_domain(world.edges, EXAMPLE, ASKED).plan.empty


def test_what_an_apply_meets_unexpectedly_is_taken_in_and_the_rest_made(world: World) -> None:
    made_meanwhile = Unrecorded("apply_failed", "apply failed at the configuration set: it exists")
    world.terraform.will_fail(made_meanwhile, meanwhile=lambda: world.aws.set_tags.update({"example-com": TAGS}))
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert report.changes["add"] == 13
    assert world.terraform.applied == 1
    assert not new_domain(world.edges, EXAMPLE, ASKED).changed


def test_what_an_apply_meets_and_is_not_ours_is_refused(world: World) -> None:
    made_meanwhile = Unrecorded("apply_failed", "apply failed at the configuration set: it exists")
    world.terraform.will_fail(made_meanwhile, meanwhile=lambda: world.aws.set_tags.update({"example-com": {}}))
    with pytest.raises(Refused, match="configuration set example-com"):
        new_domain(world.edges, EXAMPLE, ASKED)


def tags_of(report: DomainReport) -> dict[str, str]:
    return {key: value for key, value in report.spec.tags.items() if key not in OURS}


def test_tags_are_kept_until_they_are_changed_or_taken_away(world: World) -> None:
    def run(put: tuple[str, ...] = (), drop: tuple[str, ...] = ()) -> dict[str, str]:
        return tags_of(new_domain(world.edges, EXAMPLE, replace(ASKED, tags=TagChange.parse(put, drop))))

    assert run(("Team=web", "CostCenter=0042")) == {"Team": "web", "CostCenter": "0042"}
    assert run() == {"Team": "web", "CostCenter": "0042"}
    assert run(("Team=",), ("costcenter",)) == {"Team": ""}
    assert run(drop=("Team",)) == {}
    assert run() == {}


def test_all_tags_at_once_take_the_place_of_those_before(world: World) -> None:
    def run(tags: Tags | None) -> dict[str, str]:
        return tags_of(new_domain(world.edges, EXAMPLE, replace(ASKED, tags=tags)))

    assert run(Tags.parse([("Team", "web")])) == {"Team": "web"}
    assert run(Tags.parse([("Other", "x")])) == run(None) == {"Other": "x"}
    assert run(Tags()) == run(None) == {}


def test_more_tags_than_the_zone_can_hold_are_refused_before_anything_is_made(world: World) -> None:
    tags = Tags.parse((f"Key{number}", "x") for number in range(9))
    with pytest.raises(InputError, match="hosted zone would carry 11 tags"):
        new_domain(world.edges, EXAMPLE, replace(ASKED, tags=tags))
    assert world.terraform.applied == 0
    world.aws.has_zone("example.com")
    assert len(tags_of(new_domain(world.edges, EXAMPLE, replace(ASKED, tags=tags)))) == 9


def test_a_plan_says_that_a_key_would_be_made(world: World) -> None:
    assert plan_domain(world.edges, EXAMPLE, ASKED).new_keys == ("example.com",)
    new_domain(world.edges, EXAMPLE, ASKED)
    assert plan_domain(world.edges, EXAMPLE, ASKED).empty
    world.aws.access_keys.clear()
    planned = plan_domain(world.edges, EXAMPLE, ASKED)
    assert (planned.empty, planned.plan.empty, planned.new_keys) == (False, True, ("example.com",))
    assert planned.to_document()["changed"] is True
    assert world.aws.keys("example.com") == []
    new_domain(world.edges, EXAMPLE, ASKED)
    assert plan_domain(world.edges, EXAMPLE, ASKED).empty


def test_a_key_whose_secret_is_lost_or_that_is_off_is_said_by_a_plan_as_by_the_run(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    (key,) = world.aws.access_keys["example.com"]
    world.aws.access_keys["example.com"] = [replace(key, active=False)]
    assert any("switched off" in step for step in plan_domain(world.edges, EXAMPLE, ASKED).report.next_steps)
    world.store.kept.clear()
    planned = plan_domain(world.edges, EXAMPLE, ASKED)
    assert (planned.empty, planned.report.smtp.lost) == (True, (key.id,))


def test_signing_that_was_switched_off_is_planned_and_switched_on_again(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.switches_signing_off("example.com")
    planned = plan_domain(world.edges, EXAMPLE, ASKED)
    assert (planned.empty, planned.report.repairs, world.aws.repaired) == (False, (Repair.SIGN,), [])
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert (report.changed, report.repairs, world.aws.repaired) == (True, (Repair.SIGN,), ["sign"])
    assert report.identity is not None
    assert report.identity.signing_enabled
    assert not new_domain(world.edges, EXAMPLE, ASKED).changed


def test_records_that_ses_looks_for_no_more_are_looked_for_again(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.gives_up("example.com")
    planned = plan_domain(world.edges, EXAMPLE, ASKED)
    assert planned.report.repairs == (Repair.LOOK_FOR_DKIM, Repair.LOOK_FOR_MAIL_FROM)
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert world.aws.repaired == ["dkim", "mail_from"]
    assert report.identity is not None
    assert (report.identity.dkim_status, report.identity.mail_from_status) == ("PENDING", "PENDING")
    assert any("--wait 1h" in step for step in report.next_steps)


def test_a_repair_that_aws_refuses_fails_and_the_same_command_goes_on(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.gives_up("example.com")
    sought, world.aws.look_for_dkim = world.aws.look_for_dkim, refuse  # type: ignore[method-assign]  # one fault
    with pytest.raises(ProvisionerError, match="not now"):
        new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.look_for_dkim = sought  # type: ignore[method-assign]  # and it is over
    assert new_domain(world.edges, EXAMPLE, ASKED).changed


def refuse(*_given: object) -> None:
    raise ProvisionerError("aws_error", "not now")


def test_a_name_that_idna_2008_does_not_allow_is_taken_with_a_warning_the_first_time(world: World) -> None:
    pizza = DomainName.parse("xn--vi8h.ws")
    new_domain(world.edges, pizza, Asked(region=Region.parse("us-east-1")))
    assert [w for w in world.progress.warnings if "IDNA 2008 allows no U+1F355 SLICE OF PIZZA" in w]
    world.progress.warnings.clear()
    new_domain(world.edges, pizza, Asked())
    assert not any("IDNA" in warning for warning in world.progress.warnings)


def test_a_repair_that_changes_nothing_is_said_with_the_way_that_is_left(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.gives_up("example.com")
    world.aws.look_for_dkim = lambda *_given: None  # type: ignore[method-assign]  # SES takes it and does nothing
    new_domain(world.edges, EXAMPLE, ASKED)
    (warning,) = [text for text in world.progress.warnings if "has not changed its mind" in text]
    assert "delete the SES identity example.com" in warning
