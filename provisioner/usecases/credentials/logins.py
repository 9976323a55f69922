"""Trying an SMTP login at SES, by each way into its endpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provisioner.core.credentials.endpoint import Endpoint, endpoints_of
from provisioner.core.credentials.login import GivenLogin, LoginAnswer
from provisioner.core.credentials.smtp_reply import Cause, SmtpReply
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.errors import ProvisionerError, SmtpRefusal
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.new_keys import may_be_unknown, reply_of, waited_out

_AGAIN_AFTER = 5  # seconds; SES developer guide: the first pause after a reply of 4xx


def answers(edges: Edges, login: GivenLogin) -> tuple[LoginAnswer, ...]:
    """Return what becomes of the login by STARTTLS and with TLS from the start.

    While SES may not know a new key yet it is tried again for a minute, once; and once after a reply of "try later".
    """
    given: list[LoginAnswer] = []
    for endpoint in endpoints_of(login.region.smtp_host):
        who = login.user or login.user_name
        edges.progress.step(f"{who}: logging in at {endpoint.host}, port {endpoint.port}")
        given.append(_answer(edges, login, endpoint, given))
    return tuple(given)


def takes(edges: Edges, login: GivenLogin, password: Secret) -> bool | None:
    """Say whether SES takes another password for the login's user name, None when nobody could ask."""
    for endpoint in endpoints_of(login.region.smtp_host):
        answer = _once(edges, login.user_name, password, endpoint)
        if answer.is_decisive:
            return answer.accepted
    return None


def other_region(edges: Edges, login: GivenLogin, likely: str | None) -> Region | None:
    """Return the region whose SES takes the login, the `likely` one asked first, None when none does.

    Raises `ProvisionerError` where not all of them could be asked.
    """
    if edges.mailer.is_replaced:
        hint = "repeat it without PROVISIONER_SMTP_SERVER and PROVISIONER_SMTPS_SERVER"
        raise ProvisionerError("smtp_replaced", "the environment replaces the endpoints of all regions", hint)
    for region in login.region.others(likely):
        edges.progress.step(f"trying whether the password is for {region}")
        answer = _once(edges, login.user_name, login.password, endpoints_of(region.smtp_host)[0])
        if answer.accepted:
            return region
        if not answer.is_decisive:
            raise ProvisionerError("smtp_unreachable", answer.reason, "repeat it where outgoing port 587 is open")
    return None


def _answer(edges: Edges, login: GivenLogin, endpoint: Endpoint, before: Sequence[LoginAnswer]) -> LoginAnswer:
    waits = not any(answer.is_decisive for answer in before)
    is_busy = any(answer.refusal is not None and answer.refusal.is_temporary for answer in before)

    def once() -> None:
        edges.mailer.log_in(endpoint, login.user_name, login.password)

    def attempt() -> None:
        once() if is_busy else _unless_temporary(edges, once)

    def is_too_early(reply: SmtpReply) -> bool:
        return waits and reply.cause is Cause.LOGIN and may_be_unknown(edges, login)

    who = str(login.user or login.user_name)
    return _outcome(endpoint, lambda: waited_out(edges, who, attempt, is_too_early))


def _once(edges: Edges, user_name: str, password: Secret, endpoint: Endpoint) -> LoginAnswer:
    return _outcome(endpoint, lambda: edges.mailer.log_in(endpoint, user_name, password))


def _outcome(endpoint: Endpoint, attempt: Callable[[], None]) -> LoginAnswer:
    try:
        attempt()
    except SmtpRefusal as refusal:
        return LoginAnswer(endpoint, reply_of(refusal), reason=refusal.message)
    except ProvisionerError as error:
        return LoginAnswer(endpoint, fault=error.code, reason=error.message)
    return LoginAnswer(endpoint)


def _unless_temporary(edges: Edges, attempt: Callable[[], None]) -> None:
    """Make an attempt, and once more when the server is busy."""
    try:
        attempt()
    except SmtpRefusal as refusal:
        if not reply_of(refusal).is_temporary:
            raise
        edges.progress.step(f"{refusal.message}; trying again in {_AGAIN_AFTER} seconds")
        edges.clock.sleep(_AGAIN_AFTER)
        attempt()
