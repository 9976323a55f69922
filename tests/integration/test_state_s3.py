"""States in S3: the home can be lost, the state stays, and no lock is left behind."""

import json
from typing import Any

import pytest
from integration.harness import Process, Site

STATE = "s3://states/mail"
LOCK = "mail/domains/example.net/terraform.tfstate.tflock"  # somebody else's
KEY = "mail/domains/example.com/terraform.tfstate"


@pytest.fixture(scope="module")
def bucket(site: Site) -> str:
    s3 = site.client("s3")
    s3.create_bucket(Bucket="states")
    s3.put_bucket_versioning(Bucket="states", VersioningConfiguration={"Status": "Enabled"})
    return "states"


@pytest.fixture(scope="module")
def locked_out(site: Site, bucket: str) -> Process:
    """A run on a state that somebody else holds; Terraform waits a minute for it, while the other tests go on."""
    lock = {"ID": "7", "Operation": "OperationTypeApply", "Who": "ada@elsewhere", "Version": "1.11.4", "Path": "there"}
    site.client("s3").put_object(Bucket=bucket, Key=LOCK, Body=json.dumps(lock).encode())
    return site.start("new-domain", "example.net", "--zone", "external", "--json", PROVISIONER_STATE=STATE)


@pytest.fixture(scope="module")
def first(site: Site, locked_out: Process) -> Any:
    assert locked_out.pid
    return new_domain(site)


@pytest.fixture(scope="module")
def lost(site: Site, first: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The same command from an empty home that got the credentials back, and nothing else."""
    kept = site.home
    site.home = tmp_path_factory.mktemp("empty") / "home"
    site.home.mkdir()
    (kept / "credentials").rename(site.home / "credentials")
    assert (site.home / "credentials" / first["domain"]).is_dir()
    return new_domain(site)


def new_domain(site: Site) -> Any:
    options = ("--customer", "Ada", "--json")
    return site.run("new-domain", "example.com", *options, PROVISIONER_STATE=STATE).expect(0).document


def objects(site: Site) -> dict[str, str]:
    """Return the texts of the objects in the bucket by key, without the lock of somebody else."""
    s3 = site.client("s3")
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket="states")["Contents"] if item["Key"] != LOCK]
    return {key: s3.get_object(Bucket="states", Key=key)["Body"].read().decode() for key in keys}


def test_the_state_is_in_the_bucket_and_nowhere_else_and_no_lock_is_left(first: Any, site: Site) -> None:
    assert first["changed"] is True
    assert list(objects(site)) == [KEY]
    assert not list((site.home / "domains").glob("*/terraform.tfstate"))
    assert "aws_route53_zone" in objects(site)[KEY]


def test_the_state_holds_no_secret(first: Any, site: Site) -> None:
    assert first["smtp"]["password"] not in objects(site)[KEY]
    assert site.secret_of(first["smtp"]["user_name"]) not in objects(site)[KEY]


def test_the_same_command_from_an_empty_home_changes_nothing(first: Any, lost: Any, site: Site) -> None:
    same = first["smtp"] | {"stored_in": f"file:{site.home}/credentials/example.com/smtp.json"}
    assert lost["changed"] is False
    assert (lost["zone"], lost["smtp"]) == (first["zone"], same)
    assert site.owned("example.com") == {"zones": 1, "identities": 1, "sets": 1, "users": 1, "keys": 1}
    assert list(objects(site)) == [KEY]


def test_a_state_that_somebody_else_holds_is_left_alone_and_the_holder_named(locked_out: Process, site: Site) -> None:
    ran = locked_out.end().expect(1)
    assert ran.error["code"] == "state_locked"
    assert "ada@elsewhere" in ran.error["message"]
    assert "force-unlock" in ran.error["hint"]
    assert site.owned("example.net")["identities"] == 0


def test_destroying_empties_the_state(lost: Any, site: Site) -> None:
    site.run("destroy-domain", lost["domain"], "--yes", PROVISIONER_STATE=STATE).expect(0)
    assert site.owned("example.com") == {"zones": 0, "identities": 0, "sets": 0, "users": 0, "keys": 0}
    assert {key: json.loads(text)["resources"] for key, text in objects(site).items()} == {KEY: []}


def test_a_bucket_that_does_not_exist_is_named(site: Site) -> None:
    ran = site.run("new-domain", "example.net", "--zone", "external", "--json", PROVISIONER_STATE="s3://nowhere/mail")
    assert ran.expect(1).error["code"] == "state_bucket_missing"
    assert site.owned("example.net")["identities"] == 0
