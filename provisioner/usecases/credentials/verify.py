"""Say whether an SMTP login works and, when it does not, why: by its looks, by a login, by what AWS has of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from provisioner.core.checks.policy import permission, unseen
from provisioner.core.checks.smtp import smtp_login
from provisioner.core.checks.smtp_login import not_run
from provisioner.core.checks.smtp_sending import account_pause, paused
from provisioner.core.credentials.holdings import Holding
from provisioner.core.credentials.login import GivenLogin
from provisioner.core.credentials.verdict import Verification
from provisioner.core.findings import Finding
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import LoggedOut, ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.key_lookup import kept_login
from provisioner.usecases.credentials.login_look import look_at_login
from provisioner.usecases.credentials.stored import smtp_user, stored_credential
from provisioner.usecases.credentials.user_state import access_of, senders_of
from provisioner.usecases.standing import standing_of_user

_NO_POLICIES = (str(Holding.PASSWORD),)  # a user that somebody else may log in as sends all the same


def verify_stored(edges: Edges, domain: DomainName, sender: str | None, region: Region | None) -> Verification:
    """Look at the credential that is kept of a domain, or of one of its senders.

    It should be for `region` where one is named, else for the one that the domain was asked for. Nothing is changed,
    and no message is sent. Raises `ProvisionerError` when none is stored.
    """
    user = smtp_user(edges, domain, sender)
    credential = stored_credential(edges, user)
    wanted = region or _region_of(edges, domain) or Region.parse(credential.region)
    return _verified(edges, GivenLogin.stored(credential, wanted))


def verify_login(edges: Edges, user_name: str, password: Secret, region: Region) -> Verification:
    """Look at a login that somebody else keeps; where it is one of ours after all, its region is known."""
    kept = kept_login(edges, user_name)
    login = GivenLogin(user_name, password, region)
    if kept is not None:
        is_same = kept.password == password
        login = replace(login, made_for=kept.region) if is_same else replace(login, kept_by=kept.user)
    return _verified(edges, login)


def _verified(edges: Edges, login: GivenLogin) -> Verification:
    seen = look_at_login(edges, login)
    findings = list(smtp_login(seen))
    if seen.accepted and login.user is not None:
        findings += _sending(edges, login.user, login.region)
    return Verification(login.user, login.user_name, login.region.name, tuple(findings))


def _region_of(edges: Edges, domain: DomainName) -> Region | None:
    workspace = edges.workspaces.peek(domain)
    remembered = workspace.recall() if workspace else None
    return remembered.request.region if remembered else None


def _sending(edges: Edges, user: SmtpUser, region: Region) -> Iterator[Finding]:
    """Go through what keeps mail in all the same; each look that fails leaves the others, unless we are logged out."""
    looks: list[tuple[str, str, Callable[[], Iterator[Finding]]]] = [
        (f"{user}", "whether it is paused", lambda: _paused(edges, user, region)),
        ("account", "whether sending is stopped for the whole account", lambda: _account(edges, region)),
        (f"IAM user {user.iam_user}", "at its policies", lambda: _permitted(edges, user, region)),
    ]
    for subject, what, look in looks:
        try:
            yield from list(look())
        except LoggedOut as error:
            yield not_run(str(user), "whether it may send", error.code, error.message, error.hint)
            return
        except ProvisionerError as error:
            yield not_run(subject, what, error.code, error.message, error.hint)


def _paused(edges: Edges, user: SmtpUser, region: Region) -> Iterator[Finding]:
    identity = edges.identities.status(user.domain, region)
    return paused(user, standing_of_user(edges, user, region, identity))


def _account(edges: Edges, region: Region) -> Iterator[Finding]:
    account = edges.identities.ses_account(region)
    if account.unseen is not None:
        allow = "allow ses:GetAccount, see docs/permissions.md"
        yield not_run("account", "whether sending is stopped for the whole account", "", account.unseen, allow)
    yield from account_pause(account)


def _permitted(edges: Edges, user: SmtpUser, region: Region) -> Iterator[Finding]:
    """Evaluate all policies of the user: its own, attached ones, those of its groups, and its boundary."""
    state = access_of(edges, user, region, senders_of(edges, user.domain))
    in_sandbox = edges.identities.ses_account(region).production is False
    yield from permission(state, to_identities_only=in_sandbox)
    yield from unseen(state, but=_NO_POLICIES)
