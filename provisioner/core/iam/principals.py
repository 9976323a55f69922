"""Whom a policy of a resource is about.

Source: IAM user guide, "AWS JSON policy elements: Principal".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from provisioner.core.iam.policy import Policy, Statement

ANYBODY = "*"
_ACCOUNT = 4  # of the parts of an ARN
_DIGITS = 12  # of an account


def about(policy: Policy, arn: str) -> Policy:
    """Return the policy with the statements that are about a user; one that is not understood may be."""
    return replace(policy, statements=tuple(one for one in policy.statements if one.fault or _covers(one, arn)))


def others(statement: Statement, account: str) -> tuple[str, ...]:
    """Return those whom a statement is about and who are not of an account: account numbers, or `*` for anybody."""
    found = [account_of(name) for name in _names(statement.principal)]
    return tuple(dict.fromkeys(one for one in found if one and one != account))


def include(principals: Sequence[str], arn: str) -> bool:
    """Say whether principals of AWS accounts include a user: by its ARN, by its account, or as they are anybody."""
    account = account_of(arn)
    return any(one in (ANYBODY, account, arn) or one.endswith(f"::{account}:root") for one in principals)


def account_of(principal: str) -> str:
    """Return whose account a principal is of: of a number itself, of an ARN its fifth part; `*` is anybody."""
    if principal == ANYBODY or (principal.isdigit() and len(principal) == _DIGITS):
        return principal
    parts = principal.split(":")
    return parts[_ACCOUNT] if len(parts) > _ACCOUNT else ""


def _covers(statement: Statement, arn: str) -> bool:
    principal = statement.principal
    if isinstance(principal, Mapping) and "but" in principal:
        return not include(_names(principal["but"]), arn)
    return include(_names(principal), arn)


def _names(principal: object) -> tuple[str, ...]:
    """Return the principals of AWS accounts that are named; services and others send no mail."""
    found = principal.get("AWS", ()) if isinstance(principal, Mapping) else principal
    listed = found if isinstance(found, list) else [found]
    return tuple(one for one in listed if isinstance(one, str))
