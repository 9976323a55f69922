"""One domain with a sender, provisioned once; every consumer finds SES at its real name, and that is the sandbox."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from consumers.endpoint import ADDRESS, HOST, certificate_of_ses, endpoint
from consumers.engine import Engine
from consumers.machine import add_interface, bring_up_loopback, is_private, put_in_place
from consumers.relay import Relay
from consumers.summary import SUMMARY
from integration.harness import Site

from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings
from provisioner.sandbox.smtp.mailbox import AcceptedMail

# Their network and mounts are made by scripts/test_consumers.sh; elsewhere they would change the machine.
collect_ignore_glob = [] if os.environ.get("CONSUMERS") else ["test_*.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.consumers)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say which consumer of which version sent which mail."""
    if SUMMARY.rows:
        terminalreporter.section("which consumer sent which mail")
        for line in SUMMARY.lines():
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the machine's files are changed."""
    made = tmp_path_factory.mktemp("machine")
    for path in (made, made.parent, made.parent.parent):
        path.chmod(0o755)  # Postfix's own users come through here
    return made


@pytest.fixture(scope="session")
def site(folder: Path) -> Iterator[Site]:
    """The sandbox on the addresses of this network, which is trusted and asked for names, with the domain in it."""
    assert is_private(), "run scripts/test_consumers.sh"
    bring_up_loopback()
    add_interface()
    own = certificate_of_ses()
    bundle = own.bundle(folder)
    bundle.chmod(0o644)
    put_in_place("/etc/ssl/certs/ca-certificates.crt", bundle)
    resolver = folder / "resolv.conf"
    resolver.write_text(f"nameserver {ADDRESS}\n")
    put_in_place("/etc/resolv.conf", resolver)
    settings = SandboxSettings(host=ADDRESS, dns_port=53, verification_delay=0.0)
    with Sandbox(settings) as sandbox, endpoint(sandbox, own):
        made = Site(sandbox, folder / "home", shares=False)
        made.new_domain("example.com", "--sender", "shop=orders", "--wait", "2m")
        yield made


@pytest.fixture(scope="session")
def zone(site: Site) -> str:
    """The zone that says where SES is."""
    return site.make_zone("amazonaws.com", (HOST, "A", ADDRESS))


@pytest.fixture
def export(site: Site, zone: str, tmp_path: Path) -> Callable[..., Path]:
    """Export a form with `--output`, as the program writes it."""

    def call(fmt: str, *options: str) -> Path:
        file = tmp_path / "form"
        site.run("credentials", "export", "example.com", "--format", fmt, "--output", str(file), *options).expect(0)
        return file

    return call


@pytest.fixture
def arrived(site: Site) -> Callable[[str], AcceptedMail]:
    """Wait for the mail of a subject at the sandbox."""

    def call(subject: str) -> AcceptedMail:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            found = [mail for mail in site.sandbox.mailbox.messages() if mail.subject == subject]
            if found:
                return found[0]
            time.sleep(0.05)
        raise AssertionError(f"no mail {subject!r} among {[mail.subject for mail in site.sandbox.mailbox.messages()]}")

    return call


@pytest.fixture(scope="session")
def relay(site: Site, folder: Path) -> Iterator[Relay]:
    """Postfix, running."""
    made = Relay(folder)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def engine(site: Site, folder: Path) -> Engine:
    """Docker, running; it ends with the last process of this machine, which is the tests'."""
    return Engine(folder)
