"""States on S3: the bucket, the lock that Terraform reads too, the way there and back, and a home that is lost."""

import json
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fakes.clock import FakeProgress
from integration.harness import Process, Ran, Site, wait_until
from integration.hints import follow

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
KILLED, HELD = "killed.example", "held.example"
ONE_OF_EACH = {"zones": 0, "identities": 1, "sets": 1, "users": 1, "keys": 1}


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
    site.provision({"domain": DOMAIN.ascii, "zone": "external"})
    document = site.run("state", "migrate", "--to", PLACE, "--json").expect(0).document
    assert document["environment"] == {"PROVISIONER_STATE": PLACE}
    assert document["domains"][0]["moved"]
    return site


@pytest.fixture(scope="module")
def locked_out(site: Site, bucket: Any) -> Process:
    """A run on a state that somebody else holds; Terraform waits a minute for it, while the other tests go on."""
    lock = {"ID": "7", "Operation": "OperationTypeApply", "Who": "ada@elsewhere", "Version": "1.11.4", "Path": "there"}
    place = {"Bucket": BUCKET, "Key": f"{key_of(HELD)}.tflock"}
    site.client("s3").put_object(**place, Body=json.dumps(lock).encode())
    return site.start("new-domain", HELD, "--zone", "external", "--json", PROVISIONER_STATE=PLACE)


@dataclass(frozen=True)
class Completed:
    """A domain whose state was on S3 from the beginning: killed in its apply, completed, done again in a new home."""

    lock_left: bool
    first: Ran
    in_bucket: dict[str, str]
    new_home: Path
    again: Ran

    def smtp(self, home: Path) -> Any:
        """The credential as a home tells it."""
        return self.first.document["smtp"] | {"stored_in": f"file:{home}/credentials/{KILLED}/smtp.json"}


@pytest.fixture(scope="module")
def completed(site: Site, locked_out: Process, tmp_path_factory: pytest.TempPathFactory) -> Completed:
    assert locked_out.pid
    arguments = ("new-domain", KILLED, "--zone", "external", "--customer", "Ada", "--json")
    run = site.start(*arguments, PROVISIONER_STATE=PLACE)
    lock = f"{key_of(KILLED)}.tflock"
    wait_until(lambda: lock in keys(site) and (site.home / f"domains/{KILLED}/logs/apply.log").exists())
    run.signal(signal.SIGKILL)
    run.end()
    lock_left, first = lock in keys(site), until_it_succeeds(site, *arguments)
    home = tmp_path_factory.mktemp("empty") / "home"  # gets the credentials back, and nothing else
    shutil.copytree(site.home / "credentials" / KILLED, home / "credentials" / KILLED)
    in_bucket = objects(site, KILLED)
    again = site.run(*arguments, PROVISIONER_STATE=PLACE, PROVISIONER_HOME=str(home)).expect(0)
    return Completed(lock_left, first, in_bucket, home, again)


def until_it_succeeds(site: Site, *arguments: str) -> Ran:
    """Run a command again until it succeeds: Terraform, which was not killed, may be at work for a while yet."""
    ran: list[Ran] = []

    def succeeds() -> bool:
        ran.append(site.run(*arguments, PROVISIONER_STATE=PLACE))
        return ran[-1].code == 0

    wait_until(succeeds)
    return ran[-1]


def key_of(domain: str) -> str:
    return f"mail/domains/{domain}/terraform.tfstate"


def keys(site: Site) -> set[str]:
    found = site.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", ())
    return {item["Key"] for item in found}


def objects(site: Site, domain: str) -> dict[str, str]:
    """Return the texts of a domain's objects in the bucket by key."""
    s3 = site.client("s3")
    mine = [key for key in keys(site) if f"/{domain}/" in key]
    return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in mine}


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
    assert (ran.code, ran.document["changes"][0]) == (3, "create the bucket")
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


def test_a_run_that_was_killed_leaves_a_lock_that_the_next_one_removes(site: Site, completed: Completed) -> None:
    assert completed.lock_left
    assert list(completed.in_bucket) == [key_of(KILLED)]
    assert completed.first.document["changed"] is True
    assert site.owned(KILLED) == ONE_OF_EACH


def test_the_state_is_in_the_bucket_and_nowhere_else(site: Site, completed: Completed) -> None:
    assert "aws_sesv2_email_identity" in completed.in_bucket[key_of(KILLED)]
    for home in (site.home, completed.new_home):
        assert not (home / "domains" / KILLED / "terraform.tfstate").exists()


def test_the_state_holds_no_secret(site: Site, completed: Completed) -> None:
    smtp, text = completed.first.document["smtp"], completed.in_bucket[key_of(KILLED)]
    assert smtp["password"] not in text
    assert site.secret_of(smtp["user_name"]) not in text


def test_the_same_command_from_an_empty_home_changes_nothing(site: Site, completed: Completed) -> None:
    first, again = completed.first.document, completed.again.document
    assert again["changed"] is False
    assert (again["identity"]["arn"], again["smtp"]) == (first["identity"]["arn"], completed.smtp(completed.new_home))
    assert site.owned(KILLED) == ONE_OF_EACH
    assert list(objects(site, KILLED)) == [key_of(KILLED)]


def test_destroying_empties_the_state(site: Site, completed: Completed) -> None:
    where = {"PROVISIONER_STATE": PLACE, "PROVISIONER_HOME": str(completed.new_home)}
    site.run("destroy-domain", KILLED, "--yes", **where).expect(0)
    assert site.owned(KILLED) == dict.fromkeys(ONE_OF_EACH, 0)
    left = {key: json.loads(text)["resources"] for key, text in objects(site, KILLED).items()}
    assert left == {key_of(KILLED): []}


def test_a_run_that_still_looks_at_the_old_place_is_stopped(moved: Site) -> None:
    ran = moved.run("new-domain", DOMAIN.ascii, "--json")
    assert (ran.code, ran.error["code"]) == (1, "state_moved")
    assert f"PROVISIONER_STATE='{PLACE}'" in ran.error["hint"]


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
    with (
        pytest.raises(ProvisionerError, match="bob@elsewhere") as refused,
        holder(moved.home, FakeProgress()).hold(DOMAIN),
    ):
        pytest.fail("the state is not ours")
    assert LOCK in keys(moved)
    ran = moved.run("state", "unlock", DOMAIN.ascii, "--lock-id", "other", "--json", PROVISIONER_STATE=PLACE)
    assert (ran.code, ran.error["code"]) == (5, "other_lock")
    assert follow(moved, refused.value.hint, "--json", PROVISIONER_STATE=PLACE).expect(0).document["removed"]
    assert LOCK not in keys(moved)


def test_a_state_comes_back_from_s3(moved: Site) -> None:
    stopped = moved.run("new-domain", DOMAIN.ascii, "--json").expect(1)
    ran = follow(moved, stopped.error["hint"], "--json")
    assert (ran.code, ran.document["domains"][0]["moved"]) == (0, True)
    assert KEY not in keys(moved)
    assert moved.run("drift", DOMAIN.ascii, "--json").code == 0
    (backup,) = (key for key in keys(moved) if key.startswith(KEY) and key.endswith(".backup"))
    assert ran.document["domains"][0]["backup"] == f"s3://{BUCKET}/{backup}"


def test_a_move_to_where_the_states_are_is_refused(site: Site, bucket: Any) -> None:
    ran = site.run("state", "migrate", "--to", "local", "--json")
    assert (ran.code, ran.error["code"]) == (2, "same_state")


def test_a_bucket_that_does_not_exist_is_said_with_the_command_that_makes_it(site: Site) -> None:
    ran = site.run("new-domain", "lost.example", "--zone", "external", "--json", PROVISIONER_STATE="s3://nowhere/mail")
    assert ran.expect(1).error["code"] == "state_bucket_missing"
    assert site.owned("lost.example")["identities"] == 0
    made = follow(site, ran.error["hint"], "--json").expect(0).document
    assert made["bucket"] == "nowhere"
    again = ("new-domain", "lost.example", "--zone", "external", "--dry-run")
    site.run(*again, PROVISIONER_STATE="s3://nowhere/mail").expect(3)


def test_a_state_that_somebody_else_holds_is_left_alone_and_the_holder_named(locked_out: Process, site: Site) -> None:
    ran = locked_out.end().expect(1)
    assert ran.error["code"] == "state_locked"
    assert "ada@elsewhere" in ran.error["message"]
    assert site.owned(HELD)["identities"] == 0
    assert follow(site, ran.error["hint"], "--json", PROVISIONER_STATE=PLACE).expect(0).document["removed"]
    assert f"{key_of(HELD)}.tflock" not in keys(site)
