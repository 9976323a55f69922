"""Zones at another DNS host, in which there is what Route 53 refuses."""

import pytest
from sandbox_net import Net, code, names, values

pytestmark = pytest.mark.usefixtures("net")
TEXT = """\
$TTL 86400
@ IN SOA ns1.host.example. hostmaster.host.example. (
    2026112801 ; serial
    7200 900 1209600 86400 )
  IN NS ns1.host.example.
  IN TXT "v=spf1 include:amazonses.com ~all" ; a comment
  3600 IN TXT "semi\\059colon; \\"quoted\\""
  SPF "v=spf1 mx -all"
bounce 300 IN MX 10 feedback-smtp.us-east-1.amazonses.com.
"""


def serve(net: Net, text: str) -> None:
    net.knobs.external("hosted.example", f"{TEXT}{text}", "ns1.host.example", "ns2.host.example")


def test_a_zone_file_is_served_by_its_own_servers_and_found_by_the_resolver(net: Net) -> None:
    serve(net, "")
    for reply in (net.resolve("hosted.example", "TXT"), net.ask("ns2.host.example", "hosted.example", "TXT")):
        assert values(reply) == {'"v=spf1 include:amazonses.com ~all"', '"semi;colon; \\"quoted\\""'}
    assert names(net.ask("a.nic.example", "hosted.example", "A")) == ["ns1.host.example", "ns2.host.example"]
    assert values(net.resolve("bounce.hosted.example", "MX")) == {"10 feedback-smtp.us-east-1.amazonses.com."}
    assert code(net.ask(net.servers[0], "hosted.example", "TXT")) == "REFUSED"


def test_an_absence_is_kept_as_long_as_the_zone_says(net: Net) -> None:
    serve(net, "")
    reply = net.resolve("nothing.hosted.example", "TXT")
    assert (code(reply), reply.authority[0].ttl) == ("NXDOMAIN", 86400)


def test_a_type_of_its_own_for_spf(net: Net) -> None:
    serve(net, "")
    assert values(net.resolve("hosted.example", "SPF")) == {'"v=spf1 mx -all"'}


def test_an_alias_beside_other_records_is_answered_where_it_alone_is_asked_for(net: Net) -> None:
    serve(net, '_dmarc TXT "v=DMARC1; p=none"\n_dmarc CNAME d.vendor.example.\n')
    assert values(net.resolve("_dmarc.hosted.example", "TXT")) == {'"v=DMARC1; p=none"'}
    assert values(net.resolve("_dmarc.hosted.example", "CNAME")) == {"d.vendor.example."}


def test_an_alias_at_the_top_hides_what_is_not_there_itself(net: Net) -> None:
    net.knobs.external("bare.example", "@ CNAME host.example.net.\n")
    assert values(net.resolve("bare.example", "TXT")) == {"host.example.net."}
    assert values(net.resolve("bare.example", "MX")) == {"host.example.net."}
    assert values(net.resolve("bare.example", "NS")) == {"ns1.host.example.", "ns2.host.example."}


def test_a_dname_makes_every_name_below_somebody_elses(net: Net) -> None:
    net.knobs.external("moved.example", '@ DNAME example.com.\n@ TXT "still here"\n')
    assert values(net.resolve("moved.example", "TXT")) == {'"still here"'}
    reply = net.resolve("www.moved.example", "TXT")
    assert code(reply) == "NXDOMAIN"
    assert values(reply) == {"example.com.", "www.example.com."}
    assert values(net.ask("ns1.host.example", "www.moved.example", "DNAME")) == {"example.com.", "www.example.com."}


def test_two_aliases_at_one_name(net: Net) -> None:
    serve(net, "t CNAME a.example.net.\nt CNAME b.example.net.\n")
    assert values(net.resolve("t.hosted.example", "CNAME")) == {"a.example.net.", "b.example.net."}


@pytest.mark.parametrize("ttl", [0, 604800, 2147483647])
def test_any_time_to_live(net: Net, ttl: int) -> None:
    serve(net, f"t {ttl} CNAME a.example.net.\n")
    assert net.resolve("t.hosted.example", "CNAME").answer[0].ttl == ttl


def test_a_zone_at_another_host_goes_before_ours_of_the_name(net: Net) -> None:
    net.knobs.external("example.com", '@ TXT "moved"\n')
    assert values(net.resolve("example.com", "TXT")) == {'"moved"'}
    net.knobs.delegated("example.com", *net.servers)
    assert values(net.resolve("example.com", "TXT")) == {'"v=spf1 include:amazonses.com ~all"'}


def test_records_can_be_given_as_data(net: Net) -> None:
    record = {"name": "data.example", "type": "mx", "values": ["0 ."]}
    net.knobs.turn(dns=[{"fault": "zone", "zone": "data.example", "servers": ["ns1.x.example"], "records": [record]}])
    assert values(net.resolve("data.example", "MX")) == {"0 ."}
    assert net.knobs.shown()["dns"][0]["records"] == [{**record, "type": "MX", "ttl": 300}]


def test_a_zone_that_refers_on_below_another_is_followed(net: Net) -> None:
    net.knobs.external("top.example", "news NS ns1.news.top.example.\nns1.news A 192.0.2.1\n")
    assert names(net.ask("ns1.host.example", "a.news.top.example", "TXT")) == ["ns1.news.top.example"]
    net.knobs.external("news.top.example", 'a TXT "below"\n', "ns1.news.top.example")
    assert values(net.resolve("a.news.top.example", "TXT")) == {'"below"'}


@pytest.mark.parametrize("text", ["a 300 IN\n", "a TXT\n", "a 300 IN 5\n"])
def test_what_is_no_record_is_told(net: Net, text: str) -> None:
    with pytest.raises(ValueError, match="is no record"):
        net.knobs.external("hosted.example", text)


def test_an_alias_of_route_53_answers_with_what_somebody_elses_zone_has(net: Net) -> None:
    zone = net.aws.zone("aliased.example")
    target = {
        "HostedZoneId": "Z35SXDOTRQ7X7K",
        "DNSName": "lb.us-east-1.elb.amazonaws.com.",
        "EvaluateTargetHealth": False,
    }
    change = {"Action": "CREATE", "ResourceRecordSet": {"Name": "aliased.example", "Type": "A", "AliasTarget": target}}
    net.aws.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
    assert code(net.resolve("aliased.example", "A")) == "SERVFAIL"
    net.knobs.external("elb.amazonaws.com", "lb.us-east-1 A 192.0.2.9\n")
    assert values(net.resolve("aliased.example", "A")) == {"192.0.2.9"}


def test_ses_publishes_its_keys_where_the_records_point_to(net: Net) -> None:
    made = net.aws.client("sesv2").create_email_identity(EmailIdentity="signed.example")
    token = made["DkimAttributes"]["Tokens"][0]
    net.knobs.external("signed.example", f"{token}._domainkey CNAME {token}.dkim.amazonses.com.\n")
    reply = net.resolve(f"{token}._domainkey.signed.example", "TXT")
    assert code(reply) == "NOERROR"
    assert any(value.startswith('"p=MII') for value in values(reply))
