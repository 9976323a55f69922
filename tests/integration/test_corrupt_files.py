"""Files that cannot be read are said and kept aside, and a home that fails in the middle of a run costs nothing."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from integration.harness import Process, Ran, Site
from integration.hints import follow

pytestmark = pytest.mark.timeout(1200)  # the first test waits for the domain, and for its turn

DOMAIN = "corrupt.com"
ROOT, CREDENTIAL = f"domains/{DOMAIN}", f"credentials/{DOMAIN}/smtp.json"
ONE_OF_EACH = {"zones": 0, "identities": 1, "sets": 1, "users": 1, "keys": 1}
NOTHING = {"add": 0, "change": 0, "destroy": 0, "import": 0}
RESOURCES = 5  # of a domain whose DNS is elsewhere
HALF = b'{"version": 4, "resour'
CORRUPT = {
    "state": (f"{ROOT}/terraform.tfstate", HALF),
    "state-of-another-shape": (f"{ROOT}/terraform.tfstate", b"{}"),
    "empty-state": (f"{ROOT}/terraform.tfstate", b"\0\0\0\0"),
    "request": (f"{ROOT}/request.json", b'{"version": 1, "region": 7}'),
    "intent": (f"{ROOT}/key-intent.json", b"[]"),
    "credential": (CREDENTIAL, b'{"version": 1, "password": "BsecretBsecret"}'),
}
WHO_ONLY_LOOKS = {"request": ("show", DOMAIN), "credential": ("credentials", "show", DOMAIN)}
RENDERED = ("terraform.tfvars.json", "main.tf", "imports.tf")


@pytest.fixture(scope="module")
def made(site: Site) -> Any:
    document = site.new_domain(DOMAIN, "--zone", "external", "--customer", "Ada")
    assert document["changes"]["add"] == RESOURCES
    return document


@pytest.fixture(scope="module")
def homes(site: Site, made: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A copy of the home for each corrupt file."""
    assert made["changed"]
    copies = {name: tmp_path_factory.mktemp(name) / "home" for name in (*CORRUPT, "rendered")}
    for home in copies.values():
        shutil.copytree(site.home, home, symlinks=True)
    for name, (path, content) in CORRUPT.items():
        (copies[name] / path).write_bytes(content)
    for name in RENDERED:
        (copies["rendered"] / ROOT / name).write_bytes(HALF)
    return copies


@pytest.fixture(scope="module")
def runs(site: Site, homes: dict[str, Path]) -> Iterator[dict[str, Future[Ran]]]:
    with ThreadPoolExecutor(3) as pool:
        yield {
            name: pool.submit(repaired, site, WHO_ONLY_LOOKS.get(name), PROVISIONER_HOME=str(home))
            for name, home in homes.items()
        }


def repaired(site: Site, looking: tuple[str, ...] | None, **changes: str) -> Ran:
    """Run `new-domain`, for what a command that only looks cannot read as that command's hint words it."""
    if looking is None:
        return site.run("new-domain", DOMAIN, "--json", **changes)
    error = site.run(*looking, "--json", **changes).expect(1).error
    assert changes["PROVISIONER_HOME"] in error["message"]
    return follow(site, error["hint"], "--json", **changes)


@pytest.mark.parametrize("name", CORRUPT)
def test_a_corrupt_file_is_said_and_kept_beside_where_it_was(
    name: str, runs: dict[str, Future[Ran]], homes: dict[str, Path]
) -> None:
    path, content = CORRUPT[name]
    kept = homes[name] / f"{path}.corrupt-1"
    ran = runs[name].result().expect(0)
    assert kept.read_bytes() == content
    assert str(kept) in ran.stderr
    assert "cannot be read" in ran.stderr
    assert "BsecretBsecret" not in ran.stderr + ran.stdout


@pytest.mark.parametrize("name", [*CORRUPT, "rendered"])
def test_the_run_goes_on_from_what_aws_knows(name: str, runs: dict[str, Future[Ran]], made: Any) -> None:
    document = runs[name].result().expect(0).document
    imported = RESOURCES if "state" in name else 0
    assert document["changes"] == NOTHING | {"import": imported}
    assert document["changed"] is False
    if name == "credential":
        assert document["smtp"]["password"] is None
        assert any(made["smtp"]["user_name"] in step for step in document["next_steps"])
    else:
        assert document["smtp"]["password"] == made["smtp"]["password"]


def test_what_was_asked_is_recovered_from_the_tags(
    runs: dict[str, Future[Ran]], site: Site, homes: dict[str, Path]
) -> None:
    runs["request"].result().expect(0)
    shown = site.run("show", DOMAIN, "--json", PROVISIONER_HOME=str(homes["request"])).expect(0).document
    assert (shown["customer"], shown["zone"]) == ("Ada", "external")


def test_a_second_corrupt_file_does_not_overwrite_the_first(
    runs: dict[str, Future[Ran]], site: Site, homes: dict[str, Path]
) -> None:
    runs["state"].result().expect(0)
    path = homes["state"] / ROOT / "terraform.tfstate"
    path.write_bytes(b"again")
    site.run("plan", DOMAIN, PROVISIONER_HOME=str(homes["state"])).expect(3)
    kept = [path.with_name(f"{path.name}.corrupt-{number}").read_bytes() for number in (1, 2)]
    assert kept == [HALF, b"again"]


def test_nothing_was_made_twice(runs: dict[str, Future[Ran]], site: Site) -> None:
    assert all(run.result().code == 0 for run in runs.values())
    assert site.owned(DOMAIN) == ONE_OF_EACH


def test_a_disk_that_fills_up_in_the_middle_of_a_run_fails_clean_and_nothing_is_made_twice(
    site: Site, tmp_path: Path
) -> None:
    if Process(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], os.environ).end().code:
        pytest.skip("this user may not mount file systems")
    program = shlex.join(
        [sys.executable, "-m", "provisioner", "new-domain", "full.com", "--zone", "external", "--json"]
    )
    mount = f"mount -t tmpfs -o size=2m tmpfs {shlex.quote(str(tmp_path))} && exec {program}"
    variables = site.environment(PROVISIONER_HOME=str(tmp_path / "home"))
    process = Process(["unshare", "-m", "sh", "-c", mount], variables)
    process.wait_for("applying")
    fill(Path(f"/proc/{process.pid}/root{tmp_path}/filler"))
    failed = process.end().expect(1)
    assert failed.error["code"] in ("disk_full", "apply_failed")
    assert "space" in failed.error["message"] + failed.error["hint"]
    check_completes(site, "full.com")


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as stream, suppress(OSError):  # no space left
        while stream.write(b"\0" * 4096):
            pass


def test_a_home_that_becomes_read_only_in_the_middle_of_a_run_costs_no_key(site: Site, tmp_path: Path) -> None:
    home = tmp_path / "home"
    dropped = "-dac_override,-dac_read_search"  # what lets root write everywhere
    unprivileged = ["setpriv", f"--bounding-set={dropped}", f"--inh-caps={dropped}"] if os.geteuid() == 0 else []
    program = [sys.executable, "-m", "provisioner", "new-domain", "read-only.com", "--zone", "external", "--json"]
    process = Process([*unprivileged, *program], site.environment(PROVISIONER_HOME=str(home)))
    process.wait_for("[1/5]")
    home.chmod(0o500)
    failed = process.end().expect(1)
    home.chmod(0o700)
    assert failed.error["code"] == "home_not_writable"
    assert site.owned("read-only.com")["keys"] == 0
    check_completes(site, "read-only.com", PROVISIONER_HOME=str(home))


def check_completes(site: Site, domain: str, **changes: str) -> None:
    document = site.run("new-domain", domain, "--zone", "external", "--json", **changes).expect(0).document
    assert site.owned(domain) == ONE_OF_EACH
    assert site.keys(domain) == [document["smtp"]["user_name"]]
    site.login(document["smtp"]["user_name"], document["smtp"]["password"]).quit()
