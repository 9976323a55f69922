"""What is to be done, from what was wished: the run, its manifest, its part, and how much at once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.account.rates import DOCUMENTED, Rate
from provisioner.core.asked.command_line import Asked
from provisioner.core.batch.batch import Batch
from provisioner.core.batch.journal import Begun, ended
from provisioner.core.batch.manifest import Entry, Manifest
from provisioner.core.batch.parallelism import Machine
from provisioner.core.batch.report import Outcome, Status
from provisioner.core.batch.shards import Shard
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError, ProvisionerError
from provisioner.usecases.batch.prepare import Wish, prepare
from provisioner.usecases.batch.run import INPUT

IRELAND, VIRGINIA = Region.parse("eu-west-1"), Region.parse("us-east-1")
WISH = Wish("m.yaml", "r1", False, None, timedelta(minutes=30), DOCUMENTED, default_region=VIRGINIA)
LARGE = Machine(memory=None, cores=64)


def manifest(_source: str) -> Manifest:
    return Manifest(tuple(Entry(DomainName.parse(f"d{number}.com"), Asked()) for number in range(9)))


def prepared(world: World, machine: Machine = LARGE, **wished: Any) -> Batch:
    return prepare(world.batch.runs, manifest, replace(WISH, **wished), machine)


def finish(world: World, batch: Batch) -> None:
    """Leave behind what a run leaves that provisioned every domain."""
    begun = Begun(batch.run, batch.part, "2026-01-01T00:00:00+00:00", 1)
    with world.batch.runs.open(batch.run) as journal:
        journal.append(begun.event())
        for entry in batch.entries:
            journal.append(ended(Outcome(entry.domain.ascii, Status.PROVISIONED, entry.digest)))
    world.batch.runs.save(batch.run, INPUT, batch.manifest.to_document())


def test_a_new_run_does_the_whole_manifest(world: World) -> None:
    batch = prepared(world)
    assert (batch.run, batch.source, batch.shard) == ("r1", "m.yaml", None)
    assert len(batch.to_do) == len(batch.entries) == 9
    assert {entry.asked.default_region for entry in batch.entries} == {VIRGINIA}


def test_a_shard_has_a_run_of_its_own_and_its_share_of_the_rates(world: World) -> None:
    batch = prepared(world, shard=Shard(0, 2))
    assert batch.run == "r1.0-of-2"
    assert batch.rates["route53"] == Rate(5, 25)
    assert 0 < len(batch.entries) < 9
    assert prepared(world, shard=Shard(0, 2), run="r1.0-of-2").run == "r1.0-of-2"


def test_a_run_that_is_resumed_brings_its_manifest_and_its_shard(world: World) -> None:
    finish(world, prepared(world, shard=Shard(0, 2)))
    batch = prepared(world, manifest=None, run="latest", resume=True)
    assert (batch.run, batch.source, batch.shard) == ("r1.0-of-2", "run r1.0-of-2", Shard(0, 2))
    assert batch.to_do == []
    assert batch.entries


@pytest.mark.parametrize(
    ("wished", "code"),
    [
        ({"manifest": None}, "no_manifest"),
        ({"run": "latest", "resume": True}, "no_such_run"),
        ({"run": "other", "resume": True}, "no_such_run"),
    ],
)
def test_what_is_not_there_is_bad_input(world: World, wished: dict[str, Any], code: str) -> None:
    with pytest.raises(ProvisionerError) as caught:
        prepared(world, **wished)
    assert isinstance(caught.value, InputError)
    assert caught.value.code == code


def test_a_run_that_is_not_there_is_told_with_the_last_one_that_is(world: World) -> None:
    finish(world, prepared(world, shard=Shard(0, 2)))
    with pytest.raises(InputError, match="no run other") as caught:
        prepared(world, run="other", resume=True)
    assert "the last run here is r1.0-of-2" in caught.value.hint


def test_machine_and_rates_bound_how_many_are_worked_on_at_once_unless_a_number_is_given(world: World) -> None:
    assert prepared(world).parallelism == 9
    assert prepared(world, Machine(memory=1 << 30, cores=64)).parallelism == 3
    assert prepared(world, rates={"route53": Rate(0.1, 1)}, timeout=timedelta(minutes=30)).parallelism == 1
    assert prepared(world, Machine(memory=1 << 30, cores=1), parallelism=7).parallelism == 7


def test_the_region_of_the_command_line_is_for_domains_that_name_none(world: World) -> None:
    assert {entry.asked.region for entry in prepared(world, chosen_region=IRELAND).entries} == {IRELAND}


GOVCLOUD = Region.parse("us-gov-west-1")


def _of(*regions: Region | None) -> Manifest:
    return Manifest(tuple(Entry(DomainName.parse(f"d{n}.com"), Asked(region=r)) for n, r in enumerate(regions)))


def test_a_manifest_of_one_partition_says_where_its_account_is_asked(world: World) -> None:
    wish = replace(WISH, default_region=None)
    assert prepare(world.batch.runs, lambda _: _of(GOVCLOUD, GOVCLOUD), wish, LARGE).any_region == "us-gov-west-1"
    assert prepare(world.batch.runs, lambda _: _of(None), wish, LARGE).any_region is None


@pytest.mark.parametrize(
    ("regions", "default"), [((GOVCLOUD, VIRGINIA), None), ((GOVCLOUD,), VIRGINIA), ((None, VIRGINIA), GOVCLOUD)]
)
def test_regions_that_no_credentials_are_good_for_together_are_bad_input(
    world: World, regions: tuple[Region | None, ...], default: Region | None
) -> None:
    with pytest.raises(InputError, match="us-east-1") as caught:
        prepare(world.batch.runs, lambda _: _of(*regions), replace(WISH, default_region=default), LARGE)
    assert (caught.value.code, "us-gov-west-1" in caught.value.message) == ("two_partitions", True)
