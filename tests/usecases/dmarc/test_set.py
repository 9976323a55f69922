from collections.abc import Callable

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import DmarcPolicy, ZoneMode
from provisioner.core.dmarc.change import Wanted
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, Refused
from provisioner.usecases.dmarc.preview import Preview
from provisioner.usecases.dmarc.set import carry_out, preview_set, preview_tidy
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
NAME = "_dmarc.example.com"
REGION = Region.parse("us-east-1")
QUARANTINE, REJECT = DmarcPolicy.QUARANTINE, DmarcPolicy.REJECT
REPORTS = Wanted(rua=EmailAddress.parse("d@example.com"))
THEIRS = "v=DMARC1; p=none; adkim=s; pct=50"


def theirs(world: World, *texts: str) -> World:
    raw = tuple(f'"{text[:5]}" "{text[5:]}"' for text in texts)
    world.aws.has_zone("example.com", Record(NAME, "TXT", 3600, texts, raw))
    new_domain(world.edges, EXAMPLE, Asked(region=REGION, zone=ZoneMode.ADOPT))
    return world


def ours(world: World, zone: ZoneMode = ZoneMode.CREATE) -> World:
    new_domain(world.edges, EXAMPLE, Asked(region=REGION, zone=zone))
    return world


def wished(world: World, rua: str | None = None, sp: DmarcPolicy | None = None) -> Preview:
    return preview_set(world.edges, EXAMPLE, Wanted(QUARANTINE, EmailAddress.parse(rua) if rua else None, sp))


def live(world: World) -> Record:
    return next(r for sets in world.aws.sets.values() for r in sets if (r.name, r.type) == (NAME, "TXT"))


def test_a_record_of_ours_is_changed_through_terraform_and_remembered(world: World) -> None:
    change = wished(ours(world), "dmarc@example.com")
    assert change.to_document(applied=True) == {
        "domain": "example.com",
        "name": NAME,
        "owner": "ours",
        "elsewhere": None,
        "changed": True,
        "applied": True,
        "before": ["v=DMARC1; p=none"],
        "after": ["v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"],
        "carried": [],
        "dropped": [],
        "notes": [],
    }
    carry_out(world.edges, change)
    assert live(world).values == change.after
    kept = world.workspaces.spaces["example.com"].kept
    assert kept is not None
    assert (kept.request.dmarc, str(kept.request.dmarc_rua)) == (QUARANTINE, "dmarc@example.com")
    assert not wished(world).changed


def test_a_preview_changes_nothing(world: World) -> None:
    applied = ours(world).terraform.applied
    wished(world)
    assert world.terraform.applied == applied
    assert live(world).values == ("v=DMARC1; p=none",)


def test_a_record_of_the_owner_is_changed_where_it_stands(world: World) -> None:
    change = wished(theirs(world, THEIRS, "stray=1"), sp=REJECT)
    applied = world.terraform.applied
    carry_out(world.edges, change)
    after = live(world)
    assert after.values == ("v=DMARC1; p=quarantine; adkim=s; pct=50; sp=reject", "stray=1")
    assert after.raw == ('"v=DMARC1; p=quarantine; adkim=s; pct=50; sp=reject"', '"stray" "=1"')
    assert after.ttl == 3600
    assert world.terraform.applied == applied


def test_a_change_meanwhile_is_not_overwritten(world: World) -> None:
    change = wished(theirs(world, THEIRS))
    changed = Record(NAME, "TXT", 3600, ("v=DMARC1; p=reject",), ('"v=DMARC1; p=reject"',))
    world.aws.replace("Z1", live(world), changed)
    with pytest.raises(Refused, match="changed meanwhile"):
        carry_out(world.edges, change)
    assert live(world) == changed


def test_tidying_drops_what_does_harm_and_says_what_that_means(world: World) -> None:
    change = preview_tidy(theirs(world, THEIRS).edges, EXAMPLE)
    assert change.after == ("v=DMARC1; p=none; adkim=s",)
    assert "pct=50 has no successor" in change.notes[0]
    carry_out(world.edges, change)
    assert not preview_tidy(world.edges, EXAMPLE).changed


def test_of_several_records_one_is_left(world: World) -> None:
    change = preview_tidy(theirs(world, "v=DMARC1; p=none", "stray=1", "v=DMARC1; p=reject").edges, EXAMPLE)
    assert change.after == ("v=DMARC1; p=none", "stray=1")
    assert change.notes == ("another record at the same name goes: v=DMARC1; p=reject",)


def test_the_addresses_of_several_records_and_of_failed_attempts_get_the_reports_together(world: World) -> None:
    theirs(world, "v=DMARC1; p=none; rua=mailto:a@example.com", "stray=1", "v=DMARC1; p=none; rua=mailto:b@example.com")
    change = wished(world)
    assert change.after == ("v=DMARC1; p=quarantine; rua=mailto:a@example.com,mailto:b@example.com", "stray=1")
    assert change.to_document(applied=False)["carried"] == ["a@example.com", "b@example.com"]
    assert change.notes[0] == "another record at the same name goes: v=DMARC1; p=none; rua=mailto:b@example.com"


@pytest.mark.parametrize("make", [wished, lambda world: preview_tidy(world.edges, EXAMPLE)])
def test_an_address_that_receivers_could_not_read_is_carried_over_and_said(
    world: World, make: Callable[[World], Preview]
) -> None:
    change = make(theirs(world, "v=DMARC1; p=none; rua=mailto:a@example.com; mailto:b@example.com"))
    assert change.after[0].endswith("; rua=mailto:a@example.com,mailto:b@example.com")
    document = change.to_document(applied=True)
    assert (document["carried"], document["dropped"]) == (["b@example.com"], [])
    assert document["notes"] == ["carried over, receivers could not read it where it stood: b@example.com"]


def test_an_address_that_nobody_can_read_is_not_dropped_in_silence(world: World) -> None:
    theirs(world, "v=DMARC1; p=none; mailto:dmarc.example.com")
    for refused in (lambda: wished(world), lambda: preview_tidy(world.edges, EXAMPLE)):
        with pytest.raises(Refused, match=r"would be lost: mailto:dmarc\.example\.com") as caught:
            refused()
        assert caught.value.exit_code == 5
        assert "dmarc set example.com --rua" in caught.value.hint
    change = wished(world, "dmarc@example.com")
    assert change.after == ("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com",)
    assert change.notes == ("left out, it is no tag: mailto:dmarc.example.com",)


def test_another_report_address_says_who_gets_no_reports_any_more(world: World) -> None:
    change = wished(theirs(world, "v=DMARC1; p=none; rua=mailto:a@example.com,mailto:b@example.com"), "b@example.com")
    assert change.to_document(applied=True)["dropped"] == ["a@example.com"]
    assert change.notes == ("gets no reports any more: a@example.com",)


def test_tidying_says_that_failure_reports_end(world: World) -> None:
    change = preview_tidy(theirs(world, "v=DMARC1; p=none; ruf=mailto:f@example.com").edges, EXAMPLE)
    assert change.notes == ("failure reports end: ruf=mailto:f@example.com", "gets no reports any more: f@example.com")


def test_tidying_makes_a_record_of_a_failed_attempt(world: World) -> None:
    change = preview_tidy(theirs(world, "\u201cv=DMARC1; p=reject; rua=mailto:a@example.com\u201d").edges, EXAMPLE)
    assert change.after == ("v=DMARC1; p=reject; rua=mailto:a@example.com",)
    assert change.notes[-1] == "p=reject begins to count with this: receivers could not read the policy until now"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("v=DMARC1; p=quarantine; adkim=s", "v=DMARC1; p=quarantine; adkim=s; rua=mailto:d@example.com"),
        ("v=DMARC1; rua=mailto:a@example.com", "v=DMARC1; p=none; rua=mailto:d@example.com"),
    ],
)
def test_a_report_address_alone_keeps_the_policy(world: World, before: str, after: str) -> None:
    assert preview_set(theirs(world, before).edges, EXAMPLE, REPORTS).after == (after,)


def test_a_report_address_alone_keeps_the_policy_of_a_record_of_ours(world: World) -> None:
    change = preview_set(ours(world).edges, EXAMPLE, REPORTS)
    carry_out(world.edges, change)
    assert live(world).values == ("v=DMARC1; p=none; rua=mailto:d@example.com",)


def test_where_there_is_no_policy_to_keep_one_must_be_given(world: World) -> None:
    with pytest.raises(InputError, match="no DMARC record applies yet") as caught:
        preview_set(ours(world, ZoneMode.EXTERNAL).edges, EXAMPLE, REPORTS)
    assert "--policy" in caught.value.hint
    world.resolver.answers(NAME, "TXT", "v=DMARC1; p=all")
    with pytest.raises(InputError, match="p=all is no policy"):
        preview_set(world.edges, EXAMPLE, REPORTS)


def test_nothing_to_set_is_bad_usage(world: World) -> None:
    with pytest.raises(InputError, match="nothing was given"):
        preview_set(ours(world).edges, EXAMPLE, Wanted())


def test_the_token_of_a_service_at_the_name_stays(world: World) -> None:
    change = wished(theirs(world, "dmarc-verification=a1", THEIRS))
    assert change.after[0] == "dmarc-verification=a1"


def test_a_failed_attempt_at_a_record_is_replaced(world: World) -> None:
    assert wished(theirs(world, "stray=1", "v=dmarc1; p=none")).after == ("stray=1", "v=DMARC1; p=quarantine")


def test_a_record_of_ours_is_tidy(world: World) -> None:
    assert not preview_tidy(ours(world).edges, EXAMPLE).changed


def test_there_must_be_a_record_to_tidy(world: World) -> None:
    with pytest.raises(InputError, match="no DMARC record stands") as caught:
        preview_tidy(ours(world, ZoneMode.EXTERNAL).edges, EXAMPLE)
    assert "dmarc set example.com" in caught.value.hint


def test_a_record_of_ours_that_somebody_changed_is_not_overwritten(world: World) -> None:
    ours(world)
    world.aws.replace("Z1", live(world), Record(NAME, "TXT", 300, ("v=DMARC1; p=reject",), ('"v=DMARC1; p=reject"',)))
    with pytest.raises(Refused, match="changed by somebody else") as caught:
        wished(world)
    assert caught.value.exit_code == 5
    assert "ends the reports" not in caught.value.hint


def test_putting_ours_back_says_whose_reports_it_ends(world: World) -> None:
    ours(world)
    text = "v=DMARC1; p=none; rua=mailto:a@example.com; mailto:b@example.com"
    world.aws.replace("Z1", live(world), Record(NAME, "TXT", 300, (text,), (f'"{text}"',)))
    with pytest.raises(Refused) as caught:
        wished(world)
    ends = "ends the reports to a@example.com, b@example.com unless `--dmarc-rua a@example.com` is given"
    assert ends in caught.value.hint


def test_in_an_external_zone_the_owner_publishes_and_we_remember(world: World) -> None:
    world.resolver.answers(NAME, "TXT", "v=DMARC1; p=none; adkim=s")
    change = wished(ours(world, ZoneMode.EXTERNAL))
    document = change.to_document(applied=True)
    assert (document["owner"], document["applied"]) == ("external", False)
    assert document["after"] == ["v=DMARC1; p=quarantine; adkim=s"]
    carry_out(world.edges, change)
    kept = world.workspaces.spaces["example.com"].kept
    assert kept is not None
    assert kept.request.dmarc == QUARANTINE
    assert kept.decisions is not None


def test_what_our_records_cannot_hold_is_refused_before_anything_happens(world: World) -> None:
    with pytest.raises(InputError, match="a policy and a report address only"):
        wished(ours(world), sp=REJECT)


def test_reports_must_not_go_to_the_mail_from_host(world: World) -> None:
    with pytest.raises(InputError, match="would vanish"):
        wished(ours(world), "a@bounce.example.com")


@pytest.fixture
def blog(world: World) -> DomainName:
    """A subdomain that inherits the record above it."""
    world.resolver.answers(NAME, "TXT", "v=DMARC1; p=quarantine; rua=mailto:d@example.com")
    name = DomainName.parse("blog.example.com")
    new_domain(world.edges, name, Asked(region=REGION, zone=ZoneMode.CREATE))
    return name


def test_a_subdomain_that_inherits_gets_a_record_of_its_own(world: World, blog: DomainName) -> None:
    change = preview_set(world.edges, blog, Wanted(REJECT))
    assert (change.standing.texts, change.after) == ((), ("v=DMARC1; p=reject",))
    carry_out(world.edges, change)
    assert any(r.name == "_dmarc.blog.example.com" for sets in world.aws.sets.values() for r in sets)


def test_a_record_of_its_own_that_ends_inherited_reports_says_so(world: World, blog: DomainName) -> None:
    (note,) = preview_set(world.edges, blog, Wanted(REJECT)).notes
    assert note.startswith("reports about blog.example.com go nowhere any more: those that _dmarc.example.com asks for")
    assert "mailto:d@example.com" in note
    assert preview_set(world.edges, blog, Wanted(REJECT, REPORTS.rua)).notes == ()


def test_a_record_of_its_own_that_is_weaker_says_so(world: World, blog: DomainName) -> None:
    notes = preview_set(world.edges, blog, Wanted(DmarcPolicy.NONE, REPORTS.rua)).notes
    assert notes == ("weaker than the policy that _dmarc.example.com gave it until now: quarantine",)


def test_a_report_address_alone_keeps_the_inherited_policy(world: World, blog: DomainName) -> None:
    assert preview_set(world.edges, blog, REPORTS).after == ("v=DMARC1; p=quarantine; rua=mailto:d@example.com",)


def test_when_dns_does_not_say_what_is_inherited_that_is_said(world: World, blog: DomainName) -> None:
    world.resolver.times_out(NAME, "TXT")
    (note,) = preview_set(world.edges, blog, Wanted(REJECT)).notes
    assert "DNS did not say" in note


HOSTED = "example.com.hosted.example.net"


def test_a_record_behind_a_cname_is_changed_where_it_is_kept(world: World) -> None:
    world.resolver.answers(NAME, "CNAME", "alias.example.net").answers("alias.example.net", "CNAME", HOSTED)
    world.resolver.answers(NAME, "TXT", "v=DMARC1; p=none; rua=mailto:a@hosted.example.net")
    change = wished(ours(world, ZoneMode.EXTERNAL))
    document = change.to_document(applied=True)
    assert (document["name"], document["applied"], document["owner"]) == (HOSTED, False, "external")
    assert document["elsewhere"] == f"{NAME} is a CNAME, beside which no TXT can stand; it leads to {HOSTED}"
    assert change.after == ("v=DMARC1; p=quarantine; rua=mailto:a@hosted.example.net",)
    before = world.workspaces.spaces["example.com"].kept
    carry_out(world.edges, change)
    assert world.workspaces.spaces["example.com"].kept == before


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        (Record(NAME, "CNAME", 300, (HOSTED,), (HOSTED,)), f"it leads to {HOSTED}"),
        (Record(NAME, "NS", 300, ("ns2.example.net", "ns1.example.net")), "a zone of its own, on ns1.example.net, ns2"),
        (Record(NAME, "TXT", 0, (), alias="d.example.com"), "stays as it is: TXT _dmarc.example.com = alias of d."),
        (Record(NAME, "TXT", 60, ("x",), ("x",), set_identifier="a"), "(set a of a routing policy)"),
    ],
)
def test_what_stands_in_our_zone_instead_of_a_txt_is_left_alone(world: World, there: Record, reason: str) -> None:
    world.aws.has_zone("example.com")
    new_domain(world.edges, EXAMPLE, Asked(region=REGION, zone=ZoneMode.ADOPT))
    world.aws.sets["Z1"] = [record for record in world.aws.sets["Z1"] if record.name != NAME] + [there]
    world.resolver.answers(NAME, "TXT", "v=DMARC1; p=none")
    change = wished(world)
    carry_out(world.edges, change)
    assert reason in change.to_document(applied=True)["elsewhere"]
    assert there in world.aws.sets["Z1"]
    assert change.standing.texts == ("v=DMARC1; p=none",)


def test_the_cname_of_a_wildcard_is_in_nobodys_way(world: World) -> None:
    for label in ("_dmarc", "provisioner-asks-for-wildcards"):
        world.resolver.answers(f"{label}.example.com", "CNAME", "host.example.net")
    assert wished(ours(world, ZoneMode.EXTERNAL)).standing.elsewhere is None
    world.resolver.answers(NAME, "TXT", "v=DMARC1; p=none")
    assert wished(world).standing.name == "host.example.net"


def test_a_delegated_name_in_public_dns_is_named_with_its_servers(world: World) -> None:
    world.resolver.answers(NAME, "NS", "ns1.example.net")
    elsewhere = wished(ours(world, ZoneMode.EXTERNAL)).standing.elsewhere
    assert elsewhere is not None
    assert elsewhere.name == NAME
    assert "on ns1.example.net" in elsewhere.reason
