"""The sending authorization policies of an SES identity: whom they let send as the domain, whom they keep from it."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.checks.observed import Observed, Unseen, seen
from provisioner.core.credentials.samples import SMTP, Scope, own_mail
from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.iam.evaluate import Decision, Outcome, evaluate
from provisioner.core.iam.pattern import matches
from provisioner.core.iam.policy import Policy, Statement
from provisioner.core.iam.principals import ANYBODY, about, account_of, others
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser

_AUTHORIZING = "SES developer guide, Using sending authorization with Amazon SES"
_ANYTHING = Policy.of("", {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
_SENDING = (SMTP, "ses:SendEmail", "ses:SendTemplatedEmail", "ses:SendBulkTemplatedEmail")


def check(observed: Observed) -> Iterator[Finding]:
    """Go through the policies of the domain's identity, but for those that are about somebody of this account only."""
    identity = seen(observed.identity)
    if identity is None:
        return
    scopes = list(_scopes(observed, identity))
    for name, text in identity.policies.items():
        policy = Policy.read(name, text, of_resource=True)
        yield from _open(observed.spec.domain, policy, account_of(identity.arn))
        yield from _denying(observed.spec.domain, policy, scopes)


def _scopes(observed: Observed, identity: IdentityStatus) -> Iterator[Scope]:
    """Go through what the domain's SMTP users are for, as far as is known; they are told by their ARN."""
    spec, users = observed.spec, [] if isinstance(observed.users, Unseen) else observed.users
    known = [state.scope for state in users if state.scope is not None]
    name = f"user/provisioner/smtp/{spec.iam_user}"
    made_up = f"arn:{spec.region.partition}:iam::{account_of(identity.arn)}:{name}"
    yield from known or [Scope(SmtpUser(spec.domain), spec.region, made_up)]


def _open(domain: DomainName, policy: Policy, account: str) -> Iterator[Finding]:
    """Say who of other accounts may send as the domain."""
    for whom, statement in _strangers(policy, account):
        anybody = whom == ANYBODY
        who = "everybody who has an AWS account" if anybody else f"AWS account {whom}"
        conditions = sorted({key for keys in statement.conditions.values() for key in keys})
        under = f" under a condition ({', '.join(conditions)})" if conditions else ""
        yield Finding(
            "identity.open_to_account",
            Severity.ERROR if anybody and not conditions else Severity.WARNING,
            f"SES identity {domain}",
            f"its policy {policy.name} lets {who} send as {domain}{under}",
            _removal(domain, policy),
            _AUTHORIZING,
            {"policy": policy.name, "account": whom},
        )


def _strangers(policy: Policy, account: str) -> Iterator[tuple[str, Statement]]:
    told: set[str] = set()
    for statement in policy.statements:
        if statement.denies is False and not statement.fault and _is_about_sending(statement):
            for whom in others(statement, account):
                if whom not in told:
                    told.add(whom)
                    yield whom, statement


def _is_about_sending(statement: Statement) -> bool:
    named = any(matches(pattern.lower(), one.lower()) for pattern in statement.actions for one in _SENDING)
    return named or statement.but_actions


def _denying(domain: DomainName, policy: Policy, scopes: list[Scope]) -> Iterator[Finding]:
    """Say whether the policy keeps an SMTP user of the domain from sending."""
    decisions = [(scope, evaluate([_ANYTHING, about(policy, scope.arn)], own_mail(scope))) for scope in scopes]
    denied = [scope.user.iam_user for scope, decision in decisions if decision.explicit_deny]
    if denied:
        yield Finding(
            "identity.policy_denies",
            Severity.ERROR,
            f"SES identity {domain}",
            f"its policy {policy.name} denies ses:SendRawEmail to {', '.join(denied)}: SES refuses the mail (554)",
            _removal(domain, policy),
            _AUTHORIZING,
            {"policy": policy.name, "users": denied},
        )
        return
    yield from (
        _unknown(domain, policy, decision) for _, decision in decisions[:1] if decision.outcome is Outcome.UNKNOWN
    )


def _unknown(domain: DomainName, policy: Policy, decision: Decision) -> Finding:
    why = decision.unknown.why if decision.unknown else ""
    message = f"nobody can say whether its policy {policy.name} denies the mail of {domain}: {why}"
    return Finding(NOT_RUN, Severity.WARNING, f"SES identity {domain}", message, "look at it by yourself", _AUTHORIZING)


def _removal(domain: DomainName, policy: Policy) -> str:
    named = f"--email-identity {domain.ascii} --policy-name {policy.name}"
    return f"when nobody needs it: `aws sesv2 delete-email-identity-policy {named}`"
