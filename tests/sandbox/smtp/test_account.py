"""The whole sandbox by its protocols: boto3 makes what DNS then shows and SMTP then obeys."""

import json
import smtplib
from collections.abc import Callable, Iterator

import boto3
import dns.message
import dns.query
import dns.rcode
import pytest
from mypy_boto3_route53.type_defs import ChangeTypeDef
from mypy_boto3_sesv2 import SESV2Client

from provisioner.core.credentials.password import derive
from provisioner.sandbox.dns.server import DnsServer
from provisioner.sandbox.internet import Internet, public_view
from provisioner.sandbox.knobs.dns import DnsFaults
from provisioner.sandbox.smtp import certificate
from provisioner.sandbox.smtp.account import EmulatedAccount
from provisioner.sandbox.smtp.mailbox import Mailbox
from provisioner.sandbox.smtp.server import SmtpServer
from provisioner.sandbox.zones import ACCOUNT

REGION = "eu-west-1"
DOMAIN = "example.com"
ARN = f"arn:aws:ses:{REGION}:{ACCOUNT}:"


@pytest.fixture
def session(start_aws: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> boto3.Session:
    monkeypatch.setenv("AWS_ENDPOINT_URL", start_aws(region=REGION))
    return boto3.Session("testing", "testing", region_name=REGION)


def change(name: str, rtype: str, *values: str) -> ChangeTypeDef:
    records = [{"Value": value} for value in values]
    record_set = {"Name": name, "Type": rtype, "TTL": 300, "ResourceRecords": records}
    return {"Action": "CREATE", "ResourceRecordSet": record_set}  # type: ignore[typeddict-item]  # built by parts


def publish(session: boto3.Session, *changes: ChangeTypeDef) -> str:
    route53 = session.client("route53")
    zone = route53.create_hosted_zone(Name=DOMAIN, CallerReference="once")["HostedZone"]["Id"]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": list(changes)})
    return zone


def verified_domain(session: boto3.Session) -> SESV2Client:
    """Make the domain, its records, its set and its MAIL FROM as the provisioner would."""
    ses = session.client("sesv2")
    ses.create_configuration_set(ConfigurationSetName="example-com")
    dkim = ses.create_email_identity(EmailIdentity=DOMAIN, ConfigurationSetName="example-com")["DkimAttributes"]
    ses.put_email_identity_mail_from_attributes(EmailIdentity=DOMAIN, MailFromDomain=f"bounce.{DOMAIN}")
    zone = dkim["SigningHostedZone"]
    keys = [change(f"{token}._domainkey.{DOMAIN}", "CNAME", f"{token}.{zone}") for token in dkim["Tokens"]]
    publish(session, *keys, change(f"bounce.{DOMAIN}", "MX", f"10 feedback-smtp.{REGION}.amazonses.com"))
    return ses


def key(session: boto3.Session, *resources: str) -> tuple[str, str]:
    """Make a user who may send as the domain through these resources; return the SMTP user name and password."""
    iam = session.client("iam")
    iam.create_user(UserName="mail", Path="/provisioner/smtp/")
    statement = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": list(resources)}
    statement["Condition"] = {"StringLike": {"ses:FromAddress": f"*@{DOMAIN}"}}  # type: ignore[assignment]  # plain JSON
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    iam.put_user_policy(UserName="mail", PolicyName="send", PolicyDocument=document)
    made = iam.create_access_key(UserName="mail")["AccessKey"]
    return made["AccessKeyId"], derive(made["SecretAccessKey"], REGION)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def smtp(session: boto3.Session, mailbox: Mailbox) -> Iterator[smtplib.SMTP]:
    tls = certificate.create()
    server = SmtpServer(EmulatedAccount(REGION), tls, mailbox)
    server.start()
    with smtplib.SMTP("localhost", server.port, timeout=10) as client:
        client.starttls(context=tls.client_context())
        yield client
    server.stop()


def send(client: smtplib.SMTP, sender: str = f"info@{DOMAIN}") -> tuple[int, str]:
    client.ehlo_or_helo_if_needed()
    client.mail(sender)
    client.rcpt("a@one.test")
    code, reply = client.data(f"From: {sender}\r\nSubject: Hi\r\n\r\nHello\r\n")
    return code, reply.decode()


def test_a_domain_made_by_api_calls_sends_mail(smtp: smtplib.SMTP, session: boto3.Session, mailbox: Mailbox) -> None:
    verified_domain(session)
    smtp.login(*key(session, f"{ARN}identity/{DOMAIN}", f"{ARN}configuration-set/example-com"))

    code, reply = send(smtp)
    (kept,) = mailbox.messages()
    assert (code, reply) == (250, f"Ok {kept.message_id}")
    assert (kept.identity, kept.configuration_set) == (DOMAIN, "example-com")
    assert kept.return_path == f"{kept.message_id}@bounce.{DOMAIN}"
    assert kept.user_arn == f"arn:aws:iam::{ACCOUNT}:user/provisioner/smtp/mail"


def test_iam_verification_and_pauses_are_those_of_the_emulated_account(
    smtp: smtplib.SMTP, session: boto3.Session
) -> None:
    ses = verified_domain(session)
    smtp.login(*key(session, f"{ARN}identity/*", f"{ARN}configuration-set/example-com"))

    assert "is not authorized" in send(smtp, "x@other.test")[1]
    ses.put_configuration_set_sending_options(ConfigurationSetName="example-com", SendingEnabled=False)
    assert send(smtp) == (554, "Sending paused for configuration set example-com.")
    ses.put_configuration_set_sending_options(ConfigurationSetName="example-com", SendingEnabled=True)
    ses.put_account_sending_attributes(SendingEnabled=False)
    assert send(smtp)[1].startswith("Sending paused for this account.")


def test_without_its_records_the_domain_is_not_verified(smtp: smtplib.SMTP, session: boto3.Session) -> None:
    session.client("sesv2").create_email_identity(EmailIdentity=DOMAIN)
    smtp.login(*key(session, "*"))

    code, reply = send(smtp)
    assert code == 554
    assert reply.endswith(f"failed the check in region EU-WEST-1: info@{DOMAIN}")


def test_a_key_works_from_its_creation_until_it_is_switched_off(smtp: smtplib.SMTP, session: boto3.Session) -> None:
    user, password = key(session, "*")
    session.client("iam").update_access_key(UserName="mail", AccessKeyId=user, Status="Inactive")
    with pytest.raises(smtplib.SMTPAuthenticationError, match="535"):
        smtp.login(user, password)

    session.client("iam").update_access_key(UserName="mail", AccessKeyId=user, Status="Active")
    assert smtp.login(user, password) == (235, b"Authentication successful.")


def test_dns_answers_from_the_emulated_route_53_as_soon_as_a_change_is_made(session: boto3.Session) -> None:
    server = DnsServer(lambda: Internet(public_view(DnsFaults())))
    server.start()
    try:
        before = ask(server, DOMAIN, "NS")
        long = '"' + "a" * 255 + '" "' + "b" * 40 + '"'
        publish(
            session,
            change(f"*.{DOMAIN}", "TXT", '"any"'),
            change(f"long.{DOMAIN}", "TXT", long),
            change(DOMAIN, "TXT", '"v=spf1 -all"', r'"\052"'),
        )

        assert before == ("NXDOMAIN", set())
        assert len(ask(server, DOMAIN, "NS")[1]) == 4
        assert ask(server, f"something.{DOMAIN}", "TXT") == ("NOERROR", {'"any"'})
        assert ask(server, f"long.{DOMAIN}", "TXT") == ("NOERROR", {long})
        assert ask(server, DOMAIN, "TXT") == ("NOERROR", {'"v=spf1 -all"', '"*"'})
        assert ask(server, DOMAIN, "MX") == ("NOERROR", set())
    finally:
        server.stop()


def ask(server: DnsServer, name: str, rtype: str) -> tuple[str, set[str]]:
    query = dns.message.make_query(name, rtype)
    response = dns.query.udp(query, "127.0.0.1", port=server.port, timeout=5)
    answers = {str(record) for rrset in response.answer for record in rrset}
    return dns.rcode.to_text(response.rcode()), answers
