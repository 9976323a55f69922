"""A key that was just made: stored, or deleted again, or in the user's hands."""

import traceback
from collections.abc import Callable
from functools import partial

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import KeyNotKept, ProvisionerError
from provisioner.usecases.credentials.fresh_key import Keeping, make_key
from provisioner.usecases.credentials.rotate import Step, Wish, rotate
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
USER = SmtpUser(EXAMPLE)
REGION = Region.parse("us-east-1")
ASKED = Asked(default_region=REGION)


def create(world: World) -> Callable[[], tuple[str, Secret]]:
    return partial(world.aws.create_key, USER.iam_user)


def keeping(world: World) -> Keeping:
    return Keeping(world.store.save, "a place", "provisioner new-domain example.com")


FAULTS = [ProvisionerError("disk_full", "no space"), KeyboardInterrupt(), RuntimeError("a defect"), SystemExit(1)]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_key_whose_credential_cannot_be_stored_is_deleted_again(world: World, fault: BaseException) -> None:
    world.store.breaks_on_save(fault)
    with pytest.raises(type(fault)):
        make_key(world.edges, USER, REGION, create(world), keeping(world))
    assert world.aws.keys(USER.iam_user) == []


@pytest.mark.parametrize("second", FAULTS, ids=lambda fault: type(fault).__name__)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_one_that_is_not_deleted_either_is_handed_over_and_named(
    world: World, fault: BaseException, second: BaseException
) -> None:
    world.store.breaks_on_save(fault)
    world.aws.deletes_no_key(second)
    with pytest.raises(KeyNotKept) as caught:
        make_key(world.edges, USER, REGION, create(world), keeping(world))
    (key,) = world.aws.keys(USER.iam_user)
    credential = caught.value.credential()
    assert (credential["user_name"], caught.value.code) == (key.id, "key_not_kept")
    told = "".join(traceback.format_exception(caught.value)) + str(caught.value.to_document())
    assert f"access key {key.id} of IAM user example.com was made, and could neither be stored (" in told
    assert credential["password"] not in told


def test_the_next_run_deletes_it_and_makes_another_but_not_before_that_can_be_stored(world: World) -> None:
    world.store.breaks_on_save()
    world.aws.deletes_no_key()
    with pytest.raises(KeyNotKept):
        new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.deletes_keys()
    world.store.is_not_writable()
    with pytest.raises(ProvisionerError, match="read-only"):
        new_domain(world.edges, EXAMPLE, ASKED)
    assert len(world.aws.keys(USER.iam_user)) == 1
    world.store.works()
    report = new_domain(world.edges, EXAMPLE, ASKED)
    (key,) = world.aws.keys(USER.iam_user)
    assert report.smtp.credential is not None
    assert (report.smtp.lost, report.smtp.credential.user_name) == ((), key.id)
    assert world.store.kept[USER.iam_user] == report.smtp.credential


def test_the_second_key_of_a_rotation_is_not_lost_either(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    (current,) = world.aws.keys(USER.iam_user)
    world.store.breaks_on_save()
    with pytest.raises(ProvisionerError, match="no space"):
        rotate(world.edges, USER, Wish(Step.PREPARE))
    assert [key.id for key in world.aws.keys(USER.iam_user)] == [current.id]
    world.aws.deletes_no_key()
    with pytest.raises(KeyNotKept) as caught:
        rotate(world.edges, USER, Wish(Step.PREPARE))
    shown = caught.value.credential()["user_name"]
    assert [key.id for key in world.aws.keys(USER.iam_user)] == [current.id, shown]
    world.aws.deletes_keys()
    world.store.works()
    rotate(world.edges, USER, Wish(Step.PREPARE))
    pending = world.store.load(USER, Slot.PENDING)
    assert pending is not None
    assert [key.id for key in world.aws.keys(USER.iam_user)] == [current.id, pending.user_name]
    assert pending.user_name != shown
