"""The bucket that states are kept in, behind `ports.states.StateBuckets`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from provisioner.adapters.aws.session import AwsSession, in_our_words, refused_with, unless_absent
from provisioner.core.states.bucket import BucketSettings
from provisioner.errors import ProvisionerError, Refused

_FIRST_REGION = "us-east-1"  # the one that CreateBucket does not accept by name
_UNSET = (
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "ServerSideEncryptionConfigurationNotFoundError",
)
_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
_ENCRYPTION = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}


class S3Buckets:
    """S3; every call but the first names the account that must own the bucket."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def region(self, bucket: str, account: str) -> str | None:
        """Return where the bucket is, None when there is none.

        S3 answers 403 both for a bucket of another account and for one that this identity may not see.
        """
        client, whose = self._session.client("s3"), {"Bucket": bucket, "ExpectedBucketOwner": account}
        try:
            with in_our_words("s3:HeadBucket"):
                answer = unless_absent(lambda: client.head_bucket(**whose), "404", "NoSuchBucket")
        except ProvisionerError as error:
            if refused_with(error) in ("403", "AccessDenied"):
                raise _foreign(bucket, account) from error
            raise
        return None if answer is None else str(answer.get("BucketRegion") or _FIRST_REGION)

    def create(self, bucket: str, region: str) -> None:
        """Create the bucket."""
        place = {} if region == _FIRST_REGION else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        try:
            with in_our_words("s3:CreateBucket"):
                self._session.client("s3", region).create_bucket(Bucket=bucket, **place)
        except ProvisionerError as error:
            if refused_with(error) == "BucketAlreadyExists":
                raise _foreign(bucket, "this account") from error
            if refused_with(error) != "BucketAlreadyOwnedByYou":
                raise

    def settings(self, bucket: str, region: str, account: str) -> BucketSettings:
        """Return how the bucket is set up."""
        client, whose = self._session.client("s3", region), {"Bucket": bucket, "ExpectedBucketOwner": account}
        blocked = _ask("s3:GetPublicAccessBlock", client.get_public_access_block, whose)
        versioning = _ask("s3:GetBucketVersioning", client.get_bucket_versioning, whose)
        policy = _ask("s3:GetBucketPolicy", client.get_bucket_policy, whose).get("Policy")
        rules = _ask("s3:GetLifecycleConfiguration", client.get_bucket_lifecycle_configuration, whose).get("Rules", ())
        return BucketSettings(
            versioned=versioning.get("Status") == "Enabled",
            encrypted="ServerSideEncryptionConfiguration"
            in _ask("s3:GetEncryptionConfiguration", client.get_bucket_encryption, whose),
            private=blocked.get("PublicAccessBlockConfiguration") == _BLOCKED,
            policy=json.loads(policy) if policy else None,
            rules=tuple(rules),
        )

    def set_up(self, bucket: str, region: str, account: str, current: BucketSettings, wanted: BucketSettings) -> None:
        """Change what differs, the protection first."""
        client, whose = self._session.client("s3", region), {"Bucket": bucket, "ExpectedBucketOwner": account}
        with in_our_words(f"setting up the bucket {bucket}"):
            if current.private != wanted.private:
                client.put_public_access_block(PublicAccessBlockConfiguration=_BLOCKED, **whose)
            if current.encrypted != wanted.encrypted:
                client.put_bucket_encryption(ServerSideEncryptionConfiguration=_ENCRYPTION, **whose)
            if current.versioned != wanted.versioned:
                client.put_bucket_versioning(VersioningConfiguration={"Status": "Enabled"}, **whose)
            if current.policy != wanted.policy:
                client.put_bucket_policy(Policy=json.dumps(wanted.policy), **whose)
            if current.rules != wanted.rules:
                rules = {"Rules": list(wanted.rules)}
                client.put_bucket_lifecycle_configuration(LifecycleConfiguration=rules, **whose)


def _ask(action: str, call: Callable[..., Any], whose: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the answer, empty when nothing is set."""
    with in_our_words(action):
        return unless_absent(lambda: call(**whose), *_UNSET) or {}


def _foreign(bucket: str, account: str) -> Refused:
    return Refused(
        "bucket_not_ours",
        f"the bucket {bucket} exists and is not owned by {account}, or these credentials may not see it",
        "choose another name: all AWS accounts share one namespace, so put your organization's name into it",
    )
