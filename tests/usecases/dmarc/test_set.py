import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import DmarcPolicy, ZoneMode
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, Refused
from provisioner.usecases.dmarc.set import Preview, carry_out, preview_set, preview_tidy
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
NAME = "_dmarc.example.com"
REGION = Region.parse("us-east-1")
QUARANTINE, REJECT = DmarcPolicy.QUARANTINE, DmarcPolicy.REJECT
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
    return preview_set(world.edges, EXAMPLE, QUARANTINE, EmailAddress.parse(rua) if rua else None, sp)


def live(world: World) -> Record:
    return next(r for sets in world.aws.sets.values() for r in sets if (r.name, r.type) == (NAME, "TXT"))


def test_a_record_of_ours_is_changed_through_terraform_and_remembered(world: World) -> None:
    change = wished(ours(world), "dmarc@example.com")
    assert change.to_document(applied=True) == {
        "domain": "example.com",
        "name": NAME,
        "owner": "ours",
        "changed": True,
        "applied": True,
        "before": ["v=DMARC1; p=none"],
        "after": ["v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"],
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


def test_a_subdomain_that_inherits_gets_a_record_of_its_own(world: World) -> None:
    blog = DomainName.parse("blog.example.com")
    world.resolver.answers(NAME, "TXT", "v=DMARC1; p=none")
    new_domain(world.edges, blog, Asked(region=REGION, zone=ZoneMode.CREATE))
    change = preview_set(world.edges, blog, REJECT, None, None)
    assert (change.standing.texts, change.after) == ((), ("v=DMARC1; p=reject",))
    carry_out(world.edges, change)
    assert any(r.name == "_dmarc.blog.example.com" for sets in world.aws.sets.values() for r in sets)
