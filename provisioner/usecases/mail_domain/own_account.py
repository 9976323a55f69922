"""A domain stays in the AWS account in which it was provisioned."""

from __future__ import annotations

from collections.abc import Collection

from provisioner.core.account.caller import Caller
from provisioner.core.values.domain import DomainName
from provisioner.errors import Refused
from provisioner.ports.edges import Edges


def in_own_account(edges: Edges, domain: DomainName, account: str | None) -> str:
    """Return the number of the account that is worked in.

    `account` is the domain's own, None when nobody wrote it down yet. Raises `Refused` (`other_account`) for another,
    and what `Account.caller` does.
    """
    caller = edges.account.caller()
    if account not in (None, caller.account):
        raise _other_account(domain, "this home", account, caller)
    return caller.account


def refuse_state_of_others(edges: Edges, domain: DomainName, accounts: Collection[str]) -> None:
    """Raise `Refused` (`other_account`) when Terraform's state has the domain in another account than ours."""
    caller = edges.account.caller()
    for account in sorted(accounts):
        if account != caller.account:
            raise _other_account(domain, "its Terraform state", account, caller)


def _other_account(domain: DomainName, who: str, account: str | None, caller: Caller) -> Refused:
    return Refused(
        "other_account",
        f"{domain}: {who} has it in AWS account {account}, and the credentials are those of {caller.arn} in account "
        f"{caller.account}",
        f"nothing was touched; give credentials of account {account}, for example with --profile, or another --home "
        f"(and PROVISIONER_STATE) for account {caller.account}",
    )
