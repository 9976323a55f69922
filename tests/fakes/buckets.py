"""S3 buckets for states, in memory."""

from __future__ import annotations

from provisioner.core.states.bucket import BucketSettings
from provisioner.errors import Refused


class FakeBuckets:
    """S3 with the buckets that it was told of."""

    def __init__(self) -> None:
        self.regions: dict[str, str] = {}
        self.kept: dict[str, BucketSettings] = {}
        self.foreign: set[str] = set()

    def region(self, bucket: str, account: str) -> str | None:
        if bucket in self.foreign:
            raise Refused("bucket_not_ours", f"{bucket} is not owned by {account}")
        return self.regions.get(bucket)

    def create(self, bucket: str, region: str) -> None:
        self.regions[bucket], self.kept[bucket] = region, BucketSettings()

    def settings(self, bucket: str, region: str, account: str) -> BucketSettings:
        assert self.regions[bucket] == region
        return self.kept[bucket]

    def set_up(self, bucket: str, region: str, account: str, current: BucketSettings, wanted: BucketSettings) -> None:
        self.kept[bucket] = wanted
