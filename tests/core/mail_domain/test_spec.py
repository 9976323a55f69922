from collections.abc import Callable
from dataclasses import replace

import pytest
from fakes.aws import identity

from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.provenance import OPTIONS, SENDER, from_tags, to_tags
from provisioner.core.asked.request import DmarcPolicy, Request, Tls
from provisioner.core.asked.senders import Senders
from provisioner.core.asked.tags import OURS, Tags
from provisioner.core.mail_domain.spec import MailDomain, refuse_too_many_tags, spec_of, standing_as
from provisioner.core.mail_domain.standing import DomainStanding
from provisioner.core.standing import Grade, Standing
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError

Spec = Callable[..., MailDomain]
EXAMPLE = DomainName("example.com")


def decided(mode: ResolvedMode = ResolvedMode.CREATED, name: str = "example.com") -> Decisions:
    return Decisions(ResolvedZone(mode, name, None))


def test_an_ordinary_domain_is_fully_decided(spec: Spec) -> None:
    mail_domain = spec()
    assert mail_domain.mail_from == "bounce.example.com"
    assert (mail_domain.configuration_set, mail_domain.iam_user) == ("example-com", "example.com")
    assert mail_domain.signing_hosted_zone == "dkim.amazonses.com"
    assert (mail_domain.dmarc, mail_domain.publish_spf) == (DmarcPolicy.NONE, True)
    assert mail_domain.sending_enabled
    assert mail_domain.tags == {"ManagedBy": "provisioner", "Domain": "example.com"}


def test_what_ses_reports_goes_before_the_documented_dkim_suffix() -> None:
    known = identity("example.com", signs_under="dkim.us-east-1.amazonses.com")
    spec = spec_of(EXAMPLE, Request.parse("us-east-1"), decided(), known)
    assert spec.signing_hosted_zone == "dkim.us-east-1.amazonses.com"


def test_a_subdomain_that_inherits_a_policy_publishes_none(spec: Spec) -> None:
    assert spec("blog.example.com", inherited=True).dmarc is None


def test_a_policy_that_was_asked_for_is_published_whatever_is_inherited(spec: Spec) -> None:
    assert spec("blog.example.com", inherited=True, dmarc="reject").dmarc is DmarcPolicy.REJECT


def test_spf_can_be_left_alone(spec: Spec) -> None:
    assert not spec(spf="skip").publish_spf


@pytest.mark.parametrize(
    ("mode", "delegation_set"),
    [(ResolvedMode.CREATED, "N1"), (ResolvedMode.ADOPTED, None), (ResolvedMode.EXTERNAL, None)],
)
def test_a_delegation_set_is_for_a_zone_that_we_create(mode: ResolvedMode, delegation_set: str | None) -> None:
    request = Request.parse("us-east-1", delegation_set="N1")
    assert spec_of(EXAMPLE, request, decided(mode), None).delegation_set == delegation_set


def test_customer_and_contact_are_tags_when_given(spec: Spec) -> None:
    tags = spec("münchen.de", customer="Bäckerei", contact="ann@example.com").tags
    assert tags == {
        "ManagedBy": "provisioner",
        "Domain": "xn--mnchen-3ya.de",
        "Customer": "Bäckerei",
        "Contact": "ann@example.com",
    }


def tags(count: int) -> Tags:
    return Tags.parse((f"Key{number}", "x") for number in range(count))


def test_ones_own_tags_go_beside_ours() -> None:
    request = Request.parse("us-east-1").with_options(tags=Tags.parse([("Team", "web"), ("Empty", "")]))
    spec = spec_of(EXAMPLE, request, decided(), None)
    assert spec.tags == {"ManagedBy": "provisioner", "Domain": "example.com", "Empty": "", "Team": "web"}


def test_every_key_that_is_ours_is_kept_for_us(spec: Spec) -> None:
    organization = {"permissions_boundary": "arn:aws:iam::123456789012:policy/x", "ignore_tags": "CreatedBy"}
    full = spec(customer="Ada", contact="ada@example.com", dmarc="reject", dmarc_rua="d@example.com", **organization)
    paused = standing_as(full, DomainStanding(Standing(Grade.PAUSED, None, "spam")))
    assert {**paused.tags, **paused.identity_tags}.keys() | {SENDER} == OURS.keys()


def test_ones_own_tags_come_back_from_the_identity(spec: Spec) -> None:
    made = spec(customer="Ada", contact="ada@example.com", dmarc="reject", dmarc_rua="d@example.com")
    carried = {**made.tags, **made.identity_tags, "Team": "web", "aws:x": "y"}
    remembered = from_tags(carried, made.domain, Region("us-east-1"))
    assert remembered is not None
    assert remembered.request.tags == Tags.parse([("Team", "web")])


def test_senders_come_back_from_the_identity_one_tag_each(spec: Spec) -> None:
    made = spec(customer="Ada").domain
    request = Request.parse("us-east-1").with_options(senders=Senders.parse([("shop", "Orders"), ("scanner", "scan")]))
    carried = to_tags(request, decided())
    assert {key: value for key, value in carried.items() if key != OPTIONS} == {
        "Sender:scanner": "scan",
        "Sender:shop": "Orders",
    }
    by_hand = {"Sender:Bad": "x", "Sender:worse": "*", "sender:other": "x", "Sender": "x"}
    again = from_tags(carried | by_hand, made, Region("us-east-1"))
    assert again is not None
    assert (again.request.senders, again.request.tags) == (request.senders, Tags())


def test_senders_count_among_the_tags_of_the_identity() -> None:
    senders = Senders.parse((f"s{number}", "x") for number in range(20))
    request = Request.parse("us-east-1").with_options(tags=tags(28), senders=senders)
    with pytest.raises(InputError, match="its identity would carry 51 tags"):
        refuse_too_many_tags(DomainName("example.com"), request, makes_zone=False)


def test_the_smtp_users_are_the_main_one_and_the_senders_in_order(spec: Spec) -> None:
    made = replace(spec(), senders=Senders.parse([("shop", "Orders"), ("scanner", "scan")]))
    assert [user.iam_user for user in made.smtp_users] == ["example.com", "example.com+scanner", "example.com+shop"]


def test_the_address_of_a_sender_must_fit_into_an_envelope() -> None:
    domain = DomainName(".".join(["a" * 63, "b" * 63, "c" * 60, "com"]))
    external = decided(ResolvedMode.EXTERNAL, domain.ascii)
    for length, fits in ((61, True), (62, False)):
        request = Request.parse("us-east-1").with_options(senders=Senders.parse([("shop", "o" * length)]))
        if fits:
            assert spec_of(domain, request, external, None).senders == request.senders
        else:
            with pytest.raises(InputError, match="255 characters") as caught:
                spec_of(domain, request, external, None)
            assert caught.value.code == "invalid_sender"


@pytest.mark.parametrize(
    ("mode", "most"), [(ResolvedMode.CREATED, 7), (ResolvedMode.ADOPTED, 47), (ResolvedMode.EXTERNAL, 47)]
)
def test_a_zone_that_we_make_holds_ten_tags_and_all_else_fifty(mode: ResolvedMode, most: int) -> None:
    created, decisions = mode is ResolvedMode.CREATED, decided(mode)
    request = Request.parse("us-east-1", customer="Ada" if created else None)
    assert len(spec_of(EXAMPLE, request.with_options(tags=tags(most)), decisions, None).tags) == most + 2 + created
    with pytest.raises(InputError) as caught:
        spec_of(EXAMPLE, request.with_options(tags=tags(most), contact="a@example.com"), decisions, None)
    assert caught.value.code == "too_many_tags"
    assert ("hosted zone would carry 11 tags" if created else "identity would carry 51") in caught.value.message
    assert "--no-tag" in caught.value.hint


def test_a_zone_that_is_not_ours_is_not_counted() -> None:
    request = Request.parse("us-east-1").with_options(tags=tags(40))
    refuse_too_many_tags(DomainName("example.com"), request, makes_zone=False)


@pytest.mark.parametrize(
    ("contact", "tag"),
    [
        ("o'brien@example.com", "o=27brien@example.com"),
        ("a=b@example.com", "a=3Db@example.com"),
        ("${x}@a.de", "=24=7Bx=7D@a.de"),
    ],
)
def test_a_contact_that_no_tag_can_hold_is_written_as_quoted_printable(spec: Spec, contact: str, tag: str) -> None:
    assert spec(contact=contact).tags["Contact"] == tag


def test_a_contact_that_is_too_long_for_a_tag_is_refused(spec: Spec) -> None:
    domain = ".".join(["a" * 61, "b" * 63, "c" * 59, "com"])
    with pytest.raises(InputError) as caught:
        spec(contact=f"{'!' * 64}@{domain}")
    assert caught.value.code == "invalid_contact"


def test_a_domain_whose_records_fit_into_dns_is_taken_to_the_last_character(spec: Spec) -> None:
    fits = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 13, "com"])
    assert len(fits) == 209
    assert spec(fits).domain.ascii == fits
    with pytest.raises(InputError) as caught:
        spec(f"x{fits}".replace("xa", "x.a", 1).replace("d" * 13, "d" * 12))
    assert caught.value.code == "domain_too_long"
    assert "254 characters" in caught.value.message


def test_a_mail_from_host_must_fit_into_dns_too(spec: Spec) -> None:
    name = ".".join(["a" * 63, "b" * 63, "c" * 58, "com"])
    with pytest.raises(InputError) as caught:
        spec(name, mail_from="m" * 63)
    assert caught.value.code == "domain_too_long"
    assert "m" * 63 in caught.value.message


def test_reports_to_the_mail_from_host_would_vanish(spec: Spec) -> None:
    with pytest.raises(InputError) as caught:
        spec(dmarc_rua="postmaster@bounce.example.com")
    assert caught.value.code == "invalid_dmarc_rua"
    assert "vanish" in caught.value.message
    assert spec(dmarc_rua="postmaster@example.com").dmarc_rua is not None


def test_reports_need_a_policy_of_the_domains_own(spec: Spec) -> None:
    with pytest.raises(InputError) as caught:
        spec("blog.example.com", inherited=True, dmarc_rua="dmarc@example.com")
    assert (caught.value.code, "--dmarc" in caught.value.hint) == ("invalid_dmarc_rua", True)


def test_a_report_address_that_nobody_could_verify_is_refused(spec: Spec) -> None:
    receiver = ".".join(["a" * 63, "b" * 63, "c" * 60, "net"])
    with pytest.raises(InputError) as caught:
        spec(".".join(["d" * 63, "com"]), dmarc_rua=f"a@{receiver}")
    assert (caught.value.code, "too long" in caught.value.message) == ("invalid_dmarc_rua", True)


@pytest.mark.parametrize("tls", list(Tls))
def test_what_becomes_of_mail_without_tls_comes_back_from_the_identity(tls: Tls) -> None:
    carried = to_tags(Request(Region("us-east-1"), tls=tls), decided())
    again = from_tags(carried, EXAMPLE, Region("us-east-1"))
    assert again is not None
    assert again.request.tls is tls


def test_a_domain_from_before_there_was_a_choice_demands_tls_as_ever_and_its_tags_stay_as_they_are() -> None:
    before = {OPTIONS: "zone=auto/created mail-from=bounce dmarc=-/ours spf=merge/record set=-"}
    again = from_tags(before, EXAMPLE, Region("us-east-1"))
    assert again is not None
    assert again.decisions is not None
    assert again.request.tls is Tls.REQUIRE
    assert to_tags(again.request, again.decisions) == before
