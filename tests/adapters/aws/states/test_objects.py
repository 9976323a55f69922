"""States and their locks in a bucket of the emulated S3."""

import pytest

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.states.objects import S3StateLocks, S3States, StateObjects
from provisioner.core.states.lock import StateLock
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError

EXAMPLE = DomainName.parse("example.com")


@pytest.fixture
def objects(emulated: AwsSession) -> StateObjects:
    emulated.client("s3").create_bucket(Bucket="example-states")
    return StateObjects(emulated, "example-states", "us-east-1", lambda name: f"mail/{name}/terraform.tfstate")


def lock(lock_id: str) -> StateLock:
    return StateLock(lock_id, "ada@host1", "apply", "", "1.11.4", "2026-11-22T10:00:00Z", "there")


def test_a_state_is_kept_read_and_put_aside(objects: StateObjects) -> None:
    states = S3States(objects)
    assert states.read(EXAMPLE) is None
    states.write(EXAMPLE, '{"serial": 3}')
    assert states.read(EXAMPLE) == '{"serial": 3}'
    aside = states.retire(EXAMPLE, 3)
    assert states.read(EXAMPLE) is None
    assert objects.get(aside.removeprefix("s3://example-states/")) == '{"serial": 3}'


def test_only_one_of_two_takes_a_lock(objects: StateObjects) -> None:
    locks = S3StateLocks(objects)
    assert locks.take(EXAMPLE, lock("one")).id == "one"
    assert locks.take(EXAMPLE, lock("two")).id == "one"
    assert locks.holder(EXAMPLE) == StateLock.from_json(lock("one").to_json(), locks.path(EXAMPLE))


def test_a_lock_is_dropped_by_its_own_id_only(objects: StateObjects) -> None:
    locks = S3StateLocks(objects)
    locks.take(EXAMPLE, lock("one"))
    assert not locks.drop(EXAMPLE, "two")
    assert locks.holder(EXAMPLE) is not None
    assert locks.drop(EXAMPLE, "one")
    assert locks.holder(EXAMPLE) is None


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
def test_a_lock_without_an_id_is_dropped_by_the_one_that_is_shown(objects: StateObjects, body: bytes) -> None:
    locks = S3StateLocks(objects)
    key = "mail/example.com/terraform.tfstate.tflock"
    objects.session.client("s3").put_object(Bucket="example-states", Key=key, Body=body)
    holder = locks.take(EXAMPLE, lock("ours"))
    assert (holder.who, holder.id[:11]) == ("somebody unknown", "unreadable-")
    assert not locks.drop(EXAMPLE, "")
    assert locks.drop(EXAMPLE, holder.id)
    assert locks.holder(EXAMPLE) is None


@pytest.mark.parametrize("body", [b"", b"\n"])
def test_a_state_without_contents_is_none(objects: StateObjects, body: bytes) -> None:
    key = "mail/example.com/terraform.tfstate"
    objects.session.client("s3").put_object(Bucket="example-states", Key=key, Body=body)
    assert S3States(objects).read(EXAMPLE) is None


def test_states_in_a_bucket_that_is_absent_say_how_to_make_it(emulated: AwsSession) -> None:
    objects = StateObjects(emulated, "example-states", "us-east-1", lambda name: name)
    with pytest.raises(ProvisionerError, match="does not exist") as written:
        S3States(objects).write(EXAMPLE, "x")
    with pytest.raises(ProvisionerError, match="does not exist") as looked:
        S3StateLocks(objects).holder(EXAMPLE)
    assert {written.value.code, looked.value.code} == {"state_bucket_missing"}
