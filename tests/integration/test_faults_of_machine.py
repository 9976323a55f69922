"""The machine is not as it should be: no credentials, no network, no Terraform, no room, somebody else at work."""

import os
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from integration.harness import Process, Ran, Site

STALE = {
    "TF_CLI_CONFIG_FILE": "/nowhere/terraformrc",
    "TF_CLI_ARGS": "-no-such-option",
    "TF_CLI_ARGS_apply": "-target=module.nothing",
    "TF_REATTACH_PROVIDERS": '{"registry.terraform.io/hashicorp/aws": {"Protocol": "grpc", "ProtocolVersion": 5, '
    '"Pid": 1, "Test": true, "Addr": {"Network": "unix", "String": "/nowhere/socket"}}}',
    "TF_WORKSPACE": "another",
    "TF_DATA_DIR": "/nowhere/data",
    "TF_PLUGIN_CACHE_DIR": "/nowhere/cache",
    "TF_VAR_region": "eu-west-1",
    "TF_LOG": "TRACE",
}
NOTHING: dict[str, Any] = {"zones": {}, "identities": [], "sets": [], "users": {}}
FULL = """
import errno, os
def full(descriptor):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
os.fsync = full
"""


def new_domain(site: Site, domain: str = "example.net", **changes: str | None) -> Ran:
    return site.run("new-domain", domain, "--json", **changes)


def test_no_credentials(site: Site) -> None:
    nowhere = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    failed = new_domain(site, **nowhere).expect(1)
    assert failed.error["code"] == "no_credentials"
    assert "AWS_ACCESS_KEY_ID" in failed.error["hint"]


def test_an_unknown_profile(site: Site) -> None:
    failed = site.run("new-domain", "example.net", "--profile", "nobody", "--json").expect(2)
    assert failed.error["code"] == "unknown_profile"


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "http://aws.invalid"])
def test_an_endpoint_where_nobody_answers(site: Site, endpoint: str) -> None:
    failed = new_domain(site, AWS_ENDPOINT_URL=endpoint).expect(1)
    assert failed.error["code"] == "unreachable"
    assert endpoint in failed.error["message"]


def test_an_endpoint_that_is_no_url(site: Site) -> None:
    failed = new_domain(site, AWS_ENDPOINT_URL="localhost").expect(2)
    assert failed.error["code"] == "invalid_endpoint"
    assert "AWS_ENDPOINT_URL" in failed.error["hint"]


@pytest.mark.parametrize("changes", [{"PROVISIONER_TERRAFORM": "/nowhere/terraform"}, {"PATH": "/nowhere"}])
def test_terraform_absent(site: Site, changes: dict[str, str]) -> None:
    failed = new_domain(site, **changes).expect(1)
    assert failed.error["code"] == "terraform_missing"
    assert "PROVISIONER_TERRAFORM" in failed.error["hint"]


def test_a_terraform_that_is_named_need_not_be_in_the_path(site: Site) -> None:
    named = {"PATH": "/nowhere", "PROVISIONER_TERRAFORM": shutil.which("terraform")}
    site.run("plan", "example.net", "--zone", "external", **named).expect(3)


def test_terraform_too_old(site: Site, tmp_path: Path) -> None:
    old = tmp_path / "terraform"
    old.write_text('#!/bin/sh\necho \'{"terraform_version": "1.5.7"}\'\n')
    old.chmod(0o755)
    failed = new_domain(site, PROVISIONER_TERRAFORM=str(old)).expect(1)
    assert failed.error["code"] == "terraform_too_old"
    assert "1.5.7" in failed.error["message"]


def test_a_plugin_directory_without_the_provider(site: Site, tmp_path: Path) -> None:
    failed = new_domain(site, PROVISIONER_PLUGIN_DIR=str(tmp_path)).expect(2)
    assert failed.error["code"] == "provider_missing"
    assert str(tmp_path) in failed.error["message"]


def test_a_home_below_a_file(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    failed = new_domain(site, PROVISIONER_HOME=str(tmp_path / "file" / "home")).expect(1)
    assert failed.error["code"] in ("home_not_writable", "file_error")
    assert str(tmp_path / "file") in failed.error["message"]
    assert "PROVISIONER_HOME" in failed.error["hint"]


def test_a_home_that_cannot_be_written_to(site: Site, tmp_path: Path) -> None:
    failed = in_home_of(site, tmp_path, "ro" if os.geteuid() == 0 else None).expect(1)
    assert failed.error["code"] == "home_not_writable"
    assert str(tmp_path) in failed.error["message"]


@pytest.mark.parametrize("size", ["8k", "16k", "32k", "64k"])  # each is full at another step
def test_a_full_disk_is_seen_before_anything_is_made(site: Site, tmp_path: Path, size: str) -> None:
    if can_mount():
        failed = in_home_of(site, tmp_path, f"size={size}")
    else:
        (tmp_path / "sitecustomize.py").write_text(FULL)
        failed = new_domain(site, PROVISIONER_HOME=str(tmp_path / "home"), PYTHONPATH=str(tmp_path))
    assert failed.expect(1).error["code"] == "disk_full"
    assert "space" in failed.error["hint"]


def test_none_of_this_has_made_anything(site: Site) -> None:
    assert site.everything() == NOTHING


@pytest.fixture(scope="module")
def made(site: Site) -> Any:
    """A domain, made in an environment full of what other Terraform projects left there."""
    stale = {**STALE, "TF_DATA_DIR": str(site.home.parent / "stale")}
    ran = site.run("new-domain", "example.com", "--zone", "external", "--json", **stale)
    return ran.expect(0).document


def test_what_other_terraform_projects_left_in_the_environment_does_not_matter(made: Any, site: Site) -> None:
    assert (made["region"], made["changes"]["add"]) == ("us-east-1", 5)
    assert site.owned("example.com") == {"zones": 0, "identities": 1, "sets": 1, "users": 1, "keys": 1}
    assert not (site.home.parent / "stale").exists()


def test_a_second_process_on_the_domain_is_told_who_holds_it(made: Any, site: Site) -> None:
    first = site.start("new-domain", made["domain"], "--json")
    with first.held("planning"):
        second = site.run("new-domain", "example.com", "--json").expect(1)
    assert second.error["code"] == "domain_busy"
    assert str(first.pid) in second.error["message"]
    assert "new-domain" in second.error["message"]
    assert first.end().expect(0).document["changed"] is False
    assert site.keys("example.com") == [made["smtp"]["user_name"]]


def test_a_key_whose_secret_is_lost_is_not_doubled_and_all_else_is_done(made: Any, site: Site) -> None:
    shutil.rmtree(site.home / "credentials")
    ran = site.run("new-domain", "example.com", "--customer", "Grace", "--json").expect(0)
    key = made["smtp"]["user_name"]
    assert ran.document["changes"]["change"] == 3
    assert ran.document["smtp"] == made["smtp"] | {"user_name": None, "password": None, "stored_in": None}
    (step,) = [step for step in ran.document["next_steps"] if key in step]
    assert f"aws iam delete-access-key --user-name example.com --access-key-id {key}" in step
    assert site.keys("example.com") == [key]
    site.client("iam").delete_access_key(UserName="example.com", AccessKeyId=key)
    again = site.new_domain("example.com")
    assert (again["changed"], again["changes"]) == (True, dict.fromkeys(ran.document["changes"], 0))
    assert site.keys("example.com") == [again["smtp"]["user_name"]]


def can_mount() -> bool:
    """Say whether this user may mount a file system in a mount namespace of its own."""
    probe = Process(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], os.environ)
    return probe.end().code == 0


def in_home_of(site: Site, directory: Path, options: str | None) -> Ran:
    """Run `new-domain` with a home of its own on a small file system, or in a directory that is not writable."""
    program = shlex.join([sys.executable, "-m", "provisioner", "new-domain", "example.net", "--json"])
    if options is None:
        directory.chmod(0o500)
    mount = f"mount -t tmpfs -o {options} tmpfs {shlex.quote(str(directory))} && " if options else ""
    namespace = ["unshare", "-m"] if options else []
    environment = site.environment(PROVISIONER_HOME=str(directory / "home"))
    return Process([*namespace, "sh", "-c", f"{mount}exec {program}"], environment).end()
