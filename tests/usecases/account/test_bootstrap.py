import pytest
from fakes.world import World

from provisioner.core.states.bucket import BucketSettings
from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.usecases.account.bootstrap import bootstrap

REGION = Region.parse("eu-west-1")


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


@pytest.fixture
def buckets() -> FakeBuckets:
    return FakeBuckets()


def test_the_bucket_is_made_in_the_runs_region_and_set_up(world: World, buckets: FakeBuckets) -> None:
    done = bootstrap(world.edges, buckets, "states", REGION, dry_run=False)
    assert done.created
    assert buckets.regions == {"states": "eu-west-1"}
    assert buckets.kept["states"].versioned
    assert done.state == "s3://states?region=eu-west-1"


def test_a_second_call_changes_nothing(world: World, buckets: FakeBuckets) -> None:
    bootstrap(world.edges, buckets, "states", REGION, dry_run=False)
    again = bootstrap(world.edges, buckets, "states", REGION, dry_run=False)
    assert not again.created
    assert again.changes == ()


def test_a_dry_run_says_everything_and_makes_nothing(world: World, buckets: FakeBuckets) -> None:
    would = bootstrap(world.edges, buckets, "states", REGION, dry_run=True)
    assert would.changes[0] == "create the bucket"
    assert len(would.changes) == 6
    assert buckets.regions == {}


def test_a_dry_run_looks_at_a_bucket_that_is_there(world: World, buckets: FakeBuckets) -> None:
    buckets.create("states", "us-east-1")
    would = bootstrap(world.edges, buckets, "states", REGION, dry_run=True)
    assert len(would.changes) == 5
    assert not buckets.kept["states"].versioned


def test_our_bucket_in_another_region_is_used_where_it_is(world: World, buckets: FakeBuckets) -> None:
    buckets.create("states", "us-east-1")
    done = bootstrap(world.edges, buckets, "states", REGION, dry_run=False)
    assert done.state == "s3://states?region=us-east-1"


def test_a_bucket_of_somebody_else_is_refused(world: World, buckets: FakeBuckets) -> None:
    buckets.foreign.add("states")
    with pytest.raises(Refused, match="not owned by 123456789012"):
        bootstrap(world.edges, buckets, "states", REGION, dry_run=False)
    assert buckets.regions == {}
