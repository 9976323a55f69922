"""Bring to the state in which they must be: the bucket for Terraform states, and SES's suppression in the region."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.account.suppression import Reason
from provisioner.core.states.bucket import BucketSettings
from provisioner.core.values.region import Region
from provisioner.ports.account import AccountEdges
from provisioner.ports.edges import Edges
from provisioner.ports.states import StateBuckets


@dataclass(frozen=True, slots=True)
class Suppression:
    """What puts addresses on the account's suppression list in a region, before and after."""

    region: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def changes(self) -> tuple[str, ...]:
        """What is changed, in words; empty when it is as it must be."""
        if self.before == self.after:
            return ()
        before = " and ".join(self.before) or "nothing"
        return (f"SES in {self.region}: suppress addresses after {' and '.join(self.after)} (before: {before})",)

    def to_document(self) -> dict[str, object]:
        """Return the `suppression` object."""
        return {"region": self.region, "before": list(self.before), "after": list(self.after)}


@dataclass(frozen=True, slots=True)
class Bootstrapped:
    """What was (or, in a dry run, would be) done; `state` is the value for `PROVISIONER_STATE`.

    `suppression` is None where we may not see how it is: then it is left alone.
    """

    bucket: str
    region: str
    created: bool
    of_bucket: tuple[str, ...]
    suppression: Suppression | None

    @property
    def changes(self) -> tuple[str, ...]:
        """All that is changed, in words."""
        return (*self.of_bucket, *(self.suppression.changes if self.suppression else ()))

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
            "suppression": self.suppression.to_document() if self.suppression else None,
            "environment": {"PROVISIONER_STATE": self.state},
        }


def bootstrap(
    world: AccountEdges, buckets: StateBuckets, bucket: str, region: Region, *, dry_run: bool
) -> Bootstrapped:
    """Set up the bucket, and what puts addresses on the region's suppression list; a second call changes nothing."""
    where, created, changes = _bucket(world.edges, buckets, bucket, region, dry_run=dry_run)
    return Bootstrapped(bucket, where, created, changes, _suppression(world, region, dry_run=dry_run))


def _suppression(world: AccountEdges, region: Region, *, dry_run: bool) -> Suppression | None:
    """Let bounces and complaints both suppress, of which SES knows no more; whoever has both keeps what they have."""
    ses = world.edges.identities.ses_account(region)
    if ses.unseen is not None:
        world.edges.progress.warn(
            f"whether SES in {region} suppresses bounces and complaints is not seen: {ses.unseen}"
        )
        return None
    before = tuple(sorted(ses.suppressed_reasons or ()))
    change = Suppression(region.name, before, tuple(sorted({*before, *(reason.value for reason in Reason)})))
    if change.changes and not dry_run:
        world.edges.progress.step(f"{region}: letting bounces and complaints suppress addresses")
        world.sending.suppress_by(region, change.after)
    return change


def _bucket(
    edges: Edges, buckets: StateBuckets, bucket: str, region: Region, *, dry_run: bool
) -> tuple[str, bool, tuple[str, ...]]:
    """Create the bucket in the region, or use ours wherever it is; return where, whether it is new, and the changes."""
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
    return where, there is None, (*made, *current.changes_to(wanted))
