"""A real name server, NSD, on loopback: Debian's package `nsd`, which CI has to install.

Without it these tests are left out on a developer's machine, and fail where the variable CI is set.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import pytest
from fakes.dns import FakeResolver
from fakes.world import World

from provisioner.adapters.dns.authoritative import AuthoritativeServers
from provisioner.adapters.dns.resolver import DnsResolver
from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import ZoneMode
from provisioner.core.dns.answers import Absent, Found, PublicZone, Unreachable
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.zonefile import zone_file
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError
from provisioner.ports.edges import Edges
from provisioner.usecases.dns.check import check
from provisioner.usecases.dns.records import records_of
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
FIRST, SECOND = "127.0.0.1", "127.0.0.2"
HOST = """\
$TTL 300
@ IN SOA ns1.host.example. hostmaster.host.example. 1 7200 900 1209600 300
@ IN NS ns1.host.example.
"""

Serve = Callable[..., int]


@pytest.fixture
def nsd() -> str:
    found = shutil.which("nsd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        missing = "NSD is not installed: `apt-get install -y nsd`"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    return str(found)


@pytest.fixture
def serve(nsd: str, tmp_path: Path) -> Iterator[Serve]:
    """Serve zones (name -> text of the file) at an address and return the port; the same one if it is given."""
    with ExitStack() as stack:

        def start(address: str = FIRST, port: int = 0, **zones: str) -> int:
            port = port or _free_port()
            stack.enter_context(_running(nsd, tmp_path, address, port, zones))
            return port

        yield start


@contextmanager
def _running(nsd: str, directory: Path, address: str, port: int, zones: dict[str, str]) -> Iterator[None]:
    home = directory / f"{address}-{port}"
    home.mkdir()
    for name, text in zones.items():
        (home / f"{name}.zone").write_text(text)
    (home / "nsd.conf").write_text(_configuration(home, address, port, zones))
    process = subprocess.Popen([nsd, "-d", "-c", home / "nsd.conf"], start_new_session=True)
    try:
        _wait_until_ready(process, home / "log", address, port)
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # its children too; asked to end, it takes seconds
        process.wait(10)


def _configuration(home: Path, address: str, port: int, zones: Sequence[str] | dict[str, str]) -> str:
    files = "".join(f'zone:\n  name: "{name}"\n  zonefile: "{home}/{name}.zone"\n' for name in zones)
    return (
        f'server:\n  ip-address: {address}@{port}\n  username: ""\n  zonesdir: "{home}"\n  database: ""\n'
        f'  logfile: "{home}/log"\n  pidfile: "{home}/pid"\n  xfrdfile: "{home}/xfrd"\n'
        f'  zonelistfile: "{home}/list"\n  xfrdir: "{home}"\nremote-control:\n  control-enable: no\n{files}'
    )


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path, address: str, port: int) -> None:
    query = dns.message.make_query(".", "SOA")
    for _ in range(200):
        assert process.poll() is None, log.read_text()
        with suppress(dns.exception.Timeout, OSError):
            dns.query.udp(query, address, timeout=0.05, port=port)
            return
    raise AssertionError(f"NSD does not answer: {log.read_text()}")


def _free_port() -> int:
    """Return a port that is free for UDP and for TCP at both addresses."""
    for _ in range(50):
        with ExitStack() as stack, suppress(OSError):
            port = 0
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                for address in (FIRST, SECOND):
                    probe = stack.enter_context(socket.socket(socket.AF_INET, kind))
                    probe.bind((address, port))
                    port = port or int(probe.getsockname()[1])
            return port
    raise AssertionError("no port is free")


@pytest.fixture
def external(world: World) -> str:
    """Provision a domain whose DNS is elsewhere, and return what `dns zonefile` writes for it."""
    new_domain(world.edges, EXAMPLE, Asked(region=Region.parse("us-east-1"), zone=ZoneMode.EXTERNAL))
    return zone_file("example.com", records_of(world.edges, EXAMPLE).records)


def seen(world: World, port: int, seconds: float = 6) -> Edges:
    resolver = DnsResolver(f"{FIRST}:{port}", seconds)
    servers = AuthoritativeServers(resolver, f"{FIRST}:{port}", seconds=seconds)
    return replace(world.edges, resolver=resolver, authority=servers)


def failed(found: Sequence[Finding]) -> list[tuple[str, str]]:
    return [(finding.id, finding.subject) for finding in found if finding.severity is Severity.ERROR]


def direct(port: int, **addresses: str) -> tuple[AuthoritativeServers, FakeResolver]:
    resolver = FakeResolver()
    for host, address in addresses.items():
        resolver.answers(f"{host}.host.example", "A", address)
    return AuthoritativeServers(resolver, None, port), resolver


def test_a_zone_file_of_ours_served_by_nsd_passes_the_check(world: World, external: str, serve: Serve) -> None:
    found = check(seen(world, serve(**{"example.com": HOST + external})), EXAMPLE, "no-such-label")
    assert failed(found) == []
    assert [f.id for f in found].count("record.ok") == 6
    assert "dns.delegated" in {f.id for f in found}


def test_a_record_left_out_or_mistyped_at_the_host_is_found(world: World, external: str, serve: Serve) -> None:
    lines = [line for line in external.splitlines() if "\tMX\t" not in line]
    broken = "\n".join(lines).replace("p=none", "p=nine").replace("a.dkim.amazonses.com", "a.dkim.amazonaws.com") + "\n"
    found = check(seen(world, serve(**{"example.com": HOST + broken})), EXAMPLE, "no-such-label")
    dkim = f"CNAME {'a' * 32}._domainkey.example.com"
    assert {("record.absent", "MX bounce.example.com"), ("record.wrong", dkim)} <= set(failed(found))
    assert ("dmarc.no_policy", "TXT _dmarc.example.com") in failed(found)


def test_a_wildcard_at_the_host_hides_no_absent_record(world: World, external: str, serve: Serve) -> None:
    lines = [line for line in external.splitlines() if not line.startswith("_dmarc")]
    wild = "\n".join([*lines, '*\t300\tIN\tTXT\t"catch all"\n'])
    found = check(seen(world, serve(**{"example.com": HOST + wild})), EXAMPLE, "no-such-label")
    assert ("record.absent", "TXT _dmarc.example.com") in failed(found)
    assert "dns.wildcard" in {f.id for f in found}


def test_a_name_server_that_is_not_there_leaves_nothing_known(world: World, external: str) -> None:
    assert failed(check(seen(world, _free_port(), seconds=0.5), EXAMPLE, "no-such-label")) == [
        ("dns.delegation_unknown", "NS example.com")
    ]


def test_every_server_of_a_zone_is_asked_and_may_differ(serve: Serve) -> None:
    port = serve(**{"example.com": HOST + 'x IN TXT "old" " and joined"\n'})
    serve(SECOND, port, **{"example.com": HOST})
    authority, _ = direct(port, ns1=FIRST, ns2=SECOND)
    zone = PublicZone("example.com", ("ns1.host.example", "ns2.host.example"))
    assert authority.lookup(zone, "x.example.com", "TXT") == {
        "ns1.host.example": Found(("old and joined",)),
        "ns2.host.example": Absent(nxdomain=True),
    }
    assert authority.lookup(zone, "example.com", "MX")["ns1.host.example"] == Absent(nxdomain=False)


def test_a_name_that_is_handed_on_is_asked_where_it_was_handed_to(serve: Serve) -> None:
    port = serve(**{"example.com": HOST + "_domainkey IN NS ns2.host.example.\n"})
    serve(SECOND, port, **{"_domainkey.example.com": HOST + "a IN CNAME a.dkim.amazonses.com.\n"})
    authority, _ = direct(port, ns1=FIRST, ns2=SECOND)
    zone = PublicZone("example.com", ("ns1.host.example",))
    answers = authority.lookup(zone, "a._domainkey.example.com", "CNAME")
    assert answers == {"ns2.host.example": Found(("a.dkim.amazonses.com",))}


def test_an_alias_out_of_the_zone_is_followed_by_the_resolver(serve: Serve) -> None:
    port = serve(**{"example.com": HOST + "_dmarc IN CNAME example-com.vendor.example.\n"})
    authority, resolver = direct(port, ns1=FIRST)
    resolver.answers("example-com.vendor.example", "TXT", "v=DMARC1; p=none")
    zone = PublicZone("example.com", ("ns1.host.example",))
    assert authority.lookup(zone, "_dmarc.example.com", "TXT") == {"ns1.host.example": Found(("v=DMARC1; p=none",))}


def test_a_server_that_does_not_know_the_zone_says_nothing_about_it(serve: Serve) -> None:
    port = serve(**{"example.com": HOST})
    authority, _ = direct(port, ns1=FIRST)
    answer = authority.lookup(PublicZone("other.org", ("ns1.host.example",)), "other.org", "TXT")["ns1.host.example"]
    assert isinstance(answer, Unreachable)
    assert "REFUSED" in answer.reason


def test_the_delegation_is_read_from_the_zone_above(serve: Serve) -> None:
    port = serve(test=HOST + "example IN NS ns7.host.example.\n")
    authority, resolver = direct(port, ns1=FIRST)
    resolver.answers("test", "NS", "ns1.host.example").answers("example.test", "NS", "stale.cache.example")
    assert authority.delegation("example.test") == Found(("ns7.host.example",))
    assert authority.delegation("unknown.test") == Absent(nxdomain=True)


def test_servers_without_an_address_leave_nothing_known() -> None:
    authority, _ = direct(53)
    answers = authority.lookup(PublicZone("example.com", ("ns9.host.example",)), "example.com", "TXT")
    assert list(answers) == ["(none)"]
    assert isinstance(answers["(none)"], Unreachable)
    assert isinstance(authority.delegation("example.com"), Unreachable)


def test_the_zone_of_a_name_is_the_nearest_one_above() -> None:
    authority, resolver = direct(53)
    resolver.answers("example.com", "NS", "ns1.host.example").answers("com", "NS", "a.gtld.example")
    assert authority.zone_of("a.b.example.com") == PublicZone("example.com", ("ns1.host.example",))
    assert authority.zone_of("example.org") == Absent(nxdomain=True)
    resolver.times_out("example.net", "NS")
    assert isinstance(authority.zone_of("example.net"), Unreachable)


def test_a_fallback_that_is_no_address_is_bad_input() -> None:
    with pytest.raises(InputError, match="not an IP address and a port"):
        AuthoritativeServers(FakeResolver(), "nonsense")
