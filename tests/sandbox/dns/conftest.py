"""A DNS server on loopback, asked over UDP and over TCP."""

from collections.abc import Callable, Iterator

import dns.flags
import dns.message
import dns.opcode
import dns.query
import dns.rcode
import dns.rdataclass
import dns.resolver
import pytest
from aws_clients import Aws
from fakes.public_zones import VIEW
from knobs import Knobs
from sandbox_net import Net

from provisioner.sandbox.dns.server import DnsServer
from provisioner.sandbox.internet import Internet
from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

Ask = Callable[..., dns.message.Message]


@pytest.fixture(scope="module")
def server() -> Iterator[DnsServer]:
    running = DnsServer(lambda: Internet(VIEW))
    running.start()
    yield running
    running.stop()


@pytest.fixture(params=["udp", "tcp"])
def ask(request: pytest.FixtureRequest, server: DnsServer) -> Ask:
    def send(name: str, rtype: str = "A") -> dns.message.Message:
        query = dns.message.make_query(name, rtype, use_edns=0, payload=4096)
        over = dns.query.udp if request.param == "udp" else dns.query.tcp
        return over(query, "127.0.0.1", port=server.port, timeout=5)

    return send


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(SandboxSettings(verification_delay=0.0)) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def whole(running: Sandbox) -> Net:
    aws = Aws(running.addresses.aws)
    zone = aws.zone("example.com")
    aws.change(zone, "CREATE", "example.com", "TXT", '"v=spf1 include:amazonses.com ~all"')
    found = aws.client("route53").get_hosted_zone(Id=zone)["DelegationSet"]["NameServers"]
    return Net(running, aws, Knobs(aws.url), zone, tuple(found))


@pytest.fixture
def net(whole: Net) -> Iterator[Net]:
    yield whole
    whole.knobs.clear()
