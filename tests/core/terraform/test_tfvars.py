import json
from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.request import Request
from provisioner.core.asked.senders import Senders
from provisioner.core.dns.txt import unquoted
from provisioner.core.mail_domain.spec import MailDomain, spec_of
from provisioner.core.terraform.tfvars import tfvars
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName

SPF = "v=spf1 include:amazonses.com ~all"


def dmarc_value(spec: MailDomain) -> str:
    document = json.loads(json.dumps(tfvars(spec)))
    [value] = document["mail_domain"]["records"]["dmarc"]["values"]
    return str(value)


def test_the_variables_are_these(spec: Callable[..., MailDomain]) -> None:
    assert tfvars(spec(customer="Bäckerei", delegation_set="N1")) == {
        "account": "",
        "ignore_tags": {"keys": [], "key_prefixes": []},
        "region": "us-east-1",
        "mail_domain": {
            "name": "example.com",
            "zone": {"mode": "created", "id": None, "delegation_set_id": "N1"},
            "mail_from": "bounce.example.com",
            "configuration_set": "example-com",
            "sending_enabled": True,
            "tls_policy": "OPTIONAL",
            "signing_hosted_zone": "dkim.amazonses.com",
            "smtp_user": "example.com",
            "permissions_boundary": None,
            "senders": {},
            "tags": {"ManagedBy": "provisioner", "Domain": "example.com", "Customer": "Bäckerei"},
            "identity_tags": {
                "Provisioner": "zone=auto/created mail-from=bounce dmarc=-/ours spf=merge/- set=N1 tls=optional"
            },
            "records": {
                "spf": {"name": "example.com", "type": "TXT", "ttl": 300, "values": [SPF]},
                "dmarc": {"name": "_dmarc.example.com", "type": "TXT", "ttl": 300, "values": ["v=DMARC1; p=none"]},
                "mail_from_mx": {
                    "name": "bounce.example.com",
                    "type": "MX",
                    "ttl": 300,
                    "values": ["10 feedback-smtp.us-east-1.amazonses.com"],
                },
                "mail_from_spf": {"name": "bounce.example.com", "type": "TXT", "ttl": 300, "values": [SPF]},
            },
        },
    }


def test_a_domain_that_demands_tls_says_so_to_ses(spec: Callable[..., MailDomain]) -> None:
    document = json.loads(json.dumps(tfvars(spec(tls="require"))))
    assert document["mail_domain"]["tls_policy"] == "REQUIRE"


def test_a_sender_travels_under_its_name(spec: Callable[..., MailDomain]) -> None:
    document = tfvars(replace(spec(), senders=Senders.parse([("shop", "Orders"), ("scanner", "scan")])))
    assert json.loads(json.dumps(document))["mail_domain"]["senders"] == {
        "scanner": {"user": "example.com+scanner", "local_part": "scan"},
        "shop": {"user": "example.com+shop", "local_part": "Orders"},
    }


def test_an_adopted_zone_is_named_by_its_id(spec: Callable[..., MailDomain]) -> None:
    document = tfvars(replace(spec(), zone=ResolvedZone(ResolvedMode.ADOPTED, "example.com", "Z123")))
    assert json.loads(json.dumps(document))["mail_domain"]["zone"] == {
        "mode": "adopted",
        "id": "Z123",
        "delegation_set_id": None,
    }


def test_an_expression_in_an_address_stays_a_text(spec: Callable[..., MailDomain]) -> None:
    assert dmarc_value(spec(dmarc_rua="${x}@example.com")).endswith("rua=mailto:${x}@example.com")


def test_a_long_text_is_cut_with_two_quotes_between_its_strings(spec: Callable[..., MailDomain]) -> None:
    domain = ".".join(["a" * 61, "b" * 63, "c" * 59, "com"])
    value = dmarc_value(spec(dmarc_rua=f"{'!' * 64}@{domain}"))
    first, _, second = value.partition('""')
    assert (len(first), bool(second)) == (255, True)
    assert unquoted(f'"{value}"') == first + second


@given(st.text(st.characters(codec="utf-8"), max_size=400))
def test_what_terraform_quotes_is_what_we_meant(local: str) -> None:
    """The provider puts a quote before and after, and sends the rest to Route 53 as it is."""
    request = Request.parse("us-east-1", dmarc="none")
    spec = spec_of(
        DomainName("example.com"), request, Decisions(ResolvedZone(ResolvedMode.CREATED, "example.com", None)), None
    )
    address = EmailAddress(local.replace("%", "").replace("!", "").replace(",", "").replace(";", ""), "example.com")
    value = dmarc_value(replace(spec, dmarc_rua=address))
    assert unquoted(f'"{value}"') == f"v=DMARC1; p=none; rua=mailto:{address}"


def test_a_topic_is_told_to_terraform_where_there_is_one_only() -> None:
    decided = Decisions(ResolvedZone(ResolvedMode.CREATED, "example.com", None))
    topic = "arn:aws:sns:us-east-1:123456789012:provisioner-feedback"
    request = Request.parse("us-east-1")
    without, told = (
        tfvars(spec_of(DomainName("example.com"), request, one, None))["mail_domain"]
        for one in (decided, replace(decided, feedback_topic=topic))
    )
    assert "feedback_topic_arn" not in without
    assert told == {**without, "feedback_topic_arn": topic}
