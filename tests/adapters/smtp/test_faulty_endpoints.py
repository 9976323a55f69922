"""What a website would meet at an endpoint that fails, by both ways in, and how it is called."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fakes.ses_account import KEY_ID, PASSWORD, FakeAccount

from provisioner.adapters.smtp.mailer import SmtpMailer
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.endpoint import Endpoint, endpoints_of
from provisioner.core.credentials.security import Security
from provisioner.core.values.domain import DomainName
from provisioner.core.values.secret import Secret
from provisioner.errors import ProvisionerError, SmtpRefusal
from provisioner.sandbox.faults import BadCertificate, SmtpFaults
from provisioner.sandbox.smtp.certificate import create
from provisioner.sandbox.smtp.handler import SmtpHandler
from provisioner.sandbox.smtp.mailbox import Mailbox
from provisioner.sandbox.smtp.server import SmtpServer

STARTTLS, TLS = endpoints_of("email-smtp.us-east-1.amazonaws.com")
EXAMPLE, SECRET = DomainName.parse("example.com"), Secret(PASSWORD)
CREDENTIAL = SmtpCredential(EXAMPLE, "us-east-1", STARTTLS.host, 587, "starttls", KEY_ID, SECRET, "example.com")
Meet = Callable[..., SmtpMailer]


@pytest.fixture
def meet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Meet]:
    """Start both ports with these faults; return what talks to them."""
    with ExitStack() as stack:

        def start(**faults: object) -> SmtpMailer:
            chosen = SmtpFaults(**faults)  # type: ignore[arg-type]  # the names are its fields
            made = create(chosen.certificate)
            monkeypatch.setenv("SSL_CERT_FILE", str(made.bundle(tmp_path)))
            servers = [
                SmtpServer(FakeAccount(), made, Mailbox(), wrapped=wrapped, faults=chosen) for wrapped in (False, True)
            ]
            for server in servers:
                server.start()
                stack.callback(server.stop)
            plain, wrapped = (f"127.0.0.1:{server.port}" for server in servers)
            return SmtpMailer(plain, wrapped, timeout=0.5)

        yield start


def log_in(mailer: SmtpMailer, endpoint: Endpoint) -> None:
    mailer.log_in(endpoint, KEY_ID, SECRET)


@pytest.mark.parametrize("endpoint", [STARTTLS, TLS], ids=lambda endpoint: endpoint.security)
def test_a_right_login_is_taken_by_both_ways_in_and_a_wrong_one_by_none(meet: Meet, endpoint: Endpoint) -> None:
    mailer = meet()
    log_in(mailer, endpoint)
    with pytest.raises(SmtpRefusal) as caught:
        mailer.log_in(endpoint, KEY_ID, Secret("B" * 44))
    assert (caught.value.code, caught.value.reply) == ("smtp_login_refused", 535)


@pytest.mark.parametrize("endpoint", [STARTTLS, TLS], ids=lambda endpoint: endpoint.security)
@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ({"closed": True}, "smtp_unreachable"),
        ({"seconds": 30.0}, "smtp_timeout"),
        ({"certificate": BadCertificate.NAME}, "smtp_certificate"),
        ({"certificate": BadCertificate.EXPIRED}, "smtp_certificate_expired"),
        ({"certificate": BadCertificate.EARLY}, "smtp_certificate_early"),
    ],
    ids=str,
)
def test_each_fault_has_a_name_of_its_own_and_a_way_out(
    meet: Meet, endpoint: Endpoint, faults: dict[str, object], code: str
) -> None:
    mailer = meet(**faults)
    with pytest.raises(ProvisionerError) as caught:
        log_in(mailer, endpoint)
    assert caught.value.code == code
    assert "127.0.0.1:" in caught.value.message
    assert caught.value.hint


def test_without_starttls_no_password_is_sent_and_the_other_way_in_works(meet: Meet) -> None:
    mailer = meet(starttls=False)
    with pytest.raises(ProvisionerError) as caught:
        log_in(mailer, STARTTLS)
    assert caught.value.code == "smtp_no_starttls"
    assert "465" in caught.value.hint
    log_in(mailer, TLS)


@pytest.mark.parametrize("endpoint", [STARTTLS, TLS], ids=lambda endpoint: endpoint.security)
@pytest.mark.parametrize("code", [421, 451, 454])
@pytest.mark.parametrize("moment", ["connect", "auth"])
def test_a_negative_reply_is_handed_on_with_its_code(meet: Meet, endpoint: Endpoint, code: int, moment: str) -> None:
    mailer = meet(**{moment: code})
    with pytest.raises(SmtpRefusal) as caught:
        log_in(mailer, endpoint)
    assert caught.value.reply == code


@pytest.mark.parametrize("code", [421, 451, 454])
def test_a_reply_to_the_message_is_handed_on_by_the_way_of_the_credential(meet: Meet, code: int) -> None:
    mailer = meet(mail=code)
    log_in(mailer, STARTTLS)
    with pytest.raises(SmtpRefusal) as caught:
        mailer.send(CREDENTIAL, "test@example.com", "me@example.net", "Hello", "Hello")
    assert (caught.value.code, caught.value.reply) == ("smtp_refused", code)


@pytest.mark.parametrize("endpoint", [STARTTLS, TLS], ids=lambda endpoint: endpoint.security)
def test_what_was_accepted_stays_so_whatever_the_server_says_at_the_farewell(
    meet: Meet, monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint
) -> None:
    async def busy(*_: object) -> str:
        return "421 Service not available"

    monkeypatch.setattr(SmtpHandler, "handle_QUIT", busy, raising=False)
    log_in(meet(), endpoint)


def test_the_endpoint_of_a_credential_is_its_own() -> None:
    assert Endpoint.of(CREDENTIAL) == STARTTLS
    assert STARTTLS.security is Security.STARTTLS
