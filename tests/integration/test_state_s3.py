"""States in S3: the home can be lost, the state stays, and no lock is left behind."""

import json
from typing import Any

import pytest
from integration.harness import Process, Ran, Site

STATE = "s3://states/mail"
LOCK = "mail/domains/example.net/terraform.tfstate.tflock"  # somebody else's
KEYS = ["mail/domains/example.com/terraform.tfstate", "mail/domains/example.org/terraform.tfstate"]


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
def first(site: Site, locked_out: Process) -> list[Any]:
    """One domain with a zone of its own, one in an adopted zone."""
    assert locked_out.pid
    site.make_zone("example.org")
    return [ran.expect(0).document for ran in at_once(site, ["example.com"], ["example.org", "--customer", "Ada"])]


@pytest.fixture(scope="module")
def lost(site: Site, first: list[Any], tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The same commands from an empty home that got the credentials back, and nothing else."""
    assert len(first) == 2
    kept = site.home
    site.home = tmp_path_factory.mktemp("empty") / "home"
    site.home.mkdir()
    (kept / "credentials").rename(site.home / "credentials")
    return [ran.expect(0).document for ran in at_once(site, ["example.com"], ["example.org", "--customer", "Ada"])]


def at_once(site: Site, *domains: list[str]) -> list[Ran]:
    running = [site.start("new-domain", *domain, "--json", PROVISIONER_STATE=STATE) for domain in domains]
    return [process.end() for process in running]


def objects(site: Site) -> list[str]:
    return [item["Key"] for item in site.client("s3").list_objects_v2(Bucket="states").get("Contents", [])]


def test_the_state_is_in_the_bucket_and_nowhere_else(first: list[Any], site: Site) -> None:
    assert [document["changed"] for document in first] == [True, True]
    assert [key for key in objects(site) if key != LOCK] == KEYS
    assert not list((site.home / "domains").glob("*/terraform.tfstate"))
    state = site.client("s3").get_object(Bucket="states", Key=KEYS[0])["Body"].read().decode()
    assert "aws_route53_zone" in state
    for smtp in (document["smtp"] for document in first):
        assert smtp["password"] not in state
        assert site.secret_of(smtp["user_name"]) not in state


def test_an_empty_home_with_the_same_state_changes_nothing(first: list[Any], lost: list[Any], site: Site) -> None:
    assert [document["changed"] for document in lost] == [False, False]
    assert [document["zone"] for document in lost] == [document["zone"] for document in first]
    assert site.owned("example.com") == {"zones": 1, "identities": 1, "sets": 1, "users": 1, "keys": 1}


def test_no_lock_is_left(lost: list[Any], site: Site) -> None:
    assert len(lost) == 2
    assert not [key for key in objects(site) if key.endswith(".tflock") and key != LOCK]


def test_a_state_that_somebody_else_holds_is_left_alone_and_the_holder_named(locked_out: Process, site: Site) -> None:
    ran = locked_out.end().expect(1)
    assert ran.error["code"] == "state_locked"
    assert "ada@elsewhere" in ran.error["message"]
    assert "force-unlock" in ran.error["hint"]
    assert site.owned("example.net")["identities"] == 0


def test_destroying_empties_the_state(lost: list[Any], site: Site) -> None:
    assert len(lost) == 2
    site.run("destroy-domain", "example.org", "--yes", PROVISIONER_STATE=STATE).expect(0)
    assert site.owned("example.org") == {"zones": 1, "identities": 0, "sets": 0, "users": 0, "keys": 0}
    assert not [key for key in objects(site) if key.endswith(".tflock") and key != LOCK]


def test_a_bucket_that_does_not_exist_is_named(site: Site) -> None:
    ran = site.run("new-domain", "example.net", "--zone", "external", "--json", PROVISIONER_STATE="s3://nowhere/mail")
    assert ran.expect(1).error["code"] == "state_bucket_missing"
    assert site.owned("example.net")["identities"] == 0
