"""Which actions an operation of S3 needs: their names are not always the operation's.

Source: Amazon S3 user guide, "Required permissions for Amazon S3 API operations".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from moto.s3.models import s3_backends

from provisioner.sandbox.zones import ACCOUNT

_ACTIONS: Mapping[str, str] = {
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}


def needed(operation: str, asked: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Yield (action, bucket or bucket/key); None for what concerns no bucket.

    Whether an object exists is told to those only who may list the bucket; others are refused.
    """
    bucket, key = asked.get("Bucket"), asked.get("Key")
    yield _ACTIONS.get(operation, operation), f"{bucket}/{key}" if key else bucket
    if bucket and key and operation in ("GetObject", "HeadObject") and not _exists(bucket, key):
        yield "ListBucket", bucket


def _exists(bucket: str, key: str) -> bool:
    buckets = s3_backends[ACCOUNT]["aws"].buckets
    return bucket in buckets and key in buckets[bucket].keys
