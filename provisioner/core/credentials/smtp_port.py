"""The ports of SES's SMTP endpoint, and how each is secured.

Source: SES developer guide, "Connecting to an Amazon SES SMTP endpoint".
"""

from provisioner.errors import InputError

STARTTLS = "starttls"
TLS = "tls"  # from the first octet on; AWS calls it the TLS wrapper, plugins and mail programs SSL
SECURITY = {587: STARTTLS, 2587: STARTTLS, 25: STARTTLS, 465: TLS, 2465: TLS}


def security_of(port: int) -> str:
    """Return `starttls` or `tls`; raises `InputError("unknown_port")` for a port that SES does not listen on."""
    if port not in SECURITY:
        hint = "use 587, 2587 or 25 (STARTTLS), or 465 or 2465 (TLS); EC2 throttles 25"
        raise InputError("unknown_port", f"SES takes no mail on port {port}", hint)
    return SECURITY[port]
