from collections.abc import Sequence
from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.request import Dmarc, Request, Spf, ZoneMode
from provisioner.core.mail_domain.records import Action, Purpose, Record
from provisioner.core.spf.merge import Part
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.usecases.mail_domain.survey import Survey, survey

EXT = DomainName.parse("ext.com")
REQUEST = Request(Region.parse("us-east-1"), zone=ZoneMode.EXTERNAL)
OURS = "v=spf1 include:amazonses.com ~all"
GOOGLE = "v=spf1 include:_spf.google.com -all"
REJECT = "v=DMARC1; p=reject; rua=mailto:d@ext.com"
FEEDBACK = "10 feedback-smtp.us-east-1.amazonses.com"


@pytest.fixture
def hosted(world: World) -> World:
    """The zone of ext.com at another DNS host."""
    world.resolver.answers("ext.com", "NS", "ns1.host.example", "ns2.host.example")
    world.resolver.answers("amazonses.com", "TXT", "v=spf1 ip4:199.255.192.0/22 -all")
    world.resolver.answers("_spf.google.com", "TXT", "v=spf1 ip4:192.0.2.0/24 -all")
    return world


def seen(world: World, request: Request = REQUEST, before: Survey | None = None) -> Survey:
    return survey(world.edges, EXT, request, before.decisions if before else None, None)


def done(records: Sequence[Record], purpose: Purpose) -> list[tuple[str, Action, tuple[str, ...], tuple[str, ...]]]:
    found = [(r, r.publishing) for r in records if r.purpose is purpose]
    return [(r.type, how.action, r.values, how.replaces) for r, how in found if how]


def notes(found: Survey) -> str:
    assert found.elsewhere is not None
    return " / ".join(found.elsewhere.notes)


def test_where_nothing_stands_everything_is_to_be_added(hosted: World) -> None:
    found = seen(hosted)
    assert {r.publishing.action for r in found.records if r.publishing} == {Action.ADD}
    assert done(found.records, Purpose.SPF) == [("TXT", Action.ADD, (OURS,), ())]
    assert done(found.records, Purpose.DMARC) == [("TXT", Action.ADD, ("v=DMARC1; p=none",), ())]
    assert (found.decisions.spf_part, found.decisions.dmarc_theirs, notes(found)) == (Part.SET, False, "")


def test_an_spf_record_that_stands_there_is_replaced_by_the_merged_one(hosted: World) -> None:
    hosted.resolver.answers("ext.com", "TXT", "site-verification=1", GOOGLE)
    found = seen(hosted)
    merged = "v=spf1 include:_spf.google.com include:amazonses.com -all"
    assert done(found.records, Purpose.SPF) == [("TXT", Action.REPLACE, (merged,), (GOOGLE,))]
    assert found.decisions.spf_part is Part.TERM
    assert "never add a second one" in notes(found)


def test_what_the_host_has_replaced_is_kept_from_then_on(hosted: World) -> None:
    hosted.resolver.answers("ext.com", "TXT", GOOGLE)
    first = seen(hosted)
    [(_, _, merged, _)] = done(first.records, Purpose.SPF)
    hosted.resolver.answers("ext.com", "TXT", *merged)
    later = seen(hosted, before=first)
    assert done(later.records, Purpose.SPF) == [("TXT", Action.KEEP, merged, ())]
    assert later.decisions == first.decisions


def test_an_include_of_the_owner_s_own_is_not_ours(hosted: World) -> None:
    hosted.resolver.answers("ext.com", "TXT", OURS)
    found = seen(hosted)
    assert (done(found.records, Purpose.SPF), found.decisions.spf_part) == (
        [("TXT", Action.KEEP, (OURS,), ())],
        Part.NOTHING,
    )


def test_our_own_records_once_published_stay_ours(hosted: World) -> None:
    first = seen(hosted)
    for record in first.records:
        hosted.resolver.answers(record.name, record.type, *record.values)
    later = seen(hosted, before=first)
    assert {r.publishing.action for r in later.records if r.publishing} == {Action.KEEP}
    assert later.decisions == first.decisions


def test_an_spf_record_that_came_later_is_never_given_a_second_one(hosted: World) -> None:
    first = seen(hosted)
    hosted.resolver.answers("ext.com", "TXT", GOOGLE)
    later = seen(hosted, before=first)
    assert [how for _, how, _, _ in done(later.records, Purpose.SPF)] == [Action.REPLACE]
    assert later.decisions == first.decisions


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ((GOOGLE, "v=spf1 mx -all"), "2 SPF records"),
        (("v=spf1 ip5:1.2.3.4 -all",), "not valid"),
        (("v=spf1 -include:amazonses.com -all",), "does not pass"),
        (("v=spf1mx",), "receivers do not read it"),
        (("v=spf1 " + " ".join(f"include:s{n}.example" for n in range(10)),), "receivers would give up"),
    ],
)
def test_spf_that_nothing_can_be_merged_with_is_left_out_and_said(
    hosted: World, texts: tuple[str, ...], said: str
) -> None:
    hosted.resolver.answers("ext.com", "TXT", *texts)
    found = seen(hosted)
    assert (done(found.records, Purpose.SPF), found.decisions.spf_part) == ([], None)
    assert said in notes(found)
    assert "SPF is left out" in notes(found)


def test_a_dmarc_record_that_stands_there_is_left_alone(hosted: World) -> None:
    hosted.resolver.answers("_dmarc.ext.com", "TXT", REJECT)
    found = seen(hosted)
    assert done(found.records, Purpose.DMARC) == [("TXT", Action.KEEP, (REJECT,), ())]
    assert (found.decisions.dmarc_theirs, found.spec.dmarc) == (True, None)


@pytest.mark.parametrize(
    ("rtype", "value"), [("CNAME", "ext.com.dmarc.service.example"), ("NS", "ns.dmarc.service.example")]
)
def test_a_dmarc_name_that_leads_elsewhere_is_left_alone(hosted: World, rtype: str, value: str) -> None:
    hosted.resolver.answers("_dmarc.ext.com", rtype, value).answers("_dmarc.ext.com", "TXT", REJECT)
    found = seen(hosted)
    assert done(found.records, Purpose.DMARC) == [(rtype, Action.KEEP, (value,), ())]
    assert found.decisions.dmarc_theirs is True
    asked = seen(hosted, replace(REQUEST, dmarc=Dmarc.REJECT, dmarc_rua=EmailAddress.parse("a@ext.com")))
    assert done(asked.records, Purpose.DMARC) == [(rtype, Action.KEEP, (value,), ())]
    assert "set it where that leads" in notes(asked)


def test_a_dmarc_record_that_came_later_is_left_alone_too(hosted: World) -> None:
    first = seen(hosted)
    hosted.resolver.answers("_dmarc.ext.com", "TXT", REJECT)
    later = seen(hosted, before=first)
    assert done(later.records, Purpose.DMARC) == [("TXT", Action.KEEP, (REJECT,), ())]
    assert later.decisions == first.decisions


def test_a_policy_that_is_asked_for_replaces_only_the_policy(hosted: World) -> None:
    hosted.resolver.answers("_dmarc.ext.com", "TXT", "v=DMARC1; p=none; rua=mailto:d@ext.com")
    found = seen(hosted, replace(REQUEST, dmarc=Dmarc.QUARANTINE))
    new = "v=DMARC1; p=quarantine; rua=mailto:d@ext.com"
    old = "v=DMARC1; p=none; rua=mailto:d@ext.com"
    assert done(found.records, Purpose.DMARC) == [("TXT", Action.REPLACE, (new,), (old,))]


def test_an_address_for_reports_does_not_lower_the_policy_that_is_there(hosted: World) -> None:
    hosted.resolver.answers("_dmarc.ext.com", "TXT", "v=DMARC1; p=reject")
    found = seen(hosted, replace(REQUEST, dmarc_rua=EmailAddress.parse("new@ext.com")))
    new = "v=DMARC1; p=reject; rua=mailto:new@ext.com"
    assert done(found.records, Purpose.DMARC) == [("TXT", Action.REPLACE, (new,), ("v=DMARC1; p=reject",))]


@pytest.mark.parametrize(
    "there",
    [
        ("v=DMARC1; p=none, rua=mailto:a@ext.com mailto:b@ext.com",),
        ("v=DMARC1; p=quarantine; rua=mailto:a@ext.com", "v=DMARC1; p=none; rua=mailto:b@ext.com"),
    ],
)
def test_what_replaces_a_dmarc_record_loses_none_of_its_report_addresses(hosted: World, there: tuple[str, ...]) -> None:
    hosted.resolver.answers("_dmarc.ext.com", "TXT", *there)
    found = seen(hosted, replace(REQUEST, dmarc=Dmarc.QUARANTINE))
    new = "v=DMARC1; p=quarantine; rua=mailto:a@ext.com,mailto:b@ext.com"
    assert done(found.records, Purpose.DMARC) == [("TXT", Action.REPLACE, (new,), there)]


def test_two_dmarc_records_are_said_and_none_is_added(hosted: World) -> None:
    hosted.resolver.answers("_dmarc.ext.com", "TXT", REJECT, "v=DMARC1; p=none")
    found = seen(hosted)
    assert [how for _, how, _, _ in done(found.records, Purpose.DMARC)] == [Action.KEEP]
    assert "2 DMARC records stand at _dmarc.ext.com" in notes(found)


@pytest.mark.parametrize(("name", "rtype"), [("ext.com", "NS"), ("ext.com", "TXT"), ("_dmarc.ext.com", "TXT")])
def test_silence_of_dns_is_said_and_is_not_absence(hosted: World, name: str, rtype: str) -> None:
    hosted.resolver.times_out(name, rtype)
    found = seen(hosted)
    if rtype == "NS" or name == "ext.com":
        assert done(found.records, Purpose.SPF) == []
        assert "SPF is left out: DNS did not say" in notes(found)
    if rtype == "NS" or name == "_dmarc.ext.com":
        assert done(found.records, Purpose.DMARC) == []
        assert "DMARC is left out: DNS did not say" in notes(found)


def test_silence_of_dns_changes_nothing_that_was_decided(hosted: World) -> None:
    hosted.resolver.answers("ext.com", "TXT", GOOGLE).answers("_dmarc.ext.com", "TXT", REJECT)
    first = seen(hosted)
    hosted.resolver.times_out("ext.com", "NS")
    assert seen(hosted, before=first).decisions == first.decisions


def test_a_server_that_is_silent_is_not_waited_for_again(hosted: World) -> None:
    hosted.authority.times_out("ns2.host.example", "ext.com", "SOA")
    hosted.authority.asked.clear()
    seen(hosted)
    assert [name for server, name, _ in hosted.authority.asked if server == "ns2.host.example"] == ["ext.com"]


def test_what_one_of_the_servers_has_is_there(hosted: World) -> None:
    hosted.authority.answers("ns2.host.example", "_dmarc.ext.com", "TXT", REJECT)
    assert seen(hosted).decisions.dmarc_theirs is True


def test_what_only_a_wildcard_answers_is_in_nobody_s_way(hosted: World) -> None:
    for name in ("bounce", "_dmarc", "provisioner-asks-for-wildcards"):
        hosted.resolver.answers(f"{name}.ext.com", "MX", "10 mx.ext.com").answers(f"{name}.ext.com", "TXT", "hello")
    assert {r.publishing.action for r in seen(hosted).records if r.publishing} == {Action.ADD}


def test_a_mail_from_host_that_is_in_use_is_to_be_replaced_not_joined(hosted: World) -> None:
    hosted.resolver.answers("bounce.ext.com", "MX", "10 mx.other.example")
    found = seen(hosted)
    assert done(found.records, Purpose.MAIL_FROM_MX) == [("MX", Action.REPLACE, (FEEDBACK,), ("10 mx.other.example",))]


def test_no_spf_record_is_put_over_mail_of_others(hosted: World) -> None:
    hosted.resolver.answers("ext.com", "MX", "1 aspmx.l.google.com")
    found = seen(hosted)
    assert (done(found.records, Purpose.SPF), found.decisions.spf_part) == ([], Part.NOTHING)
    assert "1 aspmx.l.google.com" in notes(found)
    wanted = seen(hosted, replace(REQUEST, spf=Spf.PUBLISH), before=found)
    assert done(wanted.records, Purpose.SPF) == [("TXT", Action.ADD, (OURS,), ())]
    assert seen(hosted, replace(REQUEST, spf=Spf.SKIP)).records[0].purpose is not Purpose.SPF


def test_where_nothing_was_ours_their_later_record_is_not_our_business_either(hosted: World) -> None:
    hosted.resolver.answers("ext.com", "MX", "1 aspmx.l.google.com")
    first = seen(hosted)
    hosted.resolver.answers("ext.com", "TXT", GOOGLE)
    later = seen(hosted, before=first)
    assert (done(later.records, Purpose.SPF), later.decisions) == ([], first.decisions)
    asked = seen(hosted, replace(REQUEST, spf=Spf.PUBLISH), before=first)
    assert [how for _, how, _, _ in done(asked.records, Purpose.SPF)] == [Action.REPLACE]


@pytest.mark.parametrize("mx", ["0 ", "10 inbound-smtp.us-east-1.amazonaws.com"])
def test_a_domain_without_mail_or_with_mail_at_ses_gets_its_spf_record(hosted: World, mx: str) -> None:
    hosted.resolver.answers("ext.com", "MX", mx)
    assert done(seen(hosted).records, Purpose.SPF) == [("TXT", Action.ADD, (OURS,), ())]


def test_dmarc_that_is_to_be_skipped_is_nobody_s_business_here(hosted: World) -> None:
    hosted.resolver.answers("_dmarc.ext.com", "TXT", REJECT)
    found = seen(hosted, replace(REQUEST, dmarc=Dmarc.SKIP))
    assert (done(found.records, Purpose.DMARC), found.decisions.dmarc_theirs, notes(found)) == ([], None, "")


def test_a_domain_whose_dns_changes_elsewhere_has_not_drifted(hosted: World) -> None:
    first = seen(hosted)
    hosted.resolver.answers("ext.com", "TXT", GOOGLE).answers("ext.com", "MX", "1 aspmx.l.google.com")
    hosted.resolver.answers("_dmarc.ext.com", "CNAME", "ext.com.dmarc.example")
    assert seen(hosted, before=first).spec == first.spec


def test_a_dmarc_record_of_theirs_that_is_gone_makes_room_for_one(hosted: World) -> None:
    hosted.resolver.answers("_dmarc.ext.com", "TXT", REJECT)
    first = seen(hosted)
    hosted.resolver.answers("_dmarc.ext.com", "TXT", "something else")
    assert done(seen(hosted, before=first).records, Purpose.DMARC) == [("TXT", Action.ADD, ("v=DMARC1; p=none",), ())]
