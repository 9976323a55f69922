"""IAM behind `ports.credentials.IamFacts`: all of a user at once, each part asked for beside the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from provisioner.adapters.aws.iam import IamSmtpUsers
from provisioner.adapters.aws.session import AwsSession, in_our_words, refused_with
from provisioner.adapters.aws.user_access import IamUserAccess
from provisioner.core.credentials.access_key import AccessKey, LastUse
from provisioner.core.credentials.holdings import Holding
from provisioner.core.credentials.iam_user import Bound, GivenPolicy, IamUser
from provisioner.core.credentials.unseen import Unseen, seen_unless
from provisioner.errors import ProvisionerError

T = TypeVar("T")

_THREADS = 6
_NOT_SEEN = ("access_denied", "use_unknown")  # of this part alone nothing is known then
_ABSENT = "NoSuchEntity"


class AwsIamFacts:
    """IAM; see `ports.credentials.IamFacts`."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session
        self._access, self._users = IamUserAccess(session), IamSmtpUsers(session)

    def user(self, name: str, *, keys: bool = True) -> IamUser | None:
        """Return all that decides what the user may do, None when there is no such user."""
        looks = {part: look for part, look in self._looks().items() if keys or part != "keys"}
        with ThreadPoolExecutor(_THREADS) as pool:
            asked = {part: pool.submit(_seen, partial(look, name)) for part, look in looks.items()}
            found: dict[str, Any] = {part: future.result() for part, future in asked.items()}
        listed = found.get("keys", ())
        if not isinstance(listed, Unseen):
            found |= {"keys": tuple(key for key, _ in listed), "uses": {key.id: use for key, use in listed}}
        described = found.pop("described")
        if described is None:
            return None
        arn, boundary = (described, described) if isinstance(described, Unseen) else described
        return IamUser(name, arn, boundary=boundary, **found)

    def _looks(self) -> Mapping[str, Callable[[str], object]]:
        """Return how each part is looked at, by the name of its field."""
        return {
            "described": self._described,
            "inline": self._inline,
            "attached": self._attached,
            "groups": self._groups,
            "has_password": lambda name: bool(self._access.held(name, Holding.PASSWORD)),
            "keys": self._keys,
        }

    def _described(self, name: str) -> tuple[str, Bound | None] | None:
        """Return the ARN and the boundary, None when there is no such user."""
        user = self._ask("iam:GetUser", "get_user", UserName=name)
        if user is None:
            return None
        arn = user["User"]["PermissionsBoundary"].get("PermissionsBoundaryArn")
        return user["User"]["Arn"], Bound(arn, _seen(lambda: self._document(arn))) if arn else None

    def _inline(self, name: str) -> tuple[GivenPolicy, ...]:
        names = self._access.held(name, Holding.INLINE_POLICY)
        return tuple(
            GivenPolicy(Holding.INLINE_POLICY, one, _seen(partial(self._users.policy, name, one))) for one in names
        )

    def _attached(self, name: str) -> tuple[GivenPolicy, ...]:
        arns = self._access.held(name, Holding.ATTACHED_POLICY)
        return tuple(GivenPolicy(Holding.ATTACHED_POLICY, arn, _seen(partial(self._document, arn))) for arn in arns)

    def _groups(self, name: str) -> Mapping[str, tuple[GivenPolicy, ...] | Unseen]:
        groups = self._access.held(name, Holding.GROUP)
        return {group: _seen(lambda: tuple(self._of_group(group))) for group in groups}  # noqa: B023 - asked at once

    def _of_group(self, group: str) -> Iterator[GivenPolicy]:
        for name in self._listed("list_group_policies", "iam:ListGroupPolicies", "PolicyNames", GroupName=group):
            document = _seen(partial(self._of_inline_group, group, name))
            yield GivenPolicy(Holding.GROUP, group, document, name)
        attached = "list_attached_group_policies", "iam:ListAttachedGroupPolicies", "AttachedPolicies"
        for entry in self._listed(*attached, GroupName=group):
            arn = entry["PolicyArn"]
            yield GivenPolicy(Holding.GROUP, group, _seen(partial(self._document, arn)), arn)

    def _of_inline_group(self, group: str, name: str) -> object:
        found = self._ask("iam:GetGroupPolicy", "get_group_policy", GroupName=group, PolicyName=name)
        return found["PolicyDocument"] if found else None

    def _document(self, arn: str) -> object:
        """Return what a managed policy says in its default version; AWS's own policies as well."""
        policy = self._ask("iam:GetPolicy", "get_policy", PolicyArn=arn)
        if policy is None:
            return None
        version = policy["Policy"]["DefaultVersionId"]
        found = self._ask("iam:GetPolicyVersion", "get_policy_version", PolicyArn=arn, VersionId=version)
        return found["PolicyVersion"]["Document"] if found else None

    def _keys(self, name: str) -> tuple[tuple[AccessKey, LastUse | Unseen | None], ...]:
        """Return the keys, each with its last use."""
        return tuple((key, _seen(partial(self._access.last_use, key.id))) for key in self._users.keys(name))

    def _listed(self, method: str, action: str, entries: str, **asked: str) -> Sequence[Any]:
        pages = self._session.client("iam").get_paginator(method)
        with in_our_words(action):
            return [entry for page in pages.paginate(**asked) for entry in page[entries]]

    def _ask(self, action: str, method: str, **asked: str) -> Any:
        """Return an answer, None when what is asked about does not exist."""
        call = getattr(self._session.client("iam"), method)
        try:
            with in_our_words(action):
                return call(**asked)
        except ProvisionerError as error:
            if refused_with(error) == _ABSENT:
                return None
            raise


def _seen(look: Callable[[], T]) -> T | Unseen:
    return seen_unless(_NOT_SEEN, look)
