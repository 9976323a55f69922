"""What the policies of an SMTP user allow beside mail, told by the actions that their statements name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum

from provisioner.core.iam.evaluate import Outcome, evaluate
from provisioner.core.iam.pattern import matches
from provisioner.core.iam.policy import Policy, Statement
from provisioner.core.iam.request import IamRequest

_ACCOUNT = ("iam", "ses", "sts", "organizations", "sso", "route53")  # who may write there can take the domain, or more
_READS = ("get", "list", "describe", "head", "lookup", "view", "search")
_SECRETS = ("secretsmanager", "ssm", "kms", "s3", "s3-object-lambda", "dynamodb", "sqs", "codecommit", "ecr", "logs")
_PROBES = (  # of each wildcard one action that it covers is tried
    "iam:CreateAccessKey",
    "iam:ListUsers",
    "ses:DeleteEmailIdentity",
    "ses:GetAccount",
    "sts:AssumeRole",
    "s3:PutObject",
    "s3:GetObject",
)


class Reach(IntEnum):
    """How far beyond mail it goes: it reads what is no secret, it does more, or the account is in its hands."""

    READS = 1
    MORE = 2
    ACCOUNT = 3


def reach_of(policy: Policy, policies: Sequence[Policy], boundary: Policy | None) -> Iterator[tuple[str, Reach]]:
    """Go through the actions beside mail that a policy allows, as far as the others and the boundary let it.

    What depends on the single request counts as allowed.
    """
    for statement in policy.statements:
        if not statement.denies and not statement.fault:
            yield from _of_statement(statement, policies, boundary)


def _of_statement(
    statement: Statement, policies: Sequence[Policy], boundary: Policy | None
) -> Iterator[tuple[str, Reach]]:
    patterns = ("*",) if statement.but_actions else statement.actions
    for pattern in patterns:
        found = Reach.ACCOUNT if statement.but_actions else _reach(pattern)
        request = IamRequest(_probe(statement, pattern), (_resource(statement),), {}, ("*",))
        if found is not None and evaluate(policies, request, boundary).outcome in (Outcome.ALLOWED, Outcome.UNKNOWN):
            yield (f"everything but {', '.join(statement.actions)}" if statement.but_actions else pattern), found


def _reach(pattern: str) -> Reach | None:
    service, colon, action = pattern.lower().partition(":")
    if service == "ses" and action.startswith("send"):
        return None
    if not colon or "*" in service or "?" in service:
        return Reach.ACCOUNT
    if action.startswith(_READS):
        return Reach.MORE if service in _SECRETS else Reach.READS
    return Reach.ACCOUNT if service in _ACCOUNT else Reach.MORE


def _probe(statement: Statement, pattern: str) -> str:
    """Return an action that the pattern covers, and the statement as well."""
    left_out = statement.actions if statement.but_actions else ()
    covered = (one for one in _PROBES if matches(pattern.lower(), one.lower()))
    probe = next((one for one in covered if not any(matches(but.lower(), one.lower()) for but in left_out)), None)
    return probe or _plain(pattern)


def _resource(statement: Statement) -> str:
    return "*" if statement.but_resources or not statement.resources else _plain(statement.resources[0])


def _plain(pattern: str) -> str:
    """Return a text that a pattern covers."""
    return pattern.replace("*", "x").replace("?", "x") if pattern != "*" else "*"
