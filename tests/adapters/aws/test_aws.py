"""Route 53, SES and IAM: the emulated ones, and stubbed answers for what the emulation cannot be brought to say."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.iam import IamSmtpUsers
from provisioner.adapters.aws.route53 import Route53Zones
from provisioner.adapters.aws.ses import SesIdentities
from provisioner.adapters.aws.session import AwsSession
from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError

EXAMPLE = DomainName.parse("example.com")
VIRGINIA = Region.parse("us-east-1")
USER = "example.com"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
VPC = {"VPCRegion": "us-east-1", "VPCId": "vpc-0123456789"}

Stub = Callable[..., Stubber]


@pytest.fixture
def stub(session: AwsSession) -> Iterator[Stub]:
    """Put a stub in front of the client that the adapter will get; every expected call must come."""
    with ExitStack() as stack:

        def start(service: str, *arguments: Any) -> Stubber:
            stubber: Stubber = stack.enter_context(Stubber(session.client(service, *arguments)))
            stack.callback(stubber.assert_no_pending_responses)
            return stubber

        yield start


def make_zone(session: AwsSession, name: str, reference: str = "1", **options: Any) -> str:
    created = session.client("route53").create_hosted_zone(Name=name, CallerReference=f"{name} {reference}", **options)
    return str(created["HostedZone"]["Id"].rpartition("/")[2])


def change(session: AwsSession, zone: str, *record_sets: dict[str, Any]) -> None:
    changes = [{"Action": "UPSERT", "ResourceRecordSet": record_set} for record_set in record_sets]
    session.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def record_set(name: str, rtype: str, *values: str) -> dict[str, Any]:
    return {"Name": name, "Type": rtype, "TTL": 300, "ResourceRecords": [{"Value": value} for value in values]}


def found(session: AwsSession, zone: str, rtype: str) -> list[Record]:
    return [record for record in Route53Zones(session).record_sets(zone) if record.type == rtype]


def test_the_caller_is_named_by_account_and_arn(emulated: AwsSession) -> None:
    caller = AwsAccount(emulated).caller()
    assert caller.account == "123456789012"
    assert caller.arn.startswith("arn:aws:sts::123456789012:")


def test_the_caller_is_asked_once_in_a_run(session: AwsSession, stub: Stub) -> None:
    stub("sts", None, 3).add_response("get_caller_identity", {"Account": "1", "Arn": "arn:aws:iam::1:user/a"})
    account = AwsAccount(session)
    account.check()
    assert account.caller() is account.caller()


def test_a_zone_is_found_with_its_name_servers_and_tags(emulated: AwsSession) -> None:
    zone_id = make_zone(emulated, "Example.com.")
    emulated.client("route53").change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=zone_id, AddTags=[{"Key": "ManagedBy", "Value": "provisioner"}]
    )
    (zone,) = Route53Zones(emulated).public_zones("example.com")
    assert (zone.id, zone.name, zone.tags) == (zone_id, "example.com", {"ManagedBy": "provisioner"})
    assert len(zone.name_servers) == 4
    assert not any(server.endswith(".") for server in zone.name_servers)


def test_neither_a_zone_above_nor_one_below_is_a_zone_of_the_name(emulated: AwsSession) -> None:
    make_zone(emulated, "example.com")
    make_zone(emulated, "a.blog.example.com")
    make_zone(emulated, "zzz.example")
    assert Route53Zones(emulated).public_zones("blog.example.com") == []


def test_a_private_zone_of_the_name_does_not_count(emulated: AwsSession) -> None:
    make_zone(emulated, "example.com", "private", VPC=VPC, HostedZoneConfig={"PrivateZone": True})
    assert Route53Zones(emulated).public_zones("example.com") == []


def test_every_public_zone_of_the_name_is_found(emulated: AwsSession) -> None:
    make_zone(emulated, "example.com", "private", VPC=VPC, HostedZoneConfig={"PrivateZone": True})
    make_zone(emulated, "a.example.com")
    expected = {make_zone(emulated, "example.com", f"{number}") for number in range(12)}
    assert {zone.id for zone in Route53Zones(emulated).public_zones("example.com")} == expected


def test_a_new_zone_holds_its_ns_and_soa(emulated: AwsSession) -> None:
    zone = make_zone(emulated, "example.com")
    assert {(record.name, record.type) for record in Route53Zones(emulated).record_sets(zone)} == {
        ("example.com", "NS"),
        ("example.com", "SOA"),
    }


def test_txt_values_come_unquoted_with_their_strings_joined(emulated: AwsSession) -> None:
    zone = make_zone(emulated, "example.com")
    change(emulated, zone, record_set("example.com", "TXT", '"v=DKIM1; p=" "abc"', '"say \\"hi\\""'))
    (txt,) = found(emulated, zone, "TXT")
    assert set(txt.values) == {"v=DKIM1; p=abc", 'say "hi"'}
    assert txt.ttl == 300


def test_hosts_come_without_their_trailing_dot(emulated: AwsSession) -> None:
    zone = make_zone(emulated, "example.com")
    change(emulated, zone, record_set("WWW.example.com.", "CNAME", "host.example.net."))
    (cname,) = found(emulated, zone, "CNAME")
    assert (cname.name, cname.values) == ("www.example.com", ("host.example.net",))


def test_record_sets_of_all_pages_are_read(session: AwsSession, stub: Stub) -> None:
    first = {
        "ResourceRecordSets": [record_set("a.example.com.", "A", "192.0.2.1")],
        "IsTruncated": True,
        "NextRecordName": "b.example.com.",
        "NextRecordType": "A",
        "MaxItems": "1",
    }
    last = {
        "ResourceRecordSets": [record_set("b.example.com.", "A", "192.0.2.2")],
        "IsTruncated": False,
        "MaxItems": "1",
    }
    route53 = stub("route53")
    route53.add_response("list_resource_record_sets", first, {"HostedZoneId": "Z1"})
    expected = {"HostedZoneId": "Z1", "StartRecordName": "b.example.com.", "StartRecordType": "A"}
    route53.add_response("list_resource_record_sets", last, expected)
    assert [r.name for r in Route53Zones(session).record_sets("Z1")] == ["a.example.com", "b.example.com"]


def test_more_record_sets_than_a_page_holds_are_read_from_the_emulated_route_53_too(emulated: AwsSession) -> None:
    zone = make_zone(emulated, "example.com")
    change(emulated, zone, *(record_set(f"host-{n}.example.com", "A", "192.0.2.1") for n in range(310)))
    assert len(found(emulated, zone, "A")) == 310


def test_an_alias_has_no_values_and_a_wildcard_its_star(session: AwsSession, stub: Stub) -> None:
    target = {"HostedZoneId": "Z2", "DNSName": "lb.example.net.", "EvaluateTargetHealth": False}
    alias = {"Name": "\\052.example.com.", "Type": "A", "AliasTarget": target}
    page = {"ResourceRecordSets": [alias], "IsTruncated": False, "MaxItems": "300"}
    stub("route53").add_response("list_resource_record_sets", page)
    assert Route53Zones(session).record_sets("Z1") == [Record("*.example.com", "A", 0, ())]


def test_an_identity_that_does_not_exist_is_none(emulated: AwsSession) -> None:
    assert SesIdentities(emulated, AwsAccount(emulated)).status(EXAMPLE, VIRGINIA) is None


def test_an_identity_is_described_as_ses_has_it(emulated: AwsSession) -> None:
    ses = emulated.client("sesv2", "us-east-1")
    ses.create_configuration_set(ConfigurationSetName="example-com")
    ses.create_email_identity(
        EmailIdentity="example.com",
        ConfigurationSetName="example-com",
        Tags=[{"Key": "Domain", "Value": "example.com"}],
    )
    ses.put_email_identity_mail_from_attributes(EmailIdentity="example.com", MailFromDomain="bounce.example.com")
    status = SesIdentities(emulated, AwsAccount(emulated)).status(EXAMPLE, VIRGINIA)
    assert status is not None
    assert status.arn == "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    assert (status.verified, status.dkim_status, status.mail_from_status) == (False, "PENDING", "PENDING")
    assert status.mail_from_domain == "bounce.example.com"
    assert status.signing_hosted_zone == "dkim.amazonses.com"
    assert len(status.dkim_tokens) == 3
    assert (status.configuration_set, status.tags) == ("example-com", {"Domain": "example.com"})


def test_an_identity_is_looked_for_in_its_own_region_only(emulated: AwsSession) -> None:
    emulated.client("sesv2", "us-east-1").create_email_identity(EmailIdentity="example.com")
    assert SesIdentities(emulated, AwsAccount(emulated)).status(EXAMPLE, Region.parse("eu-west-1")) is None


def test_an_identity_without_dkim_and_mail_from_is_described_all_the_same(session: AwsSession, stub: Stub) -> None:
    stub("sts", None, 3).add_response("get_caller_identity", {"Account": "1", "Arn": "arn:aws:iam::1:user/a"})
    stub("sesv2", "us-east-1").add_response("get_email_identity", {"IdentityType": "DOMAIN"})
    status = SesIdentities(session, AwsAccount(session)).status(EXAMPLE, VIRGINIA)
    assert status is not None
    assert (status.verified, status.dkim_status, status.dkim_tokens) == (False, "NOT_STARTED", ())
    assert (status.mail_from_domain, status.mail_from_status, status.signing_hosted_zone) == (None, None, None)


def test_an_identity_that_may_not_be_read_is_no_absent_one(session: AwsSession, stub: Stub) -> None:
    stub("sesv2", "us-east-1").add_client_error("get_email_identity", "AccessDeniedException", "not authorized")
    with pytest.raises(ProvisionerError, match="ses:GetEmailIdentity") as caught:
        SesIdentities(session, AwsAccount(session)).status(EXAMPLE, VIRGINIA)
    assert caught.value.code == "access_denied"


def test_a_user_that_does_not_exist_has_no_keys(emulated: AwsSession) -> None:
    assert IamSmtpUsers(emulated).keys(USER) == []


def test_keys_come_oldest_first_with_their_state(session: AwsSession, stub: Stub) -> None:
    new = {"AccessKeyId": "AKIANEWNEWNEWNEW", "Status": "Active", "CreateDate": datetime(2026, 2, 1, tzinfo=UTC)}
    old = {"AccessKeyId": "AKIAOLDOLDOLDOLD", "Status": "Inactive", "CreateDate": datetime(2025, 2, 1, tzinfo=UTC)}
    stub("iam").add_response("list_access_keys", {"AccessKeyMetadata": [new, old]})
    assert IamSmtpUsers(session).keys(USER) == [
        AccessKey("AKIAOLDOLDOLDOLD", active=False),
        AccessKey("AKIANEWNEWNEWNEW", active=True),
    ]


def test_a_key_is_made_and_deleted_again(emulated: AwsSession) -> None:
    emulated.client("iam").create_user(UserName=USER)
    users = IamSmtpUsers(emulated)
    key_id, secret = users.create_key(USER)
    assert users.keys(USER) == [AccessKey(key_id, active=True)]
    assert len(secret.reveal()) == 40
    assert secret.reveal() not in repr(secret)
    users.delete_key(USER, key_id)
    assert users.keys(USER) == []


def test_a_key_that_is_gone_already_is_deleted_without_complaint(emulated: AwsSession) -> None:
    emulated.client("iam").create_user(UserName=USER)
    IamSmtpUsers(emulated).delete_key(USER, KEY_ID)
    assert IamSmtpUsers(emulated).keys(USER) == []


def test_a_key_that_may_not_be_deleted_is_said(session: AwsSession, stub: Stub) -> None:
    stub("iam").add_client_error("delete_access_key", "AccessDenied", "not authorized")
    with pytest.raises(ProvisionerError, match="iam:DeleteAccessKey: AccessDenied"):
        IamSmtpUsers(session).delete_key(USER, KEY_ID)


def test_a_user_that_iam_does_not_see_yet_is_waited_for(session: AwsSession, stub: Stub) -> None:
    iam, slept = stub("iam"), list[float]()
    for _ in range(2):
        iam.add_client_error("create_access_key", "NoSuchEntity", "The user cannot be found.")
    key = {"UserName": USER, "AccessKeyId": KEY_ID, "Status": "Active", "SecretAccessKey": SECRET}
    iam.add_response("create_access_key", {"AccessKey": key}, {"UserName": USER})
    key_id, secret = IamSmtpUsers(session, slept.append).create_key(USER)
    assert (key_id, secret.reveal()) == (KEY_ID, SECRET)
    assert slept == [1, 2]


def test_a_user_that_never_appears_is_an_error_after_half_a_minute(session: AwsSession, stub: Stub) -> None:
    iam, slept = stub("iam"), list[float]()
    for _ in range(6):
        iam.add_client_error("create_access_key", "NoSuchEntity", "The user cannot be found.")
    with pytest.raises(ProvisionerError, match="IAM user example\\.com does not exist") as caught:
        IamSmtpUsers(session, slept.append).create_key(USER)
    assert caught.value.code == "no_such_user"
    assert sum(slept) == 30


def test_two_keys_are_as_many_as_iam_allows(emulated: AwsSession, stub: Stub) -> None:
    emulated.client("iam").create_user(UserName=USER)
    users = IamSmtpUsers(emulated)
    users.create_key(USER)
    users.create_key(USER)
    with pytest.raises(ProvisionerError, match="has two access keys already") as caught:
        users.create_key(USER)
    assert caught.value.code == "key_limit"
    assert caught.value.hint


def test_a_key_that_may_not_be_made_is_said_at_once(session: AwsSession, stub: Stub) -> None:
    slept = list[float]()
    stub("iam").add_client_error("create_access_key", "AccessDenied", "not authorized")
    with pytest.raises(ProvisionerError, match="iam:CreateAccessKey: AccessDenied") as caught:
        IamSmtpUsers(session, slept.append).create_key(USER)
    assert caught.value.code == "access_denied"
    assert slept == []


def test_a_network_that_breaks_while_the_key_is_made_is_said_in_our_words(
    aws_at: Callable[[str], AwsSession], closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = aws_at(f"http://127.0.0.1:{closed_port}")
    once = session.client("iam", None, 1)  # ten tries would take a minute
    monkeypatch.setattr(session, "client", lambda _service: once)
    with pytest.raises(ProvisionerError, match="iam:CreateAccessKey") as caught:
        IamSmtpUsers(session).create_key(USER)
    assert caught.value.code == "unreachable"
