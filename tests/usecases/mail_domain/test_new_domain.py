from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.aws import identity
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import DmarcPolicy, ZoneMode
from provisioner.core.asked.tags import OURS, TagChange, Tags
from provisioner.core.mail_domain.records import Record
from provisioner.core.mail_domain.report import DomainReport
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, ProvisionerError, Refused, Unrecorded
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain, wait_for_verification

EXAMPLE = DomainName.parse("example.com")
BLOG = DomainName.parse("blog.example.com")
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


def test_auto_adopts_the_zone_of_exactly_this_name(world: World) -> None:
    world.aws.has_zone("example.com").has_zone("blog.example.com")
    assert new_domain(world.edges, BLOG, ASKED).zone.name == "blog.example.com"


def test_auto_adopts_the_nearest_parent_zone(world: World) -> None:
    world.aws.has_zone("example.com")
    report = new_domain(world.edges, BLOG, ASKED)
    assert (report.zone.mode, report.zone.name, report.zone.id) == ("adopted", "example.com", "Z1")


def test_create_refuses_a_second_zone_of_the_same_name(world: World) -> None:
    world.aws.has_zone("example.com")
    with pytest.raises(Refused, match="Z1 of this name exists"):
        new_domain(world.edges, EXAMPLE, asked(zone=ZoneMode.CREATE))
    assert world.terraform.applied == 0


def test_adopt_without_any_zone_is_bad_input(world: World) -> None:
    with pytest.raises(InputError, match="no public hosted zone"):
        new_domain(world.edges, EXAMPLE, asked(zone=ZoneMode.ADOPT))


def test_two_zones_of_one_name_are_refused_and_named(world: World) -> None:
    world.aws.has_zone("example.com").has_zone("example.com")
    with pytest.raises(Refused, match="Z1, Z2"):
        new_domain(world.edges, EXAMPLE, ASKED)


def test_an_external_zone_gets_no_records_but_says_which_to_publish(world: World) -> None:
    report = new_domain(world.edges, EXAMPLE, asked(zone=ZoneMode.EXTERNAL))
    assert report.zone.mode == "external"
    assert len(report.records) == 7
    assert any("dns zonefile example.com" in step for step in report.next_steps)


def test_a_remembered_zone_does_not_change_its_mode(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    with pytest.raises(Refused, match="--zone external would replace"):
        new_domain(world.edges, EXAMPLE, asked(zone=ZoneMode.EXTERNAL))


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


def test_the_dkim_suffix_that_ses_reports_wins_over_the_documented_one(world: World) -> None:
    world.aws.signs_under = "dkim.cell7.amazonses.com"
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert world.terraform.applied == 2
    suffixes = {record.values[0].partition(".")[2] for record in report.records if record.type == "CNAME"}
    assert suffixes == {"dkim.cell7.amazonses.com"}
    assert not new_domain(world.edges, EXAMPLE, ASKED).changed


def test_a_subdomain_inherits_the_dmarc_record_above_it(world: World) -> None:
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject")
    report = new_domain(world.edges, BLOG, ASKED)
    assert not any(record.name.startswith("_dmarc.") for record in report.records)


def test_a_subdomain_without_a_dmarc_record_above_gets_its_own(world: World) -> None:
    report = new_domain(world.edges, BLOG, ASKED)
    assert any(record.name == "_dmarc.blog.example.com" for record in report.records)


def test_a_dmarc_record_that_appears_above_later_does_not_take_ours_away(world: World) -> None:
    new_domain(world.edges, BLOG, ASKED)
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject")
    assert not new_domain(world.edges, BLOG, ASKED).changed


def test_an_asked_policy_is_published_whatever_is_above(world: World) -> None:
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=none")
    report = new_domain(world.edges, BLOG, asked(dmarc=DmarcPolicy.QUARANTINE))
    assert [r.values for r in report.records if r.name.startswith("_dmarc.")] == [("v=DMARC1; p=quarantine",)]


def test_a_report_address_alone_does_not_weaken_an_inherited_policy(world: World) -> None:
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject")
    with pytest.raises(InputError, match="the policy is inherited"):
        new_domain(world.edges, BLOG, asked(dmarc_rua=EmailAddress.parse("d@example.com")))


def test_no_dmarc_record_is_guessed_while_dns_is_silent(world: World) -> None:
    world.resolver.times_out("_dmarc.example.com", "TXT")
    report = new_domain(world.edges, BLOG, ASKED)
    assert not any(record.name.startswith("_dmarc.") for record in report.records)
    assert any("DNS did not say" in warning for warning in world.progress.warnings)


def test_dns_that_speaks_again_lets_the_next_run_publish_dmarc(world: World) -> None:
    world.resolver.times_out("_dmarc.example.com", "TXT")
    new_domain(world.edges, BLOG, ASKED)
    world.resolver.answers("_dmarc.example.com", "TXT", "unrelated")
    report = new_domain(world.edges, BLOG, ASKED)
    assert any(record.name == "_dmarc.blog.example.com" for record in report.records)


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
    assert planned.plan.counts["add"] == 12
    assert world.terraform.applied == 0
    assert world.workspaces.peek(EXAMPLE) is None
    assert world.aws.keys("example.com") == []


def test_a_plan_of_a_provisioned_domain_is_empty(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    assert plan_domain(world.edges, EXAMPLE, ASKED).plan.empty


def test_every_plan_file_is_discarded(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    plan_domain(world.edges, EXAMPLE, ASKED)
    assert world.terraform.discarded == 2


def test_waiting_ends_when_ses_has_verified_everything(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    pending = identity("example.com")
    world.aws.will_answer(pending, pending, pending, identity("example.com", "SUCCESS"))
    assert wait_for_verification(world.edges, new_domain(world.edges, EXAMPLE, ASKED), timedelta(minutes=10)).is_settled
    assert 0 < world.clock.seconds < 10


def test_waiting_ends_when_the_time_is_up(world: World) -> None:
    report = wait_for_verification(world.edges, new_domain(world.edges, EXAMPLE, ASKED), timedelta(minutes=10))
    assert not report.is_settled
    assert world.clock.seconds == pytest.approx(600)


def test_a_delegation_that_is_missing_is_said_with_the_name_servers(world: World) -> None:
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert report.zone.delegated is False
    assert any("ns-1.z1.net ns-2.z1.org" in step and "registrar" in step for step in report.next_steps)


def test_a_delegated_zone_needs_no_step(world: World) -> None:
    world.resolver.answers("example.com", "NS", "ns-2.z1.org", "ns-1.z1.net")
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert report.zone.delegated is True
    assert not any("registrar" in step for step in report.next_steps)


def test_silent_dns_leaves_the_delegation_unknown(world: World) -> None:
    world.resolver.times_out("example.com", "NS")
    assert new_domain(world.edges, EXAMPLE, ASKED).zone.delegated is None


def test_reports_to_another_organization_need_its_consent(world: World) -> None:
    report = new_domain(world.edges, EXAMPLE, asked(dmarc_rua=EmailAddress.parse("d@reports.example.net")))
    assert any("example.com._report._dmarc.reports.example.net" in step for step in report.next_steps)


def test_what_an_apply_meets_unexpectedly_is_taken_in_and_the_rest_made(world: World) -> None:
    made_meanwhile = Unrecorded("apply_failed", "apply failed at the configuration set: it exists")
    world.terraform.will_fail(made_meanwhile, meanwhile=lambda: world.aws.set_tags.update({"example-com": TAGS}))
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert report.changes["add"] == 12
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
