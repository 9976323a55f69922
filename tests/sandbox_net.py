"""A sandbox's DNS as a client sees it: the resolver, and single servers."""

from dataclasses import dataclass

import dns.flags
import dns.message
import dns.query
import dns.rcode
from aws_clients import Aws
from knobs import Knobs

from provisioner.sandbox.server import Sandbox


@dataclass
class Net:
    """A sandbox's DNS: `servers` of example.com, which is in Route 53 with one TXT record."""

    sandbox: Sandbox
    aws: Aws
    knobs: Knobs
    zone_id: str
    servers: tuple[str, ...]

    def resolve(self, name: str, rtype: str, *, unchecked: bool = False) -> dns.message.Message:
        """Ask the resolver."""
        return self._ask("127.0.0.1", name, rtype, dns.flags.CD if unchecked else 0)

    def ask(self, server: str, name: str, rtype: str, seconds: float = 5) -> dns.message.Message:
        """Ask one server, whose address the resolver knows."""
        return self._ask(self.address(server), name, rtype, seconds=seconds)

    def address(self, server: str) -> str:
        """Return where a server is."""
        return str(self.resolve(server, "A").answer[0][0])

    def _ask(self, address: str, name: str, rtype: str, flags: int = 0, seconds: float = 5) -> dns.message.Message:
        query = dns.message.make_query(name, rtype, use_edns=0, payload=1232, flags=dns.flags.RD | flags)
        return dns.query.udp_with_fallback(
            query, address, port=self.sandbox.dns.port, timeout=seconds, one_rr_per_rrset=True
        )[0]


def code(reply: dns.message.Message) -> str:
    return dns.rcode.to_text(reply.rcode())


def values(reply: dns.message.Message) -> set[str]:
    return {str(record) for rrset in reply.answer for record in rrset}


def names(reply: dns.message.Message) -> list[str]:
    """Return the servers that a referral names."""
    return [str(record).rstrip(".") for rrset in reply.authority for record in rrset]
