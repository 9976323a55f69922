"""Whether an SMTP login works and, where it does not, why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provisioner.core.checks.observed import Observed, Unseen, seen
from provisioner.core.checks.smtp_endpoint import SUBJECT, accepted, ways_in
from provisioner.core.checks.smtp_login import (
    fault_of_key,
    looks,
    not_run,
    not_subscribed,
    refused,
    unknown_cause,
    wrong_password,
    wrong_region,
)
from provisioner.core.checks.smtp_users import smtp_user
from provisioner.core.credentials.login_seen import LoginSeen, NotAsked
from provisioner.core.credentials.smtp_reply import Cause, SmtpReply
from provisioner.core.findings import NOT_RUN, Finding, Severity

_ANOTHER = "whether the password is for another region"
_NOT_YET = "smtp.not_yet"


def check(observed: Observed) -> Iterator[Finding]:
    """Go through the logins of the domain and of its senders, but for what is said of their keys already."""
    told: set[tuple[str, str]] = set()
    if not isinstance(observed.users, Unseen):
        found = (finding for state in observed.users for finding in smtp_user(state, observed.now))
        told = {(finding.id, finding.subject) for finding in found}
    for one in seen(observed.logins):
        for finding in _as_consequences(list(smtp_login(one))):
            shown = _shown(finding, one)
            if (finding.id, finding.subject) not in told and (shown.id, finding.message) not in told:
                told.add((shown.id, finding.message))  # what keeps all of them out is said once
                yield shown


def smtp_login(one: LoginSeen) -> Iterator[Finding]:
    """Go through all that is to be said of a login: by its looks alone, or by what SES and IAM say of it."""
    by_its_looks = tuple(looks(one.login, one.look, meant_works=one.meant_works))
    if by_its_looks:
        yield from by_its_looks
        return
    yield from accepted(one.answers)
    if one.refusal is not None:
        yield from _causes(one, one.refusal)
    yield from ways_in(one.answers)


def _causes(one: LoginSeen, reply: SmtpReply) -> Iterator[Finding]:
    """Go through the cause of a refusal as far as AWS could be asked, and what could not be looked at."""
    login, key = one.login, one.key
    if reply.cause is Cause.NOT_SUBSCRIBED:
        yield not_subscribed(login)
        return
    if isinstance(key, NotAsked):
        findings = unknown_cause(login, key.code, key.reason, key.hint)
    elif key is not None and (fault := fault_of_key(login, key)) is not None:
        yield fault
        yield refused(reply, fault)
        return
    else:
        findings = tuple(wrong_password(login, key, one.last_use)) if key is not None else ()
    if isinstance(one.elsewhere, NotAsked):
        yield from findings
        yield not_run(SUBJECT, _ANOTHER, one.elsewhere.code, one.elsewhere.reason, one.elsewhere.hint)
    elif one.elsewhere is None:
        yield from findings
    else:
        yield wrong_region(login, one.elsewhere.name, "whose SES takes it")


def _as_consequences(findings: list[Finding]) -> Iterator[Finding]:
    """Go through the findings; where a key is only new, the refusal follows from that and goes away with it."""
    is_new = any(finding.id == _NOT_YET for finding in findings)
    for finding in findings:
        if is_new and finding.id in ("smtp.login_refused", NOT_RUN):
            yield replace(finding, severity=Severity.INFO, remedy="", command=None, caused_by=_NOT_YET)
        elif finding.id == NOT_RUN:  # one look of many
            yield replace(finding, severity=min(finding.severity, Severity.WARNING, key=list(Severity).index))
        else:
            yield finding


def _shown(finding: Finding, one: LoginSeen) -> Finding:
    user = one.login.user
    if finding.subject != SUBJECT or user is None or user.sender is None:
        return finding
    return replace(finding, subject=f"{SUBJECT} (sender {user.sender})")
