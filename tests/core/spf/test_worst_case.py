"""Lookups are counted; the first cases are those of the openspf suite for RFC 7208, "Processing limits"."""

import pytest
from fakes.dns import FakeResolver

from provisioner.core.spf.worst_case import LookupCount, count_lookups
from provisioner.errors import Refused


@pytest.fixture
def resolver() -> FakeResolver:
    dns = FakeResolver()
    for name in ("example.com", "mail.example.com", "inc.example.com"):
        dns.answers(name, "A", "1.2.3.4").answers(name, "MX", "10 mail.example.com")
    return dns


def counted(resolver: FakeResolver, record: str) -> LookupCount:
    return count_lookups(resolver.lookup, record, "example.com")


def test_a_record_at_the_limit_has_no_fault(resolver: FakeResolver) -> None:
    at_limit = counted(resolver, "v=spf1 a mx a mx a mx a mx a ptr ip4:1.2.3.4 -all")
    assert (at_limit, at_limit.faults) == (LookupCount(10, 0), ())


def test_a_record_over_the_limit_says_the_number(resolver: FakeResolver) -> None:
    over = counted(resolver, "v=spf1 a mx a mx a mx a mx a ptr a ip4:1.2.3.4 -all")
    assert (over.lookups, over.faults) == (11, ("11 DNS lookups (limit 10, RFC 7208 section 4.6.4)",))


def test_the_terms_of_an_include_count_too(resolver: FakeResolver) -> None:
    """The suite lets this pass by an early match; the static worst case is over the limit."""
    resolver.answers("inc.example.com", "TXT", "some text", "v=spf1 a a a a a a a a")
    assert counted(resolver, "v=spf1 a include:inc.example.com ip4:1.2.3.4 mx -all").lookups == 11


def test_the_same_include_counts_each_time(resolver: FakeResolver) -> None:
    resolver.answers("inc.example.com", "TXT", "v=spf1 a ?all")
    assert counted(resolver, "v=spf1 include:inc.example.com include:Inc.example.com. -all") == LookupCount(4, 0)


@pytest.mark.parametrize(
    ("record", "void"), [("a:e0.test mx:e1.test ?all", 2), ("a:e0.test exists:e1.test a:e2.test", 3)]
)
def test_lookups_without_an_answer_are_void(resolver: FakeResolver, record: str, void: int) -> None:
    count = counted(resolver, f"v=spf1 {record}")
    assert count.void == void
    assert bool(count.faults) == (void > 2)


def test_a_host_with_an_ipv6_address_alone_is_void_for_mail_from_ipv4(resolver: FakeResolver) -> None:
    """Receivers ask for the family of the client's address, and all of SES's are IPv4."""
    resolver.answers("six.example.com", "AAAA", "2001:db8::1")
    count = counted(resolver, "v=spf1 a:six.example.com -all")
    assert (count, count.empty) == (LookupCount(1, 1), ("a:six.example.com",))


def test_hosts_with_ipv4_addresses_alone_are_not_void(resolver: FakeResolver) -> None:
    assert counted(resolver, "v=spf1 a mx a:mail.example.com mx:inc.example.com -all") == LookupCount(4, 0)


def test_a_redirect_is_followed_where_there_is_no_all(resolver: FakeResolver) -> None:
    resolver.answers("inc.example.com", "TXT", "v=spf1 a mx -all")
    assert counted(resolver, "v=spf1 redirect=inc.example.com mx").lookups == 4
    assert counted(resolver, "v=spf1 redirect=inc.example.com mx ~all").lookups == 1


def test_terms_behind_all_exp_and_addresses_are_free(resolver: FakeResolver) -> None:
    record = "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 exp=gone.test x=y -all a mx include:gone.test"
    assert counted(resolver, record) == LookupCount(0, 0)


@pytest.mark.parametrize("term", ["include:loop.example.com", "redirect=loop.example.com"])
def test_a_loop_is_found(resolver: FakeResolver, term: str) -> None:
    resolver.answers("loop.example.com", "TXT", "v=spf1 include:example.com")
    count = counted(resolver, f"v=spf1 {term}")
    assert count == LookupCount(2, 0, broken=("example.com -> loop.example.com -> example.com: a loop",))
    assert count.faults == count.broken


def test_a_record_that_redirects_to_itself_is_a_loop(resolver: FakeResolver) -> None:
    assert counted(resolver, "v=spf1 redirect=%{d}").broken == ("example.com -> example.com: a loop",)


def test_an_include_without_spf_breaks_the_record(resolver: FakeResolver) -> None:
    resolver.answers("inc.example.com", "TXT", "v=spf1mx")
    count = counted(resolver, "v=spf1 include:gone.test include:inc.example.com -all")
    assert count == LookupCount(
        2,
        1,
        broken=(
            "include:gone.test: gone.test has no SPF record",
            "include:inc.example.com: inc.example.com has no SPF record",
        ),
    )


def test_an_include_with_two_records_or_a_broken_one_breaks_the_record(resolver: FakeResolver) -> None:
    resolver.answers("two.test", "TXT", "v=spf1 -all", "v=spf1 +all").answers("bad.test", "TXT", "v=spf1 moo")
    two, bad = counted(resolver, "v=spf1 include:two.test include:bad.test -all").broken
    assert two == "include:two.test: two.test has 2 SPF records"
    assert bad.startswith("bad.test: the SPF record is not valid (permerror): moo")


def test_more_than_ten_mx_hosts_break_the_record(resolver: FakeResolver) -> None:
    resolver.answers("many.test", "MX", *(f"10 mx{number}.many.test" for number in range(11)))
    assert counted(resolver, "v=spf1 mx:many.test -all").broken == (
        "mx:many.test: many.test has 11 MX hosts (limit 10)",
    )


def test_what_dns_did_not_say_is_unknown_and_not_over(resolver: FakeResolver) -> None:
    resolver.times_out("slow.test", "TXT").times_out("slow.test", "A").times_out("slow.test", "MX")
    count = counted(resolver, "v=spf1 include:slow.test a:slow.test mx:slow.test -all")
    assert (count.lookups, count.void, count.faults) == (3, 0, ())
    assert count.unknown == tuple(f"{term}:slow.test: slow.test timed out" for term in ("include", "a", "mx"))


def test_an_address_of_the_other_family_says_nothing_of_one_that_times_out(resolver: FakeResolver) -> None:
    resolver.times_out("half.test", "A").answers("half.test", "AAAA", "2001:db8::1")
    assert counted(resolver, "v=spf1 a:half.test -all") == LookupCount(1, 0, ("a:half.test: half.test timed out",))


def test_a_macro_that_depends_on_the_message_is_unknown_where_it_leads_on(resolver: FakeResolver) -> None:
    count = counted(resolver, "v=spf1 include:%{i}._spf.example.net exists:%{i}.test a:%{d} -all")
    assert count == LookupCount(3, 0, unknown=("include:%{i}._spf.example.net: depends on the message",))


def test_names_are_expanded_below_the_domain_that_is_asked(resolver: FakeResolver) -> None:
    resolver.answers("inc.example.com", "TXT", "v=spf1 a:%{d} exists:x.%{D}")
    assert counted(resolver, "v=spf1 include:inc.example.com") == LookupCount(3, 1)


def test_a_record_far_over_is_not_walked_to_its_end(resolver: FakeResolver) -> None:
    for level in range(20):
        below = f"include:l{level + 1}.test " * 2
        resolver.answers(f"l{level}.test", "TXT", f"v=spf1 {below}")
    resolver.answers("l20.test", "TXT", "v=spf1 -all")
    assert counted(resolver, "v=spf1 include:l0.test").lookups == 100


def test_each_name_is_asked_for_once(resolver: FakeResolver) -> None:
    asked = []

    class Counting(FakeResolver):
        def lookup(self, name: str, rtype: str):  # type: ignore[no-untyped-def]  # as its parent
            asked.append((name, rtype))
            return resolver.lookup(name, rtype)

    count_lookups(Counting().lookup, "v=spf1 a a mx a:example.com -all", "Example.com")
    assert asked == [("example.com", "A"), ("example.com", "MX")]


def test_a_record_that_is_broken_itself_is_refused(resolver: FakeResolver) -> None:
    with pytest.raises(Refused, match=r"example\.com: the SPF record is not valid"):
        counted(resolver, "v=spf1 mx -all moo")
