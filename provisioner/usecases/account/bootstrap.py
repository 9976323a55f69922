"""Make the bucket for Terraform states, or bring it to the state that it must be in."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.states.bucket import BucketSettings
from provisioner.core.values.region import Region
from provisioner.ports.edges import Edges
from provisioner.ports.states import StateBuckets


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """What was (or, in a dry run, would be) done; `state` is the value for `PROVISIONER_STATE`."""

    bucket: str
    region: str
    created: bool
    changes: tuple[str, ...]

    @property
    def state(self) -> str:
        """The value for `PROVISIONER_STATE`; with its region, since domains of other regions are kept there too."""
        return f"s3://{self.bucket}?region={self.region}"

    def to_document(self) -> dict[str, object]:
        """Return the document of `account bootstrap --json`."""
        return {
            "bucket": self.bucket,
            "region": self.region,
            "created": self.created,
            "changed": bool(self.changes),
            "changes": list(self.changes),
            "environment": {"PROVISIONER_STATE": self.state},
        }


def bootstrap(edges: Edges, buckets: StateBuckets, bucket: str, region: Region, *, dry_run: bool) -> Bootstrapped:
    """Create the bucket in the region, or use ours wherever it is, and set it up; a second call changes nothing."""
    account = edges.account.caller().account
    there = buckets.region(bucket, account)
    if there is None and not dry_run:
        edges.progress.step(f"{bucket}: creating the bucket in {region}")
        buckets.create(bucket, region.name)
    where = there or region.name
    exists = there is not None or not dry_run
    current = buckets.settings(bucket, where, account) if exists else BucketSettings()
    wanted = current.wanted(bucket, region.partition)
    if not dry_run:
        buckets.set_up(bucket, where, account, current, wanted)
    made = ("create the bucket",) if there is None else ()
    return Bootstrapped(bucket, where, there is None, (*made, *current.changes_to(wanted)))
