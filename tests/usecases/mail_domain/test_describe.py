from collections.abc import Callable
from dataclasses import replace

import pytest
from fakes.aws import identity
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import ZoneMode
from provisioner.core.credentials.holdings import Holding
from provisioner.core.mail_domain.report import DomainReport
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.keys import held_credentials
from provisioner.usecases.mail_domain.describe import describe, describe_again
from provisioner.usecases.mail_domain.new_domain import Planned, new_domain, plan_domain
from provisioner.usecases.mail_domain.survey import survey

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))


def asked(**given: object) -> Asked:
    return replace(ASKED, **given)  # type: ignore[arg-type]  # the names are Asked's fields


def test_an_external_zone_gets_no_records_but_says_which_to_publish(world: World) -> None:
    report = new_domain(world.edges, EXAMPLE, asked(zone=ZoneMode.EXTERNAL))
    assert report.zone.mode == "external"
    assert len(report.records) == 7
    assert any("dns zonefile example.com" in step for step in report.next_steps)


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


def test_a_zone_of_a_subdomain_is_delegated_by_the_zone_above_it(world: World) -> None:
    world.aws.has_zone("example.com")
    report = new_domain(world.edges, DomainName.parse("blog.example.com"), asked(zone=ZoneMode.CREATE))
    step = "add an NS record set for blog.example.com to the zone above it, with these values: ns-1.z2.net ns-2.z2.org"
    assert step in report.next_steps


def test_a_settled_domain_is_not_watched_any_more(world: World) -> None:
    report = new_domain(world.edges, EXAMPLE, ASKED)
    assert any("--wait 1h" in step for step in report.next_steps)
    world.resolver.answers("example.com", "NS", *report.zone.name_servers)
    later = describe_again(world.edges, report, identity("example.com", "SUCCESS"))
    assert (later.zone.delegated, later.is_settled, later.next_steps) == (True, True, ())


def test_a_run_that_only_imports_has_not_changed_the_domain(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    kept = world.workspaces.spaces["example.com"].kept
    assert kept is not None
    seen = survey(world.edges, EXAMPLE, kept.request, kept.decisions, None)
    held = held_credentials(world.edges, seen.spec)
    assert not describe(world.edges, seen, held, {"add": 0, "change": 0, "destroy": 0, "import": 3}).changed
    assert describe(world.edges, seen, held, {"add": 0, "change": 1, "destroy": 0, "import": 3}).changed


def test_only_what_is_to_be_added_is_counted_and_what_is_to_be_replaced_is_said(world: World) -> None:
    world.resolver.answers("example.com", "NS", "ns1.host.example").answers("example.com", "TXT", "v=spf1 mx -all")
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject")
    world.resolver.answers("amazonses.com", "TXT", "v=spf1 ip4:199.255.192.0/22 -all")
    report = new_domain(world.edges, EXAMPLE, asked(zone=ZoneMode.EXTERNAL))
    assert report.next_steps[0].startswith("publish the 5 records")
    assert "never add a second one" in report.next_steps[1]
    records = {(r["name"], r["type"]): r for r in report.to_document(with_secret=False)["records"]}
    spf = records["example.com", "TXT"]
    assert (spf["action"], spf["replaces"]) == ("replace", ["v=spf1 mx -all"])
    assert spf["values"] == ["v=spf1 mx include:amazonses.com -all"]
    assert records["_dmarc.example.com", "TXT"]["action"] == "keep"


@pytest.mark.parametrize("do", [new_domain, plan_domain])
def test_what_a_user_may_do_besides_and_a_key_too_many_are_told(
    world: World, do: Callable[[Edges, DomainName, Asked], DomainReport | Planned]
) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.has_given("example.com", Holding.INLINE_POLICY, "all").has_key("example.com", "AKIASECOND")
    done = do(world.edges, EXAMPLE, ASKED)
    steps = " ".join((done if isinstance(done, DomainReport) else done.report).next_steps)
    assert "IAM user example.com: it also has the inline policy all" in steps
    assert "`aws iam delete-user-policy --user-name example.com --policy-name all`" in steps
    assert "`aws iam delete-access-key --user-name example.com --access-key-id AKIASECOND`" in steps


def test_a_user_that_is_new_is_not_looked_at(world: World) -> None:
    world.aws.does_not_allow(Holding.GROUP)
    assert world.aws.looked == []
    new_domain(world.edges, EXAMPLE, ASKED)
    assert world.aws.looked == []


def test_a_mail_from_host_of_others_elsewhere_is_said(world: World) -> None:
    world.resolver.answers("example.com", "NS", "ns1.host.example").answers("bounce.example.com", "MX", "10 mx.other")
    steps = new_domain(world.edges, EXAMPLE, asked(zone=ZoneMode.EXTERNAL)).next_steps
    assert "bounce.example.com holds records of others" in steps[1]
    assert "--mail-from" in steps[1]
