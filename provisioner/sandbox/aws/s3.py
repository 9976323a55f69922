"""S3 as the sandbox serves it: moto's, which takes a condition that it does not know in a bucket policy for fulfilled.

A policy against plain HTTP would close the bucket to everybody. The sandbox plays AWS's HTTPS endpoint, though it
speaks HTTP on loopback, so here requests count as secure.
"""

import json
from collections.abc import Mapping
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3 import urls
from moto.s3.models import FakeBucket, S3Backend, s3_backends


class Bucket(FakeBucket):
    """A bucket that is reached over TLS."""

    def get_permission(self, action: str, resource: str) -> Any:
        """Evaluate the policy without the statements that concern plain HTTP only."""
        if self.policy is None:
            return PermissionResult.NEUTRAL
        policy = json.loads(self.policy)
        found = policy.get("Statement", [])
        statements = [one for one in (found if isinstance(found, list) else [found]) if not _is_about_plain_http(one)]
        return IAMPolicy(json.dumps({**policy, "Statement": statements})).is_action_permitted(action, resource)


class BucketStore(S3Backend):
    """The buckets of the account."""

    _url_module = urls  # moto looks beside its own class otherwise

    def create_bucket(self, *args: Any, **kwargs: Any) -> FakeBucket:
        """Create a bucket of our kind; moto makes its own kind only."""
        made = super().create_bucket(*args, **kwargs)
        made.__class__ = Bucket  # type: ignore[type-abstract]  # moto leaves an abstract method of its base open
        return made


def register() -> None:
    """Make moto create S3 backends of this kind from now on; call after moto was reset."""
    s3_backends.backend = BucketStore


def unregister() -> None:
    """Give moto back its own S3."""
    s3_backends.backend = S3Backend


def _is_about_plain_http(statement: Mapping[str, Any]) -> bool:
    condition = statement.get("Condition", {}).get("Bool", {})
    return str(condition.get("aws:SecureTransport", "")).lower() == "false"
