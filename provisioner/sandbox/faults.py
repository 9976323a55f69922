"""What shall be wrong with the emulated SMTP endpoint, for whoever tries what happens then."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from provisioner.errors import InputError

_SPEC = re.compile(r"(?:(?P<way>starttls|tls):)?(?P<fault>[a-z-]+)(?:=(?P<value>[a-z0-9.]+))?")
_REPLIES = ("connect", "auth", "mail")


class BadCertificate(StrEnum):
    """What is wrong with a server's certificate: of another host, of yesterday, of tomorrow."""

    NAME = "name"
    EXPIRED = "expired"
    EARLY = "early"


@dataclass(frozen=True)
class SmtpFaults:
    """What is wrong with one port; `seconds` pass before the greeting.

    `connect`, `auth` and `mail` are the codes of the replies to a connection, to AUTH and to MAIL, None for SES's own.
    """

    closed: bool = False
    seconds: float = 0.0
    starttls: bool = True
    certificate: BadCertificate | None = None
    connect: int | None = None
    auth: int | None = None
    mail: int | None = None


NO_FAULTS = SmtpFaults()


@dataclass(frozen=True)
class EndpointFaults:
    """What is wrong with the port that takes STARTTLS, and with the one where TLS is there from the start."""

    starttls: SmtpFaults = NO_FAULTS
    tls: SmtpFaults = NO_FAULTS


def parse_faults(spec: str) -> EndpointFaults:
    """Read `closed`, `slow=20`, `no-starttls`, `certificate=name|expired|early`, `connect=421`, `auth=454`, `mail=451`.

    Several are divided by commas; `starttls:` or `tls:` before one keeps it to that port. Raises `InputError`.
    """
    faults = EndpointFaults()
    for part in filter(None, (part.strip() for part in spec.split(","))):
        match = _SPEC.fullmatch(part)
        if match is None:
            raise _invalid(part)
        change = _change(part, match["fault"], match["value"] or "")
        for way in ("starttls", "tls"):
            if match["way"] in (None, way):
                faults = replace(faults, **{way: replace(getattr(faults, way), **change)})
    return faults


def _change(part: str, fault: str, value: str) -> dict[str, object]:
    if fault in ("closed", "no-starttls") and not value:
        return {"closed": True} if fault == "closed" else {"starttls": False}
    if fault == "slow" and re.fullmatch(r"\d+(\.\d+)?", value):
        return {"seconds": float(value)}
    if fault == "certificate" and value in list(BadCertificate):
        return {"certificate": BadCertificate(value)}
    if fault in _REPLIES and re.fullmatch(r"[45]\d\d", value):
        return {fault: int(value)}
    raise _invalid(part)


def _invalid(part: str) -> InputError:
    hint = "e.g. --smtp-fault connect=421, or --smtp-fault starttls:closed,tls:certificate=expired"
    return InputError("invalid_smtp_fault", f"--smtp-fault: `{part}` is not a fault that the sandbox can show", hint)
