"""SMTP that goes wrong, and right again, while the sandbox runs."""

import smtplib
import ssl
from collections.abc import Iterator

import pytest
from knobs import Knobs

from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(SandboxSettings()) as sandbox:
        yield sandbox


@pytest.fixture
def knobs(running: Sandbox) -> Iterator[Knobs]:
    yield Knobs(running.addresses.aws)
    Knobs(running.addresses.aws).clear()


def trusting(sandbox: Sandbox) -> ssl.SSLContext:
    """Return what a program trusts that was started before anything went wrong."""
    return ssl.create_default_context(cafile=str(sandbox.addresses.ca_bundle))


def greet(sandbox: Sandbox) -> None:
    with smtplib.SMTP("localhost", sandbox.smtp.port, timeout=10) as client:
        client.starttls(context=trusting(sandbox))


def test_a_port_closes_and_opens_again_while_the_other_stays(running: Sandbox, knobs: Knobs) -> None:
    port = running.smtp.port
    knobs.smtp("starttls:closed")
    with pytest.raises(ConnectionRefusedError):
        greet(running)
    with smtplib.SMTP_SSL("localhost", running.smtps.port, timeout=10, context=trusting(running)):
        pass
    knobs.smtp("")
    greet(running)
    assert running.smtp.port == port


@pytest.mark.parametrize(
    ("fault", "words"), [("name", "Hostname mismatch"), ("expired", "has expired"), ("early", "not yet valid")]
)
def test_a_certificate_goes_bad_in_one_way_alone(running: Sandbox, knobs: Knobs, fault: str, words: str) -> None:
    greet(running)
    knobs.smtp(f"certificate={fault}")
    with pytest.raises(ssl.SSLCertVerificationError, match=words):
        greet(running)
    with pytest.raises(ssl.SSLCertVerificationError, match=words):
        smtplib.SMTP_SSL("localhost", running.smtps.port, timeout=10, context=trusting(running))
    knobs.clear()
    greet(running)


def test_replies_go_bad(running: Sandbox, knobs: Knobs) -> None:
    knobs.smtp("connect=421")
    with pytest.raises(smtplib.SMTPConnectError) as caught:
        greet(running)
    assert caught.value.smtp_code == 421
    knobs.clear("example.com")
    with pytest.raises(smtplib.SMTPConnectError):
        greet(running)
