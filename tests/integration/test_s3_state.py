"""States on S3: the bucket, the lock that Terraform reads too, and the way there and back."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes.clock import FakeProgress
from integration.harness import Site, wait_until

from provisioner.adapters.aws.states.objects import S3StateLocks, StateObjects
from provisioner.adapters.terraform import TerraformRunner, TerraformSettings, Timeouts
from provisioner.core.states.lock import StateLock
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError
from provisioner.usecases.states.locks import StateHolder
from provisioner.wiring.locks import state_holder
from provisioner.wiring.settings import Settings

BUCKET, DOMAIN = "example-states", DomainName.parse("moving.example")
PLACE = f"s3://{BUCKET}/mail?region=us-east-1"
KEY = f"mail/domains/{DOMAIN}/terraform.tfstate"
LOCK = f"{KEY}.tflock"


@pytest.fixture(scope="module", autouse=True)
def _environment(site: Site) -> Iterator[None]:
    """Let what runs in this process, too, use the site."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in site.environment(PROVISIONER_STATE=PLACE).items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def bucket(site: Site) -> Any:
    """The answer to `account bootstrap`."""
    return site.run("account", "bootstrap", "--bucket", BUCKET, "--json").expect(0).document


@pytest.fixture(scope="module")
def moved(site: Site, bucket: Any) -> Site:
    """The site, with one domain whose state went to S3."""
    site.run("new-domain", DOMAIN.ascii, "--zone", "external").expect(0)
    document = site.run("state", "migrate", "--to", PLACE, "--json").expect(0).document
    assert document["environment"] == {"PROVISIONER_STATE": PLACE}
    assert document["domains"][0]["moved"]
    return site


def keys(site: Site) -> set[str]:
    found = site.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", ())
    return {item["Key"] for item in found}


def settings(home: Path) -> Settings:
    return Settings.read(os.environ, home=home, region=None, profile=None)


def holder(home: Path, progress: FakeProgress, patience: float = 1.0) -> StateHolder:
    made = state_holder(settings(home), progress, settings(home).aws())
    assert made is not None
    return replace(made, patience=patience)


def test_the_bucket_is_private_encrypted_versioned_and_tls_only(site: Site, bucket: Any) -> None:
    s3 = site.client("s3")
    assert all(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 90


def test_a_second_bootstrap_changes_nothing(site: Site, bucket: Any) -> None:
    again = site.run("account", "bootstrap", "--bucket", BUCKET, "--json")
    assert (again.code, again.document["changed"], again.document["changes"]) == (0, False, [])


def test_a_dry_run_makes_no_bucket(site: Site, bucket: Any) -> None:
    ran = site.run("account", "bootstrap", "--bucket", "other-states", "--dry-run", "--json")
    assert (ran.code, ran.document["changes"][0]) == (0, "create the bucket")
    assert [bucket["Name"] for bucket in site.client("s3").list_buckets()["Buckets"]] == [BUCKET]


def test_a_bucket_outside_the_first_region_is_made_there(site: Site, bucket: Any) -> None:
    ran = site.run("account", "bootstrap", "--bucket", "states-in-europe", "--region", "eu-west-1", "--json")
    s3 = site.client("s3")
    assert ran.code == 0
    assert s3.get_bucket_location(Bucket="states-in-europe")["LocationConstraint"] == "eu-west-1"
    assert ran.document["environment"]["PROVISIONER_STATE"] == "s3://states-in-europe?region=eu-west-1"
    again = site.run("account", "bootstrap", "--bucket", "states-in-europe", "--json")
    assert (again.document["region"], again.document["changed"]) == ("eu-west-1", False)
    s3.delete_bucket(Bucket="states-in-europe")


def test_a_moved_state_describes_the_same_resources(moved: Site) -> None:
    assert KEY in keys(moved)
    ran = moved.run("drift", DOMAIN.ascii, "--json", PROVISIONER_STATE=PLACE)
    assert (ran.code, ran.document["domains"][0]["differences"]) == (0, [])
    assert not moved.run("new-domain", DOMAIN.ascii, "--json", PROVISIONER_STATE=PLACE).document["changed"]
    assert LOCK not in keys(moved)


def test_a_run_that_still_looks_at_the_old_place_is_stopped(moved: Site) -> None:
    ran = moved.run("new-domain", DOMAIN.ascii, "--json")
    assert (ran.code, ran.error["code"]) == (1, "state_moved")
    assert "PROVISIONER_STATE" in ran.error["hint"]


def test_terraform_itself_respects_our_lock(moved: Site) -> None:
    runner = TerraformRunner(TerraformSettings(dict(os.environ), moved.home, timeouts=Timeouts(state_lock=0)))
    moved.run("drift", DOMAIN.ascii, "--json", PROVISIONER_STATE=PLACE)
    with holder(moved.home, FakeProgress()).hold(DOMAIN), pytest.raises(ProvisionerError) as caught:
        runner.plan(moved.home / "domains" / DOMAIN.ascii, lambda _: None)
    assert caught.value.code == "state_locked"
    assert "Operation:" in caught.value.message


def test_the_second_of_two_hosts_waits_and_says_for_whom(moved: Site, tmp_path: Path) -> None:
    progress, taken = FakeProgress(), threading.Event()

    def first() -> None:
        with holder(moved.home, FakeProgress()).hold(DOMAIN):
            taken.set()
            wait_until(lambda: bool(progress.notes))

    thread = threading.Thread(target=first)
    thread.start()
    assert taken.wait(60)
    with holder(tmp_path, progress, patience=60).hold(DOMAIN):
        assert LOCK in keys(moved)
    thread.join()
    assert any("the state is held by" in note for note in progress.notes)
    assert LOCK not in keys(moved)


def test_a_lock_of_another_home_is_never_removed(moved: Site, tmp_path: Path) -> None:
    objects = StateObjects(settings(tmp_path).aws(), BUCKET, "us-east-1", lambda _: KEY)
    theirs = StateLock("theirs", "bob@elsewhere", "OperationTypeApply", "", "1.11.4", "2026-01-01T00:00:00Z", KEY)
    S3StateLocks(objects).take(DOMAIN, theirs)
    with pytest.raises(ProvisionerError, match="bob@elsewhere"), holder(moved.home, FakeProgress()).hold(DOMAIN):
        pytest.fail("the state is not ours")
    assert LOCK in keys(moved)
    ran = moved.run("state", "unlock", DOMAIN.ascii, "--lock-id", "other", "--json", PROVISIONER_STATE=PLACE)
    assert (ran.code, ran.error["code"]) == (5, "other_lock")
    ran = moved.run("state", "unlock", DOMAIN.ascii, "--lock-id", "theirs", "--json", PROVISIONER_STATE=PLACE)
    assert (ran.code, ran.document["removed"]) == (0, True)
    assert LOCK not in keys(moved)


def test_a_run_that_was_killed_leaves_a_lock_that_the_next_one_removes(site: Site, bucket: Any) -> None:
    name, lock = "killed.example", "mail/domains/killed.example/terraform.tfstate.tflock"
    arguments = ["new-domain", name, "--zone", "external"]
    run = site.start(*arguments, PROVISIONER_STATE=PLACE)
    wait_until(lambda: lock in keys(site) and (site.home / f"domains/{name}/logs/apply.log").exists())
    run.signal(signal.SIGKILL)
    run.end()
    assert lock in keys(site)
    wait_until(lambda: site.run(*arguments, PROVISIONER_STATE=PLACE).code == 0)
    assert lock not in keys(site)
    assert site.owned(name) == {"zones": 0, "identities": 1, "sets": 1, "users": 1, "keys": 1}


def test_a_state_comes_back_from_s3(moved: Site) -> None:
    ran = moved.run("state", "migrate", DOMAIN.ascii, "--from", PLACE, "--to", "local", "--json")
    assert (ran.code, ran.document["domains"][0]["moved"]) == (0, True)
    assert KEY not in keys(moved)
    assert moved.run("drift", DOMAIN.ascii, "--json").code == 0
    (backup,) = (key for key in keys(moved) if key.startswith(KEY) and key.endswith(".backup"))
    assert ran.document["domains"][0]["backup"] == f"s3://{BUCKET}/{backup}"


def test_a_move_to_where_the_states_are_is_refused(site: Site, bucket: Any) -> None:
    ran = site.run("state", "migrate", "--to", "local", "--json")
    assert (ran.code, ran.error["code"]) == (2, "same_state")


def test_a_bucket_that_does_not_exist_is_said_with_the_command_that_makes_it(site: Site, bucket: Any) -> None:
    ran = site.run("drift", "killed.example", "--json", PROVISIONER_STATE="s3://no-such-states")
    error = ran.document["domains"][0]["error"]
    assert error["code"] == "state_bucket_missing"
    assert "account bootstrap --bucket no-such-states" in error["hint"]
