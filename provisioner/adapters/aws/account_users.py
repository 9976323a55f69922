"""IAM behind `ports.credentials.AccountUsers`: all users of the account with what decides what they may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provisioner.adapters.aws.session import AwsSession, in_our_words
from provisioner.core.credentials.holdings import Holding
from provisioner.core.credentials.iam_user import Bound, GivenPolicy, IamUser
from provisioner.core.credentials.unseen import Unseen

_WANTED = ("User", "Group", "LocalManagedPolicy", "AWSManagedPolicy")
_LISTS = ("UserDetailList", "GroupDetailList", "Policies")

Details = Mapping[str, Sequence[Any]]  # the entries of all pages by the name of their list


class AwsAccountUsers:
    """IAM; see `ports.credentials.AccountUsers`."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def all(self) -> Sequence[IamUser]:
        """Return every IAM user; a group or a policy may come on a later page than who has it."""
        pages = self._session.client("iam").get_paginator("get_account_authorization_details")
        found: dict[str, list[Any]] = {name: [] for name in _LISTS}
        with in_our_words("iam:GetAccountAuthorizationDetails"):
            for page in pages.paginate(Filter=list(_WANTED)):
                for name in _LISTS:
                    found[name] += page.get(name) or ()
        return _Account(found).users()


class _Account:
    """The account as the pages have it."""

    def __init__(self, details: Details) -> None:
        self._users = details["UserDetailList"]
        self._groups = {group["GroupName"]: group for group in details["GroupDetailList"]}
        self._documents = {policy["Arn"]: _default_version(policy) for policy in details["Policies"]}

    def users(self) -> list[IamUser]:
        return [
            IamUser(
                user["UserName"],
                user["Arn"],
                tuple(
                    GivenPolicy(Holding.INLINE_POLICY, one["PolicyName"], one["PolicyDocument"])
                    for one in user.get("UserPolicyList") or ()
                ),
                tuple(GivenPolicy(Holding.ATTACHED_POLICY, arn, self._document(arn)) for arn in _attached(user)),
                {name: self._of_group(name) for name in user.get("GroupList") or ()},
                self._boundary(user),
            )
            for user in self._users
        ]

    def _of_group(self, name: str) -> tuple[GivenPolicy, ...] | Unseen:
        group = self._groups.get(name)
        if group is None:  # made between two pages
            return Unseen(f"iam:GetAccountAuthorizationDetails: IAM does not say what the group {name} may do")
        inline = (
            GivenPolicy(Holding.GROUP, name, one["PolicyDocument"], one["PolicyName"])
            for one in group.get("GroupPolicyList") or ()
        )
        attached = (GivenPolicy(Holding.GROUP, name, self._document(arn), arn) for arn in _attached(group))
        return (*inline, *attached)

    def _boundary(self, user: Mapping[str, Any]) -> Bound | None:
        arn = (user.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn")
        return Bound(arn, self._document(arn)) if arn else None

    def _document(self, arn: str) -> object:
        unknown = Unseen(f"iam:GetAccountAuthorizationDetails: IAM does not say what {arn} says")
        return self._documents.get(arn, unknown)


def _attached(holder: Mapping[str, Any]) -> list[str]:
    return [one["PolicyArn"] for one in holder.get("AttachedManagedPolicies") or ()]


def _default_version(policy: Mapping[str, Any]) -> object:
    """Return what a managed policy says in the version that counts."""
    versions = {one["VersionId"]: one.get("Document") for one in policy.get("PolicyVersionList") or ()}
    return versions.get(policy.get("DefaultVersionId"))
