"""Secrets: versions, scheduled deletions, and AWS that is slow to see what was made."""

from __future__ import annotations

import pytest
from fakes.vaults import EXAMPLE, SECRET, TAGS, Aws, credential

from provisioner.core.credentials.slot import Slot
from provisioner.errors import ProvisionerError, Refused

DELETING = "You can't create this secret because a secret with this name is already scheduled for deletion."


def test_looking_whether_it_could_be_kept_makes_no_new_version_of_a_secret(secrets: Aws) -> None:
    secrets.store.save(credential())
    before = secrets.client.describe_secret(SecretId=SECRET)["VersionIdsToStages"]
    secrets.store.check_writable(EXAMPLE)
    assert secrets.client.describe_secret(SecretId=SECRET)["VersionIdsToStages"] == before


@pytest.fixture
def doomed(secrets: Aws) -> Aws:
    """A secret of ours that somebody has scheduled for deletion."""
    secrets.store.save(credential())
    secrets.client.delete_secret(SecretId=SECRET, RecoveryWindowInDays=30)
    return secrets


def test_a_secret_that_is_scheduled_for_deletion_counts_as_absent(doomed: Aws) -> None:
    assert doomed.store.load(EXAMPLE) is None


def test_a_secret_that_is_scheduled_for_deletion_is_in_nobody_s_way(doomed: Aws) -> None:
    doomed.store.check_writable(EXAMPLE)
    doomed.store.save(credential())
    assert doomed.store.load(EXAMPLE) == credential()
    assert "DeletedDate" not in doomed.client.describe_secret(SecretId=SECRET)


def test_a_secret_that_is_scheduled_for_deletion_is_forgotten_at_once(doomed: Aws) -> None:
    doomed.store.remove(EXAMPLE)
    with pytest.raises(doomed.client.exceptions.ResourceNotFoundException):
        doomed.client.describe_secret(SecretId=SECRET)


def test_a_secret_of_others_that_is_scheduled_for_deletion_stays_scheduled(secrets: Aws) -> None:
    secrets.put("theirs")
    secrets.client.delete_secret(SecretId=SECRET, RecoveryWindowInDays=30)
    assert secrets.store.load(EXAMPLE) is None
    with pytest.raises(Refused, match="not ours"):
        secrets.store.check_writable(EXAMPLE)
    assert "DeletedDate" in secrets.client.describe_secret(SecretId=SECRET)


def test_a_name_that_is_still_being_deleted_is_waited_for(secrets: Aws) -> None:
    secrets.refuses("CreateSecret", "InvalidRequestException", DELETING, times=2)
    secrets.store.check_writable(EXAMPLE)
    secrets.store.save(credential())
    assert secrets.slept == [1, 2]
    assert secrets.store.load(EXAMPLE) == credential()


def test_what_was_made_and_cannot_be_seen_yet_is_waited_for(aws: Aws) -> None:
    secrets = aws.kind == "secretsmanager"
    operation, code = (
        ("DescribeSecret", "ResourceNotFoundException") if secrets else ("GetParameter", "ParameterNotFound")
    )
    aws.refuses(operation, code, times=2)
    aws.store.check_writable(EXAMPLE)
    assert aws.slept == [2]
    aws.store.save(credential())
    assert aws.store.load(EXAMPLE) == credential()


def test_a_restoration_that_came_too_late_is_tried_as_a_new_secret(doomed: Aws) -> None:
    doomed.refuses("RestoreSecret", "ResourceNotFoundException", times=1)
    doomed.store.check_writable(EXAMPLE)
    assert doomed.slept == [1]


def test_a_name_that_does_not_become_free_is_said_after_a_minute(secrets: Aws) -> None:
    secrets.refuses("CreateSecret", "InvalidRequestException", DELETING)
    with pytest.raises(ProvisionerError, match="still deleting") as caught:
        secrets.store.check_writable(EXAMPLE)
    assert caught.value.code == "store_busy"
    assert sum(secrets.slept) == 60


def test_another_invalid_request_is_not_waited_out(secrets: Aws) -> None:
    secrets.refuses("CreateSecret", "InvalidRequestException", "the secret is managed by another service", times=1)
    with pytest.raises(ProvisionerError, match="managed by another service"):
        secrets.store.check_writable(EXAMPLE)
    secrets.put("x", TAGS)
    secrets.refuses("GetSecretValue", "InvalidRequestException", "the secret is managed by another service")
    with pytest.raises(ProvisionerError, match="managed by another service"):
        secrets.store.load(EXAMPLE)
    assert secrets.slept == []


def test_a_secret_without_a_value_holds_nothing_and_is_written_to(secrets: Aws) -> None:
    secrets.client.create_secret(Name=SECRET, Tags=TAGS)
    assert secrets.store.load(EXAMPLE) is None
    secrets.store.check_writable(EXAMPLE)
    assert secrets.store.load(EXAMPLE) is None
    secrets.store.save(credential())
    assert secrets.store.load(EXAMPLE) == credential()


def test_a_binary_secret_is_put_aside_as_it_is(secrets: Aws) -> None:
    secrets.client.create_secret(Name=SECRET, SecretBinary=b"\xff\x00", Tags=TAGS)
    with pytest.raises(ProvisionerError, match="not a JSON object"):
        secrets.store.load(EXAMPLE)
    aside = secrets.store.set_aside(EXAMPLE).removeprefix("secretsmanager:")
    assert secrets.client.get_secret_value(SecretId=aside)["SecretBinary"] == b"\xff\x00"
    assert secrets.store.load(EXAMPLE) is None


def versions(secrets: Aws) -> list[list[str]]:
    return sorted(secrets.client.describe_secret(SecretId=SECRET)["VersionIdsToStages"].values())


def test_what_is_pending_has_the_label_of_aws_for_it_and_what_a_site_reads_stays(secrets: Aws) -> None:
    secrets.store.save(credential())
    before = secrets.text()
    secrets.store.save(credential(), Slot.PENDING)
    assert ["AWSPENDING"] in versions(secrets)
    assert secrets.text() == before
    secrets.store.clear(EXAMPLE, Slot.PENDING)
    assert ["AWSPENDING"] not in versions(secrets)


def test_what_was_current_is_the_previous_version_without_anything_written(secrets: Aws) -> None:
    secrets.store.save(credential())
    secrets.store.save(credential(key_id="AKIA2"))
    assert secrets.store.load(EXAMPLE, Slot.PREVIOUS) == credential()


def test_a_secret_that_is_scheduled_for_deletion_has_nothing_pending(doomed: Aws) -> None:
    assert doomed.store.load(EXAMPLE, Slot.PENDING) is None
