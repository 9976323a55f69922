"""Whether an IAM user of the account may send as a domain that it was not made for, by its policies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from provisioner.core.credentials.iam_user import Bound, IamUser
from provisioner.core.credentials.samples import Scope, mail_by_another_user
from provisioner.core.credentials.sending_keys import MaySend
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.credentials.unseen import Unseen
from provisioner.core.iam.evaluate import Decision, Outcome, evaluate
from provisioner.core.iam.policy import Policy, Statement
from provisioner.core.values.smtp_user import SmtpUser

_FROM = "ses:fromaddress"
_WANTS_FROM = ("StringEquals", "StringLike")  # of which no message meets one without a From address
_SAMPLE = str.maketrans({"*": "info", "?": "x"})  # an address that a pattern fits
_RANKS = {Outcome.ALLOWED: 0, Outcome.UNKNOWN: 1}  # others come after these
_ANYTHING = Policy.of("", {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})


def may_send(user: IamUser, own: SmtpUserState) -> MaySend | None:
    """Say as what a user may send of the domain that `own` is of, None where its policies let it send as nothing there.

    Where a policy cannot be read, or decides by what differs from mail to mail, it may, and that is said.
    """
    if isinstance(user.arn, Unseen):
        return None
    domain = own.user.domain.ascii
    scope = Scope(SmtpUser(own.user.domain), own.region, user.arn)
    asked = _Asked(scope, user.name, tuple(_readable(user)), _boundary(user))
    unread = [what for what, _ in user.unseen]
    found = asked.possible([f"*@{domain}"]) or asked.possible(_patterns(asked.policies, domain))
    if not found and any(what != str(user.boundary) for what in unread):
        found = replace(asked, policies=(*asked.policies, _ANYTHING)).possible([f"*@{domain}"])
    reasons = [*filter(None, map(_unknown, found.values())), *(f"nobody read {what}" for what in unread)]
    return MaySend(", ".join(found), "; ".join(dict.fromkeys(reasons))) if found else None


def confined_to(user: IamUser) -> frozenset[str] | None:
    """Return the only domains that all a user has lets it send as, None where that is not plain to see.

    It is so of a host's many customers, none of whom need be asked about every domain.
    """
    if any(user.unseen):
        return None
    statements = [one for policy in _readable(user) for one in policy.statements if not one.denies]
    found = [_confined(one) for one in statements]
    return None if None in found else frozenset(name for names in found for name in names or ())


def _confined(statement: Statement) -> frozenset[str] | None:
    for operator, keys in statement.conditions.items():
        for key, wanted in keys.items():
            if operator in _WANTS_FROM and key.lower() == _FROM and not statement.fault:
                names = frozenset(one.lower().rpartition("@")[2] for one in wanted)
                return None if any(set(name) & set("*?$") for name in names) else names
    return None


@dataclass(frozen=True, slots=True)
class _Asked:
    scope: Scope
    iam_user: str
    policies: tuple[Policy, ...]
    boundary: Policy | None

    def possible(self, patterns: list[str]) -> dict[str, Decision]:
        """Return those of the addresses that it may send as, or for all that is known may."""
        found = {pattern: self._said(pattern.translate(_SAMPLE)) for pattern in patterns}
        return {pattern: decision for pattern, decision in found.items() if decision.outcome in _RANKS}

    def _said(self, address: str) -> Decision:
        """Return the better decision of the ways to send, one that is not known before a refusal."""
        requests = mail_by_another_user(self.scope, self.iam_user, address)
        found = [evaluate(self.policies, one, self.boundary) for one in requests]
        return min(found, key=lambda one: _RANKS.get(one.outcome, len(_RANKS)))


def _readable(user: IamUser) -> Iterator[Policy]:
    return (Policy.of(str(one), one.document) for one in user.policies if not isinstance(one.document, Unseen))


def _boundary(user: IamUser) -> Policy | None:
    bound = user.boundary
    if not isinstance(bound, Bound) or isinstance(bound.document, Unseen):
        return None
    return Policy.of(str(bound), bound.document)


def _patterns(policies: tuple[Policy, ...], domain: str) -> list[str]:
    """Return the From addresses of the domain that the policies name."""
    values = (
        value
        for policy in policies
        for statement in policy.statements
        for keys in statement.conditions.values()
        for key, wanted in keys.items()
        if key.lower() == _FROM
        for value in wanted
    )
    return list(dict.fromkeys(value for value in values if value.lower().rpartition("@")[2] == domain))


def _unknown(decision: Decision) -> str:
    return f"{decision.policy}: {decision.unknown.why}" if decision.unknown else ""
