"""IAM behind `ports.credentials.SmtpUsers`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from provisioner.adapters.aws.session import AwsSession, error_code, in_our_words, tags_of, unless_absent
from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.values.secret import Secret
from provisioner.errors import ProvisionerError

_USER_WAIT_SECONDS = (1, 2, 4, 8, 15)  # IAM is eventually consistent: a user just made may not be seen yet


class IamSmtpUsers:
    """IAM; see `ports.SmtpUsers`. `sleep` waits the given seconds."""

    def __init__(self, session: AwsSession, sleep: Callable[[float], None] = time.sleep) -> None:
        self._session = session
        self._sleep = sleep

    def keys(self, user: str) -> Sequence[AccessKey]:
        """Return the user's access keys, oldest first; empty when the user does not exist."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see aws_session

        with in_our_words("iam:ListAccessKeys"):
            try:
                listed = self._session.client("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]
            except ClientError as error:
                if error_code(error) == "NoSuchEntity":
                    return []
                raise
        listed.sort(key=lambda key: key["CreateDate"])
        return [AccessKey(id=key["AccessKeyId"], active=key["Status"] == "Active") for key in listed]

    def tags(self, user: str) -> Mapping[str, str] | None:
        """Return the user's tags, None when it does not exist."""
        client = self._session.client("iam")
        with in_our_words("iam:ListUserTags"):
            answer = unless_absent("NoSuchEntity", lambda: client.list_user_tags(UserName=user))
        return None if answer is None else tags_of(answer["Tags"])

    def has_policy(self, user: str, policy: str) -> bool:
        """Say whether the user has this inline policy."""
        client = self._session.client("iam")
        with in_our_words("iam:GetUserPolicy"):
            return (
                unless_absent("NoSuchEntity", lambda: client.get_user_policy(UserName=user, PolicyName=policy))
                is not None
            )

    def create_key(self, user: str) -> tuple[str, Secret]:
        """Create an access key; a user that Terraform made a moment ago may take IAM some seconds to see."""
        for seconds in (*_USER_WAIT_SECONDS, 0):
            created = self._created(user)
            if created is not None:
                return created
            self._sleep(seconds)
        raise ProvisionerError("no_such_user", f"IAM user {user} does not exist", "run the same command again")

    def _created(self, user: str) -> tuple[str, Secret] | None:
        """Create the key, or return None when IAM does not see the user."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see aws_session

        with in_our_words("iam:CreateAccessKey"):
            try:
                key = self._session.client("iam").create_access_key(UserName=user)["AccessKey"]
            except ClientError as error:
                if error_code(error) == "NoSuchEntity":
                    return None
                if error_code(error) == "LimitExceeded":
                    raise _two_keys(user) from error
                raise
        return key["AccessKeyId"], Secret(key["SecretAccessKey"])

    def delete_key(self, user: str, key_id: str) -> None:
        """Delete an access key; nothing happens when it is gone already."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see aws_session

        with in_our_words("iam:DeleteAccessKey"):
            try:
                self._session.client("iam").delete_access_key(UserName=user, AccessKeyId=key_id)
            except ClientError as error:
                if error_code(error) != "NoSuchEntity":
                    raise


def _two_keys(user: str) -> ProvisionerError:
    message = f"IAM user {user} has two access keys already"
    return ProvisionerError("key_limit", message, "delete the one that is not in use")
