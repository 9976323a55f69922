"""The sandbox's certificate, checked by a real TLS handshake."""

import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509

from provisioner.sandbox.smtp import certificate
from provisioner.sandbox.smtp.certificate import Certificate


@pytest.fixture(scope="module")
def made() -> Certificate:
    return certificate.create()


def handshake(made: Certificate, client: ssl.SSLContext, host: str) -> str | None:
    """Return the protocol that both sides agreed on; raises what the client raises."""
    near, far = socket.socketpair()

    def serve() -> None:
        try:
            made.server_context().wrap_socket(far, server_side=True)
        except OSError:
            far.close()  # the client did not trust us and says so

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        with client.wrap_socket(near, server_hostname=host) as tls:
            return tls.version()
    finally:
        thread.join(5)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_client_that_trusts_the_authority_verifies_every_name_of_this_machine(made: Certificate, host: str) -> None:
    strict = made.client_context()
    strict.verify_flags |= ssl.VERIFY_X509_STRICT

    assert handshake(made, strict, host) == "TLSv1.3"


def test_another_name_is_refused(made: Certificate) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(made, made.client_context(), "example.com")


def test_a_client_that_does_not_trust_the_authority_refuses(made: Certificate) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="verify failed"):
        handshake(made, certificate.create().client_context(), "localhost")


def test_the_bundle_holds_the_systems_authorities_and_ours(
    made: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = certificate.create()
    system = tmp_path / "system.pem"
    system.write_bytes(other.ca_pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(system))

    bundle = made.bundle(tmp_path)

    found = x509.load_pem_x509_certificates(bundle.read_bytes())
    assert found == [x509.load_pem_x509_certificate(pem) for pem in (other.ca_pem, made.ca_pem)]
    assert handshake(made, ssl.create_default_context(cafile=bundle), "localhost") == "TLSv1.3"


def test_the_private_key_is_not_shown(made: Certificate) -> None:
    assert "PRIVATE" not in repr(made)
    assert b"PRIVATE" not in made.chain_pem
