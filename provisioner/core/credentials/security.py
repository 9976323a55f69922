"""The ports of SES's SMTP endpoint, and how TLS begins at each.

Source: SES developer guide, "Connecting to an Amazon SES SMTP endpoint".
"""

from enum import StrEnum

from provisioner.errors import InputError


class Security(StrEnum):
    """How TLS begins: by STARTTLS on a plain connection, or with the first octet (the "TLS wrapper")."""

    STARTTLS = "starttls"
    TLS = "tls"


PORTS = {587: Security.STARTTLS, 2587: Security.STARTTLS, 25: Security.STARTTLS, 465: Security.TLS, 2465: Security.TLS}


def security_of(port: int) -> Security:
    """Return how TLS begins; raises `InputError("unknown_port")` for a port that SES does not listen on."""
    if port not in PORTS:
        hint = "use 587, 2587 or 25 (STARTTLS), or 465 or 2465 (TLS); EC2 throttles 25"
        raise InputError("unknown_port", f"SES takes no mail on port {port}", hint)
    return PORTS[port]
