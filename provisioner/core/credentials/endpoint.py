"""Where SES takes mail over SMTP, and how TLS begins there."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.security import Security


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host and port of SES's SMTP interface."""

    host: str
    port: int
    security: Security

    @classmethod
    def of(cls, credential: SmtpCredential) -> Endpoint:
        """Return the endpoint that a credential names."""
        wrapped = credential.security == Security.TLS
        return cls(credential.host, credential.port, Security.TLS if wrapped else Security.STARTTLS)


def endpoints_of(host: str) -> tuple[Endpoint, ...]:
    """Return the two ways into a region's host that sites use, STARTTLS first.

    Source: SES developer guide, "Connecting to an Amazon SES SMTP endpoint".
    """
    return Endpoint(host, 587, Security.STARTTLS), Endpoint(host, 465, Security.TLS)
