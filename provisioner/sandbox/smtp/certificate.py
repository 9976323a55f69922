"""A throw-away certificate authority for the sandbox's SMTP server, so that clients can really verify it."""

import ssl
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from provisioner.sandbox.faults import BadCertificate

VALIDITY = timedelta(days=397)  # the longest that clients accept of a server's certificate
_HOSTS: tuple[x509.GeneralName, ...] = (
    x509.DNSName("localhost"),
    x509.IPAddress(ip_address("127.0.0.1")),
    x509.IPAddress(ip_address("::1")),
)
_OTHER_HOST = (x509.DNSName("mail.example.net"),)
_SHIFTS: Mapping[BadCertificate | None, timedelta] = {
    BadCertificate.EXPIRED: -VALIDITY - timedelta(days=1),
    BadCertificate.EARLY: timedelta(days=1),
}
_SYSTEM_BUNDLES = (
    Path("/etc/ssl/certs/ca-certificates.crt"),  # Debian, Alpine
    Path("/etc/pki/tls/certs/ca-bundle.crt"),  # Fedora, Amazon Linux
    Path("/etc/ssl/cert.pem"),  # macOS
)


@dataclass(frozen=True)
class Certificate:
    """A server certificate for localhost, 127.0.0.1 and ::1 and the authority that signed it, both as PEM."""

    ca_pem: bytes
    chain_pem: bytes
    key_pem: bytes = field(repr=False)

    def server_context(self) -> ssl.SSLContext:
        """Return the server's side of TLS 1.2 or later."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        with tempfile.NamedTemporaryFile(suffix=".pem") as file:  # the ssl module reads keys from files only
            file.write(self.key_pem + self.chain_pem)
            file.flush()
            context.load_cert_chain(file.name)
        return context

    def client_context(self) -> ssl.SSLContext:
        """Return a client's side that trusts this authority alone and verifies the host."""
        return ssl.create_default_context(cadata=self.ca_pem.decode("ascii"))

    def bundle(self, base: Path) -> Path:
        """Write the system's authorities and this one to `base/ca-bundle.pem` and return its path.

        For `SSL_CERT_FILE` and its like: a process that trusts the sandbox must not distrust the rest of the world.
        """
        path = base / "ca-bundle.pem"
        with tempfile.NamedTemporaryFile(dir=base, delete=False) as fresh:
            fresh.write(_system_authorities().rstrip() + b"\n" + self.ca_pem)
        return Path(fresh.name).replace(path)  # whoever reads it meanwhile gets all of it


def create(fault: BadCertificate | None = None) -> Certificate:
    """Make a new authority and a certificate signed by it, faulty on demand; its key is forgotten at once."""
    return create_all((fault,))[fault]


def create_all(
    faults: Iterable[BadCertificate | None] = (None, *BadCertificate),
) -> Mapping[BadCertificate | None, Certificate]:
    """Make a certificate with each of the faults, all signed by one new authority."""
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = _authority(ca_key)
    return {fault: _certificate(ca, ca_key, fault) for fault in faults}


def _certificate(ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey, fault: BadCertificate | None) -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = _leaf(key, ca, ca_key, fault)
    return Certificate(
        ca_pem=ca.public_bytes(Encoding.PEM),
        chain_pem=leaf.public_bytes(Encoding.PEM) + ca.public_bytes(Encoding.PEM),
        key_pem=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def _system_authorities() -> bytes:
    configured = ssl.get_default_verify_paths().cafile  # follows SSL_CERT_FILE
    candidates = (*((Path(configured),) if configured else ()), *_SYSTEM_BUNDLES)
    return next((path.read_bytes() for path in candidates if path.is_file()), b"")


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, shift: timedelta = timedelta()
) -> x509.CertificateBuilder:
    now = datetime.now(UTC) + shift
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + VALIDITY)


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = _name("Provisioner sandbox CA")
    builder = _builder(name, name, key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(authority=True), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return builder.sign(key, hashes.SHA256())


def _leaf(
    key: ec.EllipticCurvePrivateKey,
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    fault: BadCertificate | None,
) -> x509.Certificate:
    """Sign the server's certificate, with what OpenSSL's strict mode asks for (the default since Python 3.13)."""
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    builder = _builder(_name("localhost"), ca.subject, key.public_key(), _SHIFTS.get(fault, timedelta()))
    hosts = _OTHER_HOST if fault is BadCertificate.NAME else _HOSTS
    builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(authority=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return builder.add_extension(issuer, critical=False).sign(ca_key, hashes.SHA256())
