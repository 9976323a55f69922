"""IAM behind `ports.credentials.SmtpUsers`."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from provisioner.adapters.aws.session import AwsSession, in_our_words, refused_with, tags_of, unless_absent
from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.values.secret import Secret
from provisioner.errors import ProvisionerError

_ABSENT = "NoSuchEntity"
_SES_REGION = re.compile(r'"arn:[a-z-]+:ses:([a-z0-9-]+):')
_USER_WAIT_SECONDS = (1, 2, 4, 8, 15)  # IAM is eventually consistent: a user just made may not be seen yet


class IamSmtpUsers:
    """IAM; see `ports.credentials.SmtpUsers`. `sleep` waits the given seconds."""

    def __init__(self, session: AwsSession, sleep: Callable[[float], None] = time.sleep) -> None:
        self._session = session
        self._sleep = sleep

    def keys(self, user: str) -> Sequence[AccessKey]:
        """Return the user's access keys, oldest first; empty when the user does not exist."""
        client = self._session.client("iam")
        with in_our_words("iam:ListAccessKeys"):
            answer = unless_absent(lambda: client.list_access_keys(UserName=user), _ABSENT)
        listed = sorted(answer["AccessKeyMetadata"], key=_made) if answer else []
        return [AccessKey(key["AccessKeyId"], key["Status"] == "Active", key.get("CreateDate")) for key in listed]

    def tags(self, user: str) -> Mapping[str, str] | None:
        """Return the user's tags, None when it does not exist."""
        client = self._session.client("iam")
        with in_our_words("iam:ListUserTags"):
            answer = unless_absent(lambda: client.list_user_tags(UserName=user), _ABSENT)
        return None if answer is None else tags_of(answer["Tags"])

    def policy_regions(self, user: str, policy: str) -> Collection[str] | None:
        """Return the regions whose SES this inline policy of the user names; None when there is no such policy."""
        client = self._session.client("iam")
        with in_our_words("iam:GetUserPolicy"):
            answer = unless_absent(lambda: client.get_user_policy(UserName=user, PolicyName=policy), _ABSENT)
        return None if answer is None else frozenset(_SES_REGION.findall(json.dumps(answer["PolicyDocument"])))

    def policy(self, user: str, policy: str) -> object:
        """Return the document of the user's inline policy as JSON values, None when the user has no such policy."""
        client = self._session.client("iam")
        with in_our_words("iam:GetUserPolicy"):
            answer = unless_absent(lambda: client.get_user_policy(UserName=user, PolicyName=policy), _ABSENT)
        return None if answer is None else answer.get("PolicyDocument", {})

    def put_policy(self, user: str, policy: str, document: str) -> None:
        """Give the user an inline policy, in place of one of this name."""
        client = self._session.client("iam")
        with in_our_words("iam:PutUserPolicy"):
            given = _unless_unseen(
                user, lambda: client.put_user_policy(UserName=user, PolicyName=policy, PolicyDocument=document)
            )
        if given is None:
            raise ProvisionerError("no_such_user", f"IAM user {user} does not exist", "nothing can be sent as it")

    def delete_policy(self, user: str, policy: str) -> None:
        """Take an inline policy away from the user; nothing happens when either is gone already."""
        client = self._session.client("iam")
        with in_our_words("iam:DeleteUserPolicy"):
            _unless_unseen(user, lambda: client.delete_user_policy(UserName=user, PolicyName=policy))

    def create_key(self, user: str) -> tuple[str, Secret]:
        """Create an access key; a user that Terraform made a moment ago may take IAM some seconds to see."""
        for seconds in (*_USER_WAIT_SECONDS, 0):
            key = self._try_to_create_key(user)
            if key is not None:
                return key["AccessKeyId"], Secret(key["SecretAccessKey"])
            self._sleep(seconds)
        raise ProvisionerError("no_such_user", f"IAM user {user} does not exist", "run the same command again")

    def _try_to_create_key(self, user: str) -> Mapping[str, Any] | None:
        """Return the new key as IAM describes it, None when IAM does not see the user."""
        client = self._session.client("iam")
        try:
            with in_our_words("iam:CreateAccessKey"):
                answer = _unless_unseen(user, lambda: client.create_access_key(UserName=user))
        except ProvisionerError as error:
            if refused_with(error) == "LimitExceeded":
                raise _two_keys(user) from error
            raise
        return None if answer is None else answer["AccessKey"]

    def switch_key(self, user: str, key_id: str, *, active: bool) -> bool:
        """Let an access key log in, or not any more; False when it is gone."""
        client = self._session.client("iam")
        which = {"UserName": user, "AccessKeyId": key_id, "Status": "Active" if active else "Inactive"}
        with in_our_words("iam:UpdateAccessKey"):
            return _unless_unseen(user, lambda: client.update_access_key(**which)) is not None

    def delete_key(self, user: str, key_id: str) -> None:
        """Delete an access key; nothing happens when it is gone already."""
        client = self._session.client("iam")
        with in_our_words("iam:DeleteAccessKey"):
            _unless_unseen(user, lambda: client.delete_access_key(UserName=user, AccessKeyId=key_id))


def _made(key: Mapping[str, Any]) -> datetime:
    """Return when a key was made, which IAM may leave out."""
    made: datetime = key.get("CreateDate", datetime.min.replace(tzinfo=UTC))
    return made


def _unless_unseen(user: str, call: Callable[[], Any]) -> Any:
    """Return the answer of a call that writes, None when IAM does not see the user (or the key).

    What writes is allowed below a path (docs/permissions.md). IAM knows no path of a user that it does not see, and
    refuses access to `user NAME`, where it names the ARN of one that it sees.
    """
    try:
        return unless_absent(call, _ABSENT)
    except Exception as error:
        if refused_with(error) == "AccessDenied" and f"on resource: user {user}" in str(error):
            return None
        raise


def _two_keys(user: str) -> ProvisionerError:
    message = f"IAM user {user} has two access keys already"
    return ProvisionerError("key_limit", message, "delete the one that is not in use")
