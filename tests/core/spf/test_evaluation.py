"""What check_host() tells beside its result; the results themselves are in test_openspf_suite.py."""

import pytest
from fakes.dns import FakeResolver
from hypothesis import given
from hypothesis import strategies as st

from provisioner.core.dns.answers import DnsAnswer, Unreachable
from provisioner.core.dns.ask import Ask, remembering
from provisioner.core.spf.evaluation import VOID_LIMIT, Cost, Result, check_host, evaluate, is_open
from provisioner.core.spf.senders import Client, Somebody
from provisioner.core.spf.worst_case import count_lookups

CLIENT = Client.at("192.0.2.1", "ann@example.com", "mail.example.com")


def dns(**records: str) -> FakeResolver:
    resolver = FakeResolver().answers("example.com", "TXT", records.pop("apex", "v=spf1 -all"))
    for label, text in records.items():
        resolver.answers(f"{label}.example.com", "TXT", text)
    return resolver


def test_each_lookup_is_told_with_where_it_stands_and_what_led_there() -> None:
    resolver = dns(apex="v=spf1 a include:x.example.com mx ~all", x="v=spf1 exists:no.test ip4:192.0.2.0/24 -all")
    found = check_host(CLIENT, resolver.lookup)
    assert (found.result, [term.text for term in found.matched]) == (
        Result.PASS,
        ["include:x.example.com", "ip4:192.0.2.0/24"],
    )
    assert found.costs == (
        Cost("a", "example.com", "a"),
        Cost("include:x.example.com", "example.com", "include:x.example.com"),
        Cost("exists:no.test", "x.example.com", "include:x.example.com"),
    )
    assert found.void == 2


def test_an_error_says_which_term_it_came_from() -> None:
    resolver = dns(apex="v=spf1 include:x.example.com -all").times_out("x.example.com", "TXT")
    found = check_host(CLIENT, resolver.lookup)
    assert (found.result, found.problem) == (Result.TEMPERROR, "TXT x.example.com: timed out")
    found = check_host(CLIENT, dns(apex="v=spf1 include:x.example.com -all").lookup)
    assert (found.result, found.problem) == (
        Result.PERMERROR,
        "include:x.example.com: x.example.com has no SPF record",
    )


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("include:amazonses.com -all", Result.PASS),
        ("mx include:AmazonSES.com. -all", Result.PASS),
        ("~include:amazonses.com -all", Result.SOFTFAIL),
        ("-all include:amazonses.com", Result.FAIL),
        ("ip4:199.255.192.0/22 ~all", Result.SOFTFAIL),
        ("include:x.example.com -all", Result.PASS),
        ("redirect=x.example.com", Result.PASS),
        ("redirect=x.example.com ?all", Result.NEUTRAL),
        ("include:none.example.com include:amazonses.com", Result.PERMERROR),
        ("exists:%{i}.test include:%{i}.test include:amazonses.com", Result.PASS),
        ("a a a a a a a a a a include:amazonses.com", Result.PERMERROR),
    ],
)
def test_a_service_passes_where_its_include_is_reached(record: str, result: Result) -> None:
    resolver = dns(apex=f"v=spf1 {record}", x="v=spf1 include:amazonses.com -all").answers(
        "example.com", "A", "1.1.1.1"
    )
    resolver.answers("example.com", "MX", "10 mx.example.com")
    assert evaluate("example.com", Somebody("amazonses.com"), resolver.lookup).result is result


@pytest.mark.parametrize(
    ("record", "opens"),
    [
        ("+all", True),
        ("all", True),
        ("ip4:0.0.0.0/0 -all", True),
        ("ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all", True),
        ("a/0 -all", True),
        ("include:x.example.com -all", True),
        ("-all +all", False),
        ("ip4:10.0.0.0/8 -all", False),
        ("-ip4:0.0.0.0/0 +all", False),
        ("?all", False),
    ],
)
def test_a_record_that_lets_everybody_pass_is_open(record: str, opens: bool) -> None:
    resolver = dns(apex=f"v=spf1 {record}", x="v=spf1 +all").answers("example.com", "A", "192.0.2.7")
    assert is_open("example.com", resolver.lookup) is opens


def test_the_addresses_of_mx_hosts_are_asked_for_only_where_they_matter() -> None:
    """A host that does not answer makes an unknown of what it has no part in."""
    resolver = dns(apex="v=spf1 mx include:amazonses.com -all").answers("example.com", "MX", "10 mx.example.com")
    resolver.times_out("mx.example.com", "A")
    assert evaluate("example.com", Somebody("amazonses.com"), resolver.lookup).result is Result.PASS
    assert check_host(CLIENT, resolver.lookup).result is Result.TEMPERROR


def test_where_a_redirect_leads_that_depends_on_the_message_nobody_knows() -> None:
    found = evaluate("example.com", Somebody(), dns(apex="v=spf1 redirect=%{i}.x.test").lookup)
    assert (found.result, found.problem) == (Result.TEMPERROR, "redirect=%{i}.x.test: depends on the message")


def test_the_macros_that_no_result_of_the_suite_depends_on() -> None:
    client = Client.at("2001:db8::cb01", "strong-bad@email.example.com", "mx.test")
    names = {
        "%{ir}.%{v}._spf.%{d2}": f"{'.'.join(reversed('20010db800000000000000000000cb01'))}.ip6._spf.example.com",
        "%{lr-}.lp._spf.%{d2}": "bad.strong.lp._spf.example.com",
        "%{S}.%{h}": "strong-bad%40email.example.com.mx.test",
        "%%%_%-.%{o1r}.": "% %20.email",
        "%{p}.x": "unknown.x",
    }
    for spec, name in names.items():
        assert client.name_of(spec, "email.example.com", FakeResolver().lookup) == name


def test_all_that_the_terms_of_a_record_ask_for_is_asked_before_the_first_is_judged() -> None:
    asked: list[tuple[str, str]] = []

    def silent(name: str, rtype: str) -> DnsAnswer:
        asked.append((name, rtype))
        return dns(apex="v=spf1 include:x.test a:y.test -all").lookup(name, rtype) if rtype == "TXT" else UNKNOWN

    check_host(CLIENT, silent)
    assert {("x.test", "TXT"), ("y.test", "A")} <= set(asked)


UNKNOWN = Unreachable("not looked up yet")
NAMES = st.sampled_from(["example.com", "a.example.com", "b.example.com", "none.test"])
TERMS = st.one_of(
    st.sampled_from(["ip4:198.51.100.1", "a", "mx", "ptr", "exists:%{i}.none.test", "-all", "~all"]),
    st.builds("{}:{}".format, st.sampled_from(["a", "mx", "include", "-include", "exists"]), NAMES),
    st.builds("redirect={}".format, NAMES),
)
RECORDS = st.lists(TERMS, max_size=6, unique=True).map(lambda terms: " ".join(["v=spf1", *terms]))


@given(st.fixed_dictionaries({"apex": RECORDS, "a": RECORDS, "b": RECORDS}))
def test_at_worst_never_promises_less_than_a_receiver_needs(records: dict[str, str]) -> None:
    """For a client that nothing is about, what the static count calls sound evaluates, at no more than it says."""
    resolver = dns(**records).answers("a.example.com", "A", "203.0.113.9").answers("b.example.com", "MX", "1 none.test")
    if records["apex"].count("redirect=") > 1:
        return
    count = count_lookups(resolver.lookup, records["apex"], "example.com")
    found = check_host(CLIENT, resolver.lookup)
    by_macro = sum("%{" in cost.term for cost in count.costs)
    if not count.faults and count.void + by_macro <= VOID_LIMIT:
        assert found.result not in (Result.PERMERROR, Result.TEMPERROR, Result.NONE), found.problem
        assert found.lookups <= count.lookups
        assert found.void <= count.void + by_macro


def test_a_question_is_passed_on_once() -> None:
    asked = []

    def counting(name: str, rtype: str) -> DnsAnswer:
        asked.append(name)
        return UNKNOWN

    ask: Ask = remembering(counting)
    assert (ask("x.test", "A"), ask("x.test", "A"), asked) == (UNKNOWN, UNKNOWN, ["x.test"])
