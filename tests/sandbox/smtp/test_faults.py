"""What is wrong with the SMTP server on demand, seen by a real client."""

import smtplib
import ssl
import time
from collections.abc import Callable

import pytest
from fakes.ses_account import KEY_ID, PASSWORD, FakeAccount, deliver, text

from provisioner.errors import InputError
from provisioner.sandbox.faults import BadCertificate, EndpointFaults, SmtpFaults, parse_faults
from provisioner.sandbox.smtp.certificate import Certificate, create
from provisioner.sandbox.smtp.mailbox import Mailbox
from provisioner.sandbox.smtp.server import SmtpServer

Start = Callable[..., SmtpServer]


def test_faults_are_read_for_both_ports_or_for_one() -> None:
    read = parse_faults("connect=421, tls:closed,starttls:certificate=expired,slow=0.5,starttls:no-starttls")
    assert read == EndpointFaults(
        SmtpFaults(connect=421, certificate=BadCertificate.EXPIRED, seconds=0.5, starttls=False),
        SmtpFaults(connect=421, closed=True, seconds=0.5),
    )
    assert parse_faults("") == EndpointFaults()


@pytest.mark.parametrize("spec", ["open", "closed=1", "slow", "slow=x", "certificate=none", "auth=235", "mail", "x:y"])
def test_a_fault_that_nobody_knows_is_bad_input(spec: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_faults(f"connect=421,{spec}")
    assert caught.value.code == "invalid_smtp_fault"
    assert spec in caught.value.message


def test_tls_is_there_from_the_start_of_a_wrapped_port(start: Start, mailbox: Mailbox, tls: Certificate) -> None:
    with smtplib.SMTP_SSL("localhost", start(wrapped=True).port, timeout=10, context=tls.client_context()) as client:
        assert client.ehlo()[0] == 250
        assert not client.has_extn("starttls")
        assert client.docmd("STARTTLS")[0] == 503
        client.login(KEY_ID, PASSWORD)
        deliver(client, text())
    assert len(mailbox.messages()) == 1


def test_a_closed_port_answers_nobody_and_is_nobody_elses(start: Start) -> None:
    port = start(faults=SmtpFaults(closed=True)).port
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("localhost", port, timeout=5)


def test_a_slow_port_lets_wait_for_its_greeting(start: Start) -> None:
    port, began = start(faults=SmtpFaults(seconds=0.3)).port, time.monotonic()
    with smtplib.SMTP("127.0.0.1", port, timeout=5):
        assert time.monotonic() - began >= 0.3


def test_starttls_can_be_missing(start: Start) -> None:
    with smtplib.SMTP("127.0.0.1", start(faults=SmtpFaults(starttls=False)).port, timeout=5) as client:
        client.ehlo()
        assert not client.has_extn("starttls")
        assert client.docmd("STARTTLS")[0] == 454


@pytest.mark.parametrize("code", [421, 451, 454])
def test_a_connection_can_be_refused(start: Start, code: int) -> None:
    with pytest.raises(smtplib.SMTPConnectError) as caught:
        smtplib.SMTP("127.0.0.1", start(faults=SmtpFaults(connect=code)).port, timeout=5)
    assert caught.value.smtp_code == code


@pytest.mark.parametrize("wrapped", [False, True])
def test_auth_and_mail_can_be_refused(start: Start, tls: Certificate, wrapped: bool) -> None:
    server = start(wrapped=wrapped, faults=SmtpFaults(auth=454))
    with _client(server, tls, wrapped) as client, pytest.raises(smtplib.SMTPAuthenticationError) as caught:
        client.login(KEY_ID, PASSWORD)
    assert (caught.value.smtp_code, caught.value.smtp_error) == (454, b"Temporary authentication failure")
    with _client(start(wrapped=wrapped, faults=SmtpFaults(mail=451)), tls, wrapped) as client:
        client.login(KEY_ID, PASSWORD)
        assert client.mail("info@example.com") == (451, b"Temporary service failure")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (BadCertificate.NAME, "Hostname mismatch"),
        (BadCertificate.EXPIRED, "certificate has expired"),
        (BadCertificate.EARLY, "certificate is not yet valid"),
    ],
)
def test_a_certificate_can_be_faulty_in_one_way(fault: BadCertificate, words: str, account: FakeAccount) -> None:
    made = create(fault)
    server = SmtpServer(account, made, Mailbox())
    server.start()
    try:
        client = smtplib.SMTP("localhost", server.port, timeout=5)
        with client, pytest.raises(ssl.SSLCertVerificationError, match=words):
            client.starttls(context=made.client_context())
    finally:
        server.stop()


def _client(server: SmtpServer, tls: Certificate, wrapped: bool) -> smtplib.SMTP:
    if wrapped:
        return smtplib.SMTP_SSL("localhost", server.port, timeout=10, context=tls.client_context())
    client = smtplib.SMTP("localhost", server.port, timeout=10)
    client.starttls(context=tls.client_context())
    return client
