"""Why SES refuses a login, looked up: the key, its user, where it was used, other regions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.core.checks.smtp_login import (
    fault_of_key,
    not_run,
    not_subscribed,
    unknown_cause,
    wrong_password,
    wrong_region,
)
from provisioner.core.credentials.login import GivenLogin
from provisioner.core.credentials.smtp_reply import Cause, SmtpReply
from provisioner.core.findings import Finding
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.key_lookup import find_key, last_use
from provisioner.usecases.credentials.logins import other_region

_ANOTHER = "whether the password is for another region"


def causes_of_refusal(edges: Edges, login: GivenLogin, reply: SmtpReply) -> Iterator[Finding]:
    """Go through the cause of a refusal as far as AWS may be asked, and what could not be looked at."""
    if reply.cause is Cause.NOT_SUBSCRIBED:
        yield not_subscribed(login)
        return
    try:
        found = find_key(edges, login)
    except ProvisionerError as error:
        asked = unknown_cause(login, error.code, error.message, error.hint)
        yield from _unless_of_another_region(edges, login, None, asked)
        return
    fault = fault_of_key(login, found)
    if fault is not None:
        yield fault
    else:
        used = last_use(edges, login.user_name)
        findings = list(wrong_password(login, found, used))
        yield from _unless_of_another_region(edges, login, used.region if used else None, findings)


def _unless_of_another_region(
    edges: Edges, login: GivenLogin, likely: str | None, findings: Sequence[Finding]
) -> Iterator[Finding]:
    """Go through the findings, but where SES of another region takes the login, that is the cause."""
    try:
        region = other_region(edges, login, likely)
    except ProvisionerError as error:
        yield from findings
        yield not_run("smtp", _ANOTHER, error.code, error.message, error.hint)
        return
    if region is None:
        yield from findings
    else:
        yield wrong_region(login, region.name, "whose SES takes it")
