from dataclasses import replace

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
    done = bootstrap(world.of_account, buckets, "states", REGION, dry_run=False)
    assert done.created
    assert buckets.regions == {"states": "eu-west-1"}
    assert buckets.kept["states"].versioned
    assert done.state == "s3://states?region=eu-west-1"


def test_a_second_call_changes_nothing(world: World, buckets: FakeBuckets) -> None:
    bootstrap(world.of_account, buckets, "states", REGION, dry_run=False)
    again = bootstrap(world.of_account, buckets, "states", REGION, dry_run=False)
    assert not again.created
    assert again.of_bucket == ()


def test_a_dry_run_says_everything_and_makes_nothing(world: World, buckets: FakeBuckets) -> None:
    would = bootstrap(world.of_account, buckets, "states", REGION, dry_run=True)
    assert would.changes[0] == "create the bucket"
    assert len(would.of_bucket) == 6
    assert world.sending.suppressing == {}
    assert buckets.regions == {}


def test_a_dry_run_looks_at_a_bucket_that_is_there(world: World, buckets: FakeBuckets) -> None:
    buckets.create("states", "us-east-1")
    would = bootstrap(world.of_account, buckets, "states", REGION, dry_run=True)
    assert len(would.of_bucket) == 5
    assert not buckets.kept["states"].versioned


def test_our_bucket_in_another_region_is_used_where_it_is(world: World, buckets: FakeBuckets) -> None:
    buckets.create("states", "us-east-1")
    done = bootstrap(world.of_account, buckets, "states", REGION, dry_run=False)
    assert done.state == "s3://states?region=us-east-1"


def test_a_bucket_of_somebody_else_is_refused(world: World, buckets: FakeBuckets) -> None:
    buckets.foreign.add("states")
    with pytest.raises(Refused, match="not owned by 123456789012"):
        bootstrap(world.of_account, buckets, "states", REGION, dry_run=False)
    assert buckets.regions == {}


@pytest.mark.parametrize("before", [(), None, ("BOUNCE",), ("COMPLAINT",)])
def test_bounces_and_complaints_suppress_in_the_region_from_then_on(
    world: World, buckets: FakeBuckets, before: tuple[str, ...] | None
) -> None:
    world.aws.ses = replace(world.aws.ses, suppressed_reasons=before)
    done = bootstrap(world.of_account, buckets, "states", REGION, dry_run=False)
    assert world.sending.suppressing == {"eu-west-1": ("BOUNCE", "COMPLAINT")}
    told = " and ".join(before or ()) or "nothing"
    assert done.changes[-1] == f"SES in eu-west-1: suppress addresses after BOUNCE and COMPLAINT (before: {told})"
    assert done.to_document()["suppression"] == {
        "region": "eu-west-1",
        "before": list(before or ()),
        "after": ["BOUNCE", "COMPLAINT"],
    }


def test_where_both_suppress_already_nothing_is_changed(world: World, buckets: FakeBuckets) -> None:
    world.aws.ses = replace(world.aws.ses, suppressed_reasons=("COMPLAINT", "BOUNCE"))
    bootstrap(world.of_account, buckets, "states", REGION, dry_run=False)
    assert bootstrap(world.of_account, buckets, "states", REGION, dry_run=False).changes == ()
    assert world.sending.suppressing == {}


def test_what_may_not_be_seen_is_left_alone_and_said(world: World, buckets: FakeBuckets) -> None:
    world.aws.ses = replace(world.aws.ses, unseen="ses:GetAccount: AccessDenied")
    done = bootstrap(world.of_account, buckets, "states", REGION, dry_run=False)
    assert (done.suppression, world.sending.suppressing) == (None, {})
    assert "is not seen: ses:GetAccount: AccessDenied" in world.progress.warnings[0]
