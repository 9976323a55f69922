"""The ways into SES's SMTP endpoint that did not lead to an answer about the login."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from provisioner.core.credentials.login import LoginAnswer
from provisioner.core.findings import NOT_RUN, Finding, Severity

SUBJECT = "smtp"
_CONNECTING = "SES developer guide, Connecting to an Amazon SES SMTP endpoint"
_REPLIES = "SES developer guide, Amazon SES SMTP issues"


@dataclass(frozen=True, slots=True)
class _Fault:
    id: str
    words: str
    remedy: str
    reference: str = _CONNECTING


_UNREACHABLE = _Fault(
    "smtp.unreachable",
    "nobody answers",
    "it is the network, not the credentials: let outgoing TCP to port 587 or 465 through; SES listens on 2587 and 2465 "
    "as well",
)
_CERTIFICATE = _Fault(
    "smtp.certificate",
    "the certificate is not that of the endpoint, or nobody vouches for it",
    "something between here and SES answers in its place: use another network, or, where that is wanted, name its "
    "authority in SSL_CERT_FILE",
)
_FAULTS: Mapping[str, _Fault] = {
    "smtp_unreachable": _UNREACHABLE,
    "smtp_timeout": _Fault(_UNREACHABLE.id, "no answer came in time", _UNREACHABLE.remedy),
    "smtp_no_starttls": _Fault(
        "smtp.no_starttls",
        "STARTTLS is not offered, so that no password was sent",
        "something between here and SES takes it away: use TLS from the start, port 465, or another network",
    ),
    "smtp_certificate": _CERTIFICATE,
    "smtp_certificate_expired": _Fault(
        _CERTIFICATE.id,
        "the certificate has expired, by the clock of this machine",
        "compare the clock of this machine with the time; if it is right, something between here and SES answers in "
        "its place: use another network",
    ),
    "smtp_certificate_early": _Fault(
        "clock.skew",
        "the certificate is not valid yet, by the clock of this machine: the clock is behind",
        "set the clock of this machine, for instance by NTP, and repeat",
    ),
    "smtp_not_replaced": _Fault(
        NOT_RUN,
        "nobody tried it",
        "set PROVISIONER_SMTP_SERVER for STARTTLS and PROVISIONER_SMTPS_SERVER for TLS from the start, or neither",
    ),
}
_LATER = _Fault(
    NOT_RUN,
    "the server does not say anything of the login now",
    "it is SES's side, not the login: repeat in a minute",
    _REPLIES,
)


def ways_in(answers: Sequence[LoginAnswer]) -> Iterator[Finding]:
    """Go through what kept answers away; a warning where another way gave one, else an error.

    Ways that fail for the same cause are one finding.
    """
    decided = any(answer.is_decisive for answer in answers)
    causes: dict[_Fault, list[LoginAnswer]] = {}
    for answer in answers:
        if not answer.is_decisive:
            causes.setdefault(_FAULTS.get(answer.fault, _LATER), []).append(answer)
    for fault, met in causes.items():
        left_out = all(answer.fault == "smtp_not_replaced" for answer in met)
        yield _finding(fault, met, Severity.WARNING if decided or left_out else Severity.ERROR)


def accepted(answers: Sequence[LoginAnswer]) -> Iterator[Finding]:
    """Say by which ways SES takes the login; nothing when it takes it by none."""
    ports = [answer.endpoint.port for answer in answers if answer.accepted]
    if ports:
        message = f"SES takes the login, on {_listed(ports)}"
        yield Finding("smtp.ok", Severity.OK, SUBJECT, message, evidence={"ports": ports})


def _listed(ports: Sequence[int]) -> str:
    return f"{'port' if len(ports) == 1 else 'ports'} {' and '.join(map(str, ports))}"


def _finding(fault: _Fault, met: Sequence[LoginAnswer], severity: Severity) -> Finding:
    ports = [answer.endpoint.port for answer in met]
    return Finding(
        fault.id,
        severity,
        SUBJECT,
        f"{_listed(ports)}: {fault.words}: {'; '.join(dict.fromkeys(answer.reason for answer in met))}",
        fault.remedy,
        fault.reference,
        {"ports": ports, "reasons": [answer.reason for answer in met]},
    )
