import pytest
from fakes.buckets import FakeBuckets
from fakes.world import World

from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.usecases.account.bootstrap import bootstrap

REGION = Region.parse("eu-west-1")


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
