"""What the DNS server answers, by dnspython, with real packets over UDP and TCP."""

from collections.abc import Callable

import dns.flags
import dns.message
import dns.opcode
import dns.query
import dns.rcode
import dns.rdataclass
import dns.resolver
import pytest
from fakes.public_zones import LONG_KEY, code, values

from provisioner.sandbox.dns.server import DnsServer

Ask = Callable[..., dns.message.Message]


@pytest.mark.parametrize(
    ("name", "rtype", "expected"),
    [
        ("example.com", "A", {"192.0.2.1", "192.0.2.2"}),
        ("example.com", "AAAA", {"2001:db8::1"}),
        ("example.com", "TXT", {'"v=spf1 include:amazonses.com ~all"', '"other=1" "2"'}),
        ("example.com", "MX", {"10 mail.example.com.", "0 ."}),
        ("example.com", "CAA", {'0 issue "letsencrypt.org"'}),
        ("example.com", "NS", {"ns-1.awsdns-01.com.", "ns-2.awsdns-02.net."}),
        ("_sip._tcp.example.com", "SRV", {"1 2 5060 sip.example.com."}),
        ("long._domainkey.example.com", "TXT", {f'"{LONG_KEY[:255]}" "{LONG_KEY[255:]}"'}),
        ("tok._domainkey.example.com", "CNAME", {"tok.dkim.amazonses.com."}),
        ("a.sub.example.com", "TXT", {'"in the child"'}),
        ("sub.example.com", "NS", {"ns-1.awsdns-01.com.", "ns-2.awsdns-02.net."}),
        ("gone.example.com", "NS", {"ns.elsewhere.net."}),
    ],
)
def test_a_record_set_is_answered_as_it_was_written(ask: Ask, name: str, rtype: str, expected: set[str]) -> None:
    response = ask(name, rtype)

    assert code(response) == "NOERROR"
    assert values(response) == expected


def test_an_answer_has_the_ttl_of_its_record_set(ask: Ask) -> None:
    assert ask("tok._domainkey.example.com", "CNAME").answer[0].ttl == 1800


def test_a_response_is_a_resolvers(ask: Ask) -> None:
    flags = ask("example.com").flags

    assert flags & dns.flags.RA
    assert not flags & dns.flags.AA


def test_nothing_is_claimed_to_be_validated_when_the_client_offers_to_hear_of_it(server: DnsServer) -> None:
    query = dns.message.make_query("example.com", "A", flags=dns.flags.RD | dns.flags.AD)

    assert not dns.query.udp(query, "127.0.0.1", port=server.port, timeout=5).flags & dns.flags.AD


def test_names_match_in_any_case_and_the_answer_keeps_the_questions_spelling(ask: Ask) -> None:
    response = ask("eXaMpLe.CoM", "A")

    assert values(response) == {"192.0.2.1", "192.0.2.2"}
    assert response.answer[0].name.to_text() == "eXaMpLe.CoM."


def test_octal_escapes_and_quotes_are_resolved_to_octets(ask: Ask) -> None:
    record = ask("quoted.example.com", "TXT").answer[0][0]

    assert record.strings == ('say "hi" * \\ ü'.encode(),)


def test_a_name_that_does_not_exist_is_nxdomain_with_the_zones_soa(ask: Ask) -> None:
    response = ask("nothing.example.com")

    assert code(response) == "NXDOMAIN"
    assert response.authority[0].name.to_text() == "example.com."
    assert response.authority[0].ttl == 300  # the SOA's minimum, RFC 2308


@pytest.mark.parametrize("name", ["example.com", "_domainkey.example.com", "_tcp.example.com"])
def test_a_name_without_that_type_is_nodata_and_so_is_an_empty_non_terminal(ask: Ask, name: str) -> None:
    response = ask(name, "SSHFP")

    assert code(response) == "NOERROR"
    assert not response.answer
    assert response.authority[0].name.to_text() == "example.com."


def test_a_name_outside_every_zone_does_not_exist(ask: Ask) -> None:
    response = ask("example.net", "NS")

    assert code(response) == "NXDOMAIN"
    assert response.authority[0].name.to_text() == "."


@pytest.mark.parametrize("name", ["com", "."])
def test_the_parents_of_our_zones_exist(ask: Ask, name: str) -> None:
    assert code(ask(name, "A")) == "NOERROR"


def test_a_cname_is_followed_into_another_zone(ask: Ask) -> None:
    response = ask("www.example.com", "A")

    assert [str(rrset.name) for rrset in response.answer] == ["www.example.com.", "web.example.org."]
    assert values(response) == {"192.0.2.80"}


def test_a_cname_is_returned_for_another_type_even_when_its_target_is_unknown(ask: Ask) -> None:
    response = ask("tok._domainkey.example.com", "TXT")

    assert code(response) == "NXDOMAIN"
    assert values(response) == {"tok.dkim.amazonses.com."}


def test_a_cname_loop_fails_instead_of_hanging(ask: Ask) -> None:
    assert code(ask("loop-a.example.com", "A")) == "SERVFAIL"


def test_a_wildcard_answers_under_the_name_that_was_asked(ask: Ask) -> None:
    response = ask("any.thing.wild.example.com", "TXT")

    assert values(response) == {'"wild"'}
    assert response.answer[0].name.to_text() == "any.thing.wild.example.com."


def test_a_wildcard_can_be_asked_for_itself(ask: Ask) -> None:
    assert values(ask("*.wild.example.com", "TXT")) == {'"wild"'}


def test_a_wildcard_has_no_other_types(ask: Ask) -> None:
    response = ask("any.wild.example.com", "MX")

    assert (code(response), response.answer) == ("NOERROR", [])


def test_a_wildcard_does_not_answer_below_a_name_that_exists(ask: Ask) -> None:
    assert code(ask("z.b.wild.example.com", "TXT")) == "NXDOMAIN"
    assert code(ask("b.wild.example.com", "TXT")) == "NOERROR"
    assert not ask("b.wild.example.com", "TXT").answer


def test_records_below_a_cut_to_other_servers_are_not_known(ask: Ask) -> None:
    response = ask("x.gone.example.com", "TXT")

    assert (code(response), response.answer) == ("SERVFAIL", [])


def test_an_alias_answers_with_the_records_of_its_target(ask: Ask) -> None:
    response = ask("alias.example.com", "A")

    assert values(response) == {"192.0.2.1", "192.0.2.2"}
    assert response.answer[0].name.to_text() == "alias.example.com."


def test_an_alias_to_something_outside_is_not_claimed_to_be_absent(ask: Ask) -> None:
    assert code(ask("cdn.example.com", "A")) == "SERVFAIL"


def test_a_value_that_does_not_fit_its_type_fails_that_question_only(ask: Ask) -> None:
    assert code(ask("broken.example.com", "A")) == "SERVFAIL"
    assert code(ask("example.com", "A")) == "NOERROR"


def test_any_returns_every_set_of_the_name(ask: Ask) -> None:
    types = {rrset.rdtype.name for rrset in ask("example.com", "ANY").answer}

    assert types == {"NS", "SOA", "TXT", "A", "AAAA", "MX", "CAA"}
