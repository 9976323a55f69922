import pytest

from provisioner.core.asked.request import Dmarc, DmarcPolicy, Request, Spf, ZoneMode
from provisioner.core.asked.senders import Sender, Senders
from provisioner.core.asked.tags import Tags
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.region import Region
from provisioner.errors import InputError

FULL = Request(
    region=Region("eu-west-1"),
    zone=ZoneMode.ADOPT,
    contact=EmailAddress("ann", "example.com"),
    customer="Bäckerei Müller",
    mail_from="return",
    dmarc=Dmarc.REJECT,
    dmarc_rua=EmailAddress("${x}", "example.com"),
    delegation_set="N1PA6795SAMPLE",
    spf=Spf.SKIP,
    tags=Tags((("Key", ""), ("Team", "web"))),
    senders=Senders((Sender("scanner", "scan"), Sender("shop", "Orders"))),
)


def test_a_first_request_has_the_defaults() -> None:
    request = Request.parse("us-east-1")
    assert (request.zone, request.mail_from, request.spf) == (ZoneMode.AUTO, "bounce", Spf.MERGE)
    assert (request.dmarc, request.contact, request.customer) == (None, None, None)


def test_options_are_read_from_text() -> None:
    request = Request.parse(
        "us-east-1", zone="create", dmarc="quarantine", contact="a@example.com", mail_from="Return", spf="skip"
    )
    assert (request.zone, request.dmarc, request.spf) == (ZoneMode.CREATE, Dmarc.QUARANTINE, Spf.SKIP)
    assert (request.contact, request.mail_from) == (EmailAddress("a", "example.com"), "return")


def test_what_is_not_given_is_kept() -> None:
    assert FULL.with_options(customer=None, zone=None) == FULL


def test_what_is_given_replaces_what_was_asked_before() -> None:
    merged = FULL.with_options(customer="Other", region=Region("us-east-1"), dmarc=Dmarc.NONE, tags=Tags())
    assert (merged.customer, merged.region.name, merged.dmarc) == ("Other", "us-east-1", Dmarc.NONE)
    assert merged.tags == Tags()
    assert merged.contact == FULL.contact


def test_skipping_dmarc_drops_the_report_address_that_was_asked_for_before() -> None:
    skipped = FULL.with_options(dmarc="skip")
    assert (skipped.dmarc, skipped.dmarc_rua) == (Dmarc.SKIP, None)
    given = FULL.with_options(dmarc=Dmarc.SKIP, dmarc_rua="d@example.com")
    assert given.dmarc_rua == EmailAddress("d", "example.com")


def test_a_policy_of_a_record_is_asked_for_as_such() -> None:
    assert FULL.with_options(dmarc=DmarcPolicy.QUARANTINE).dmarc is Dmarc.QUARANTINE
    assert [wish.policy for wish in Dmarc] == [*DmarcPolicy, None]


def test_a_parsed_text_is_checked_too() -> None:
    with pytest.raises(InputError) as caught:
        FULL.with_options(mail_from="a.b")
    assert caught.value.code == "invalid_mail_from"


@pytest.mark.parametrize(
    ("option", "text", "code"),
    [
        ("zone", "new", "invalid_zone"),
        ("dmarc", "p=none", "invalid_dmarc"),
        ("spf", "", "invalid_spf"),
        ("contact", "nobody", "invalid_address"),
        ("dmarc_rua", "nobody", "invalid_address"),
        ("customer", "", "invalid_customer"),
        ("customer", "   ", "invalid_customer"),
        ("customer", "x" * 257, "invalid_customer"),
        ("mail_from", "", "invalid_mail_from"),
        ("mail_from", "_bounce", "invalid_mail_from"),
        ("mail_from", "-bounce", "invalid_mail_from"),
        ("mail_from", "bounce.example.com", "invalid_mail_from"),
        ("mail_from", "b" * 64, "invalid_mail_from"),
        ("mail_from", "bounce\n", "invalid_mail_from"),
        ("delegation_set", "n1pa", "invalid_delegation_set"),
        ("delegation_set", "N" * 33, "invalid_delegation_set"),
        ("delegation_set", "", "invalid_delegation_set"),
        ("region", "mars", "unknown_region"),
    ],
)
def test_a_bad_option_is_refused_by_its_own_code(option: str, text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        FULL.with_options(**{option: text})
    assert caught.value.code == code
    assert caught.value.hint


@pytest.mark.parametrize(
    ("customer", "named"),
    [
        ("Tom & Co", "'&'"),
        ("${x}", "'$'"),
        ('a"b', "'\"'"),
        ("a\nb", "U+000A"),
        ("smile 😀", "U+1F600"),
        ("a\u2028b", "U+2028"),
    ],
)
def test_a_customer_that_no_tag_can_hold_is_refused_by_its_character(customer: str, named: str) -> None:
    with pytest.raises(InputError) as caught:
        FULL.with_options(customer=customer)
    assert named in caught.value.message


@pytest.mark.parametrize("customer", ["Bäckerei Müller", "株式会社", "a_b.c:d/e=f+g-h@i 9", "x" * 256])
def test_a_customer_may_have_letters_of_every_script(customer: str) -> None:
    assert FULL.with_options(customer=customer).customer == customer


def test_a_decomposed_accent_is_composed_and_blanks_around_are_dropped() -> None:
    assert FULL.with_options(customer=" Cafe\u0301 ").customer == "Café"


def test_a_delegation_set_is_taken_with_its_path() -> None:
    assert FULL.with_options(delegation_set="/delegationset/N1PA6795SAMPLE").delegation_set == "N1PA6795SAMPLE"
