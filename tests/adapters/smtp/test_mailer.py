"""SMTP the way a website speaks it, against the sandbox's server and a few that misbehave."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import boto3
import pytest

from provisioner.adapters.smtp.mailer import SmtpMailer
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.endpoint import Endpoint, endpoints_of
from provisioner.core.credentials.smtp_reply import Cause, SmtpReply
from provisioner.core.mail_domain.standing import PAUSE_DOCUMENT
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import PAUSE_POLICY
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, ProvisionerError, SmtpRefusal
from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

EXAMPLE = DomainName.parse("example.com")
VIRGINIA = Region.parse("us-east-1")
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEYS: Any = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "made-up"}
POLICY = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*",
"Condition": {"StringLike": {"ses:FromAddress": "*@example.com"}}}]}"""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SandboxSettings(verification_delay=0.0)) as running:
        yield running


@pytest.fixture(scope="module")
def credential(sandbox: Sandbox) -> SmtpCredential:
    """The credential of a user who may send as a verified example.com."""

    session = boto3.Session(**KEYS)

    def client(service: Any) -> Any:
        return session.client(service, "us-east-1", endpoint_url=sandbox.addresses.aws)

    zone = client("route53").create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    tokens = client("sesv2").create_email_identity(EmailIdentity="example.com")["DkimAttributes"]["Tokens"]
    for token in tokens:
        values = [{"Value": f"{token}.dkim.amazonses.com"}]
        records = {"Name": f"{token}._domainkey.example.com", "Type": "CNAME", "TTL": 60, "ResourceRecords": values}
        changes = [{"Action": "CREATE", "ResourceRecordSet": records}]
        client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    client("iam").create_user(UserName="example.com")
    client("iam").put_user_policy(UserName="example.com", PolicyName="send", PolicyDocument=POLICY)
    key = client("iam").create_access_key(UserName="example.com")["AccessKey"]
    return SmtpCredential.derived(SmtpUser(EXAMPLE), VIRGINIA, key["AccessKeyId"], Secret(key["SecretAccessKey"]))


@pytest.fixture
def trusted(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the sandbox's certificate, as its own environment does."""
    monkeypatch.setenv("SSL_CERT_FILE", str(sandbox.addresses.ca_bundle))


@pytest.fixture
def mailer(sandbox: Sandbox, trusted: None) -> SmtpMailer:
    return SmtpMailer(sandbox.addresses.smtp)


@pytest.fixture
def greets() -> Iterator[Callable[[bytes], str]]:
    """Start a server that says one thing to whoever connects and hangs up; returns its `host:port`."""
    with ExitStack() as stack:

        def start(greeting: bytes) -> str:
            server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def answer() -> None:
                connection, _ = server.accept()
                with connection:
                    connection.sendall(greeting)

            thread = threading.Thread(target=answer, daemon=True)
            thread.start()
            stack.callback(thread.join, 5)
            return f"127.0.0.1:{server.getsockname()[1]}"

        yield start


def send(mailer: SmtpMailer, credential: SmtpCredential, sender: str = "test@example.com") -> str:
    return mailer.send(credential, sender, "visitor@example.net", "Grüße", "Line one\n.\nLine three: ü\n")


def refusal(mailer: SmtpMailer, credential: SmtpCredential, **options: str) -> ProvisionerError:
    with pytest.raises(ProvisionerError) as caught:
        send(mailer, credential, **options)
    assert caught.value.hint
    assert credential.password.reveal() not in str(caught.value.__dict__)
    return caught.value


def test_a_message_arrives_whole_and_the_reply_is_handed_back(
    sandbox: Sandbox, mailer: SmtpMailer, credential: SmtpCredential
) -> None:
    reply = send(mailer, credential)
    arrived = sandbox.mailbox.messages()[-1]
    assert reply == f"Ok {arrived.message_id}"
    assert (arrived.sender, arrived.recipients) == ("test@example.com", ("visitor@example.net",))
    assert b"\n" not in arrived.raw.replace(b"\r\n", b"")
    message = message_from_bytes(arrived.raw, policy=policy.default)
    assert message["Subject"] == "Grüße"
    assert message.get_content().replace("\r\n", "\n") == "Line one\n.\nLine three: ü\n"


def test_a_wrong_password_is_refused_with_the_servers_own_words(mailer: SmtpMailer, credential: SmtpCredential) -> None:
    error = refusal(mailer, replace(credential, password=Secret(SECRET)))
    assert error.code == "smtp_login_refused"
    assert "535 Authentication Credentials Invalid" in error.message
    assert SECRET not in error.message


def test_sending_as_another_domain_is_refused_with_the_servers_own_words(
    mailer: SmtpMailer, credential: SmtpCredential
) -> None:
    error = refusal(mailer, credential, sender="test@example.org")
    assert error.code == "smtp_refused"
    assert "554 Access denied" in error.message


def test_a_sender_that_is_paused_is_refused_at_once_and_accepted_again_when_it_is_resumed(
    sandbox: Sandbox, mailer: SmtpMailer, credential: SmtpCredential
) -> None:
    iam = boto3.client("iam", "us-east-1", endpoint_url=sandbox.addresses.aws, **KEYS)
    iam.put_user_policy(UserName="example.com", PolicyName=PAUSE_POLICY, PolicyDocument=PAUSE_DOCUMENT)
    try:
        assert "554 Access denied" in refusal(mailer, credential).message
    finally:
        iam.delete_user_policy(UserName="example.com", PolicyName=PAUSE_POLICY)
    assert send(mailer, credential).startswith("Ok ")


@pytest.fixture
def aws(sandbox: Sandbox) -> Callable[[str], Any]:
    """Return a client of the sandbox's AWS."""
    session = boto3.Session(**KEYS)
    return lambda service: session.client(service, "us-east-1", endpoint_url=sandbox.addresses.aws)  # type: ignore[call-overload]  # a literal name


@pytest.fixture
def broken(aws: Callable[[str], Any], credential: SmtpCredential, request: pytest.FixtureRequest) -> Iterator[None]:
    """Break one thing of a domain that sends, and mend it afterwards."""
    key = {"UserName": "example.com", "AccessKeyId": credential.user_name}
    iam, ses = aws("iam"), aws("sesv2")
    switches: dict[str, Callable[[bool], Any]] = {
        "key": lambda on: iam.update_access_key(**key, Status="Active" if on else "Inactive"),
        "policy": lambda on: iam.put_user_policy(
            UserName="example.com", PolicyName="send", PolicyDocument=POLICY if on else PAUSE_DOCUMENT
        ),
        "account": lambda on: ses.put_account_sending_attributes(SendingEnabled=on),
        "set": lambda on: _default_set(ses, on=on),
    }
    switch = switches[request.param]
    switch(False)
    yield
    switch(True)


def _default_set(ses: Any, *, on: bool) -> None:
    if on:
        ses.put_email_identity_configuration_set_attributes(EmailIdentity="example.com")
        ses.delete_configuration_set(ConfigurationSetName="example-com")
    else:
        ses.create_configuration_set(ConfigurationSetName="example-com", SendingOptions={"SendingEnabled": False})
        ses.put_email_identity_configuration_set_attributes(
            EmailIdentity="example.com", ConfigurationSetName="example-com"
        )


@pytest.mark.parametrize(
    ("broken", "cause"),
    [
        ("key", Cause.LOGIN),
        ("policy", Cause.NOT_AUTHORIZED),
        ("account", Cause.ACCOUNT_PAUSED),
        ("set", Cause.SET_PAUSED),
    ],
    indirect=["broken"],
)
def test_each_refusal_is_known_by_its_cause(
    mailer: SmtpMailer, credential: SmtpCredential, broken: None, cause: Cause
) -> None:
    error = refusal(mailer, credential)
    assert isinstance(error, SmtpRefusal)
    assert SmtpReply(error.reply, error.said).cause is cause


def test_an_address_that_is_not_verified_is_named(
    mailer: SmtpMailer, credential: SmtpCredential, aws: Callable[[str], Any]
) -> None:
    everything = POLICY.replace("*@example.com", "*")
    aws("iam").put_user_policy(UserName="example.com", PolicyName="send", PolicyDocument=everything)
    try:
        error = refusal(mailer, credential, sender="test@example.org")
    finally:
        aws("iam").put_user_policy(UserName="example.com", PolicyName="send", PolicyDocument=POLICY)
    assert isinstance(error, SmtpRefusal)
    reply = SmtpReply(error.reply, error.said)
    assert (reply.cause, reply.unverified) == (Cause.NOT_VERIFIED, ("test@example.org",))


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    sandbox: Sandbox, credential: SmtpCredential, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nobody = tmp_path / "empty.pem"
    nobody.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(nobody))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    before = len(sandbox.mailbox.messages())
    error = refusal(SmtpMailer(sandbox.addresses.smtp), credential)
    assert error.code == "smtp_certificate"
    assert "CERTIFICATE_VERIFY_FAILED" in error.message
    assert len(sandbox.mailbox.messages()) == before


def test_the_credentials_own_host_is_used_unless_another_server_is_named(
    sandbox: Sandbox, trusted: None, credential: SmtpCredential
) -> None:
    host, _, port = sandbox.addresses.smtp.rpartition(":")
    there = replace(credential, host=host, port=int(port))
    assert send(SmtpMailer(None), there).startswith("Ok ")


def test_a_server_that_is_not_there_is_unreachable(credential: SmtpCredential, closed_port: int) -> None:
    error = refusal(SmtpMailer(f"127.0.0.1:{closed_port}"), credential)
    assert error.code == "smtp_unreachable"
    assert f"127.0.0.1:{closed_port}" in error.message


def test_a_server_without_starttls_gets_no_password(credential: SmtpCredential, greets: Callable[[bytes], str]) -> None:
    error = refusal(SmtpMailer(greets(b"220 plain ESMTP\r\n250 no extensions\r\n")), credential)
    assert error.code == "smtp_no_starttls"
    assert "STARTTLS" in error.message


def test_a_server_that_is_busy_says_so(credential: SmtpCredential, greets: Callable[[bytes], str]) -> None:
    error = refusal(SmtpMailer(greets(b"421 Too many concurrent SMTP connections\r\n")), credential)
    assert error.code == "smtp_refused"
    assert "421 Too many concurrent SMTP connections" in error.message


def test_a_server_that_hangs_up_is_unreachable(credential: SmtpCredential, greets: Callable[[bytes], str]) -> None:
    assert refusal(SmtpMailer(greets(b"")), credential).code == "smtp_unreachable"


@pytest.mark.parametrize("server", ["localhost", "localhost:", ":587", "localhost:smtp", "localhost:0", "mail:99999"])
def test_a_server_that_is_no_host_and_port_is_refused_before_anything_is_begun(server: str) -> None:
    with pytest.raises(InputError, match="PROVISIONER_SMTP_SERVER=") as caught:
        SmtpMailer(server)
    assert caught.value.code == "invalid_smtp_server"


def test_a_login_alone_is_tried_without_a_message(
    sandbox: Sandbox, mailer: SmtpMailer, credential: SmtpCredential
) -> None:
    before = len(sandbox.mailbox.messages())
    mailer.log_in(Endpoint.of(credential), credential.user_name, credential.password)
    with pytest.raises(SmtpRefusal) as caught:
        mailer.log_in(Endpoint.of(credential), credential.user_name, Secret(SECRET))
    assert (caught.value.code, caught.value.reply) == ("smtp_login_refused", 535)
    assert len(sandbox.mailbox.messages()) == before


def test_the_other_way_in_is_not_tried_when_only_one_is_replaced(
    mailer: SmtpMailer, credential: SmtpCredential
) -> None:
    with pytest.raises(ProvisionerError, match="only the other way into SES") as caught:
        mailer.log_in(endpoints_of(credential.host)[1], credential.user_name, credential.password)
    assert caught.value.code == "smtp_not_replaced"
