"""What can go wrong in the middle of a batch: the batch goes on, says so, and the next --resume completes it."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.harness import Ran, Site, wait_until
from integration.relay import Fault, Relay, relay_to

EXPIRED = "The security token included in the request is expired"
NO_ZONE = {"zones": 0, "identities": 1, "sets": 1, "users": 1, "keys": 1}
HANGS = """\
#!/bin/sh
case "$PWD $*" in
  *{domain}\\ *plan*) exec sleep 600 ;;
esac
exec {terraform} "$@"
"""
FULL = """\
import errno, os, pathlib
real = os.fsync
def full(descriptor):
    if os.readlink(f"/proc/self/fd/{descriptor}").endswith("journal.jsonl") and pathlib.Path("{flag}").exists():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    real(descriptor)
os.fsync = full
"""


@pytest.fixture(scope="module")
def relay(site: Site) -> Iterator[Relay]:
    with relay_to(site.sandbox.addresses.aws) as running:
        yield running


def manifest(folder: Path, *domains: str) -> str:
    path = folder / "m.json"
    path.write_text(json.dumps({"defaults": {"zone": "external"}, "domains": list(domains)}))
    return str(path)


def statuses(ran: Ran) -> dict[str, str]:
    return {entry["domain"]: entry["status"] for entry in ran.document["domains"]}


def error_of(ran: Ran, domain: str) -> Any:
    return next(entry["error"] for entry in ran.document["domains"] if entry["domain"] == domain)


def completes(site: Site, run: str, *domains: str) -> None:
    resumed = site.run("batch", f"--resume={run}", "--json").expect(0)
    assert list(statuses(resumed)) == list(domains)
    assert [site.owned(domain) for domain in domains] == [NO_ZONE] * len(domains)


def test_a_terraform_that_is_killed_is_its_domains_failure_alone(site: Site, tmp_path: Path) -> None:
    names = ("killed.com", "spared.com")
    process = site.start("batch", manifest(tmp_path, *names), "--run", "killed", "--parallelism", "2", "--json")
    root = site.home / "domains/killed.com"
    log = root / "logs/apply.log"
    wait_until(lambda: log.exists() and "apply_start" in log.read_text())  # before, it would be run again at once
    os.kill(terraform_in(root, "apply")[0], signal.SIGKILL)
    ran = process.end().expect(4)
    assert statuses(ran) == {"killed.com": "failed", "spared.com": "provisioned"}
    completes(site, "killed", *names)


def test_a_shared_provider_that_is_killed_costs_what_it_was_doing_and_no_more(site: Site, tmp_path: Path) -> None:
    names = ("during.com", "after0.com", "after1.com")
    process = site.start("batch", manifest(tmp_path, *names), "--run", "provider", "--parallelism", "1", "--json")
    wait_until(lambda: bool(terraform_in(site.home / "domains/during.com", "apply")))
    os.kill(providers_of(process.pid)[0], signal.SIGKILL)
    ran = process.end()
    found = statuses(ran)
    assert found.pop("during.com") in ("failed", "provisioned")  # it may have been done a moment before
    assert found == {"after0.com": "provisioned", "after1.com": "provisioned"}
    completes(site, "provider", *names)


def test_sockets_of_the_shared_provider_that_vanish_cost_nothing(site: Site, tmp_path: Path) -> None:
    names = ("seen.com", "unseen.com")
    process = site.start(
        *("batch", manifest(tmp_path, *names), "--run", "sockets", "--parallelism", "1", "--json", "--verbose")
    )
    process.wait_for("unseen.com: begun")
    (provider,) = providers_of(process.pid)
    variables = dict(line.split("=", 1) for line in Path(f"/proc/{provider}/environ").read_text().split("\0") if line)
    for socket in Path(variables["PLUGIN_UNIX_SOCKET_DIR"]).iterdir():
        socket.unlink()
    assert statuses(process.end().expect(0)) == dict.fromkeys(names, "provisioned")
    completes(site, "sockets", *names)


def providers_of(pid: int) -> list[int]:
    """Return the providers that a process has started itself."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for children in listed for child in children.read_text().split()]
    return [child for child in children if b"terraform-provider" in Path(f"/proc/{child}/cmdline").read_bytes()]


def terraform_in(root: Path, command: str) -> list[int]:
    """Return the Terraforms that run this command in a directory."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_text().split("\0")
            if (path / "cwd").readlink() == root.resolve() and words[0].endswith("terraform") and command in words:
                found.append(int(path.name))
        except OSError:
            continue  # it ended meanwhile
    return found


def test_a_domain_that_hangs_is_ended_after_its_time_and_the_others_are_not(site: Site, tmp_path: Path) -> None:
    wrapper = tmp_path / "terraform"
    wrapper.write_text(HANGS.format(domain="hangs.com", terraform=shutil.which("terraform")))
    wrapper.chmod(0o755)
    names = ("hangs.com", "moves.com")
    ran = site.run(
        *("batch", manifest(tmp_path, *names), "--run", "hangs", "--timeout", "60s", "--json"),
        PROVISIONER_TERRAFORM=str(wrapper),
    ).expect(4)
    assert statuses(ran) == {"hangs.com": "failed", "moves.com": "provisioned"}
    assert error_of(ran, "hangs.com")["code"] in ("terraform_timeout", "domain_timeout")
    completes(site, "hangs", *names)


def test_credentials_that_expire_in_the_middle_fail_what_is_left_and_resume_completes_it(
    site: Site, relay: Relay, tmp_path: Path
) -> None:
    names = ("early.com", "late.com")

    relay.faults.append(Fault(lambda request: request.names("late.com"), 403, "ExpiredToken", EXPIRED, times=1000))
    ran = site.run(
        *("batch", manifest(tmp_path, *names), "--run", "expires", "--parallelism", "1", "--json"),
        AWS_ENDPOINT_URL=relay.url,
    ).expect(4)
    relay.faults.clear()
    assert statuses(ran) == {"early.com": "provisioned", "late.com": "failed"}
    assert error_of(ran, "late.com")["code"] in ("expired_token", "credentials_expired", "apply_failed")
    assert "log in again" in error_of(ran, "late.com")["hint"]
    completes(site, "expires", *names)


def test_a_disk_that_is_full_for_the_journal_is_told_and_the_batch_goes_on(site: Site, tmp_path: Path) -> None:
    flag = tmp_path / "full"
    (tmp_path / "sitecustomize.py").write_text(FULL.replace("{flag}", str(flag)))
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    names = ("full0.com", "full1.com")
    process = site.start(
        *("batch", manifest(tmp_path, *names), "--run", "full", "--parallelism", "1", "--json", "--verbose"),
        PYTHONPATH=path,
    )
    process.wait_for("full0.com: planning")
    flag.touch()
    ran = process.end().expect(0)
    assert set(statuses(ran).values()) == {"provisioned"}
    assert ran.stderr.count("No space left on device") == 1
    completes(site, "full", *names)


def test_a_domain_that_somebody_else_works_on_fails_alone(site: Site, tmp_path: Path) -> None:
    holder = site.start("new-domain", "busy.com", "--zone", "external", "--json")
    with holder.held("busy.com: planning"):
        ran = site.run("batch", manifest(tmp_path, "busy.com", "free.com"), "--run", "busy", "--json").expect(4)
    assert statuses(ran) == {"busy.com": "failed", "free.com": "provisioned"}
    assert error_of(ran, "busy.com")["code"] == "domain_busy"
    holder.end().expect(0)
    completes(site, "busy", "busy.com", "free.com")
