"""dnspython, the only resolver: what a public resolver says, or that it did not say."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, cast

from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable
from provisioner.errors import InputError

if TYPE_CHECKING:
    from dns.resolver import Resolver as DnspythonResolver

_SECONDS = 6.0
_HIGHEST_PORT = 65535
_WITH_HOSTS = ("A", "AAAA", "CNAME", "DNAME", "MX", "NS", "PTR", "SOA", "SRV")  # of others, such as keys, case counts


class DnsResolver:
    """Ask the system's resolver, or `server` (`host:port`), for `seconds` at most; see `ports.dns.Resolver`.

    Raises `InputError("invalid_dns_server")` at once, before anything is begun that the resolver is needed for.
    """

    def __init__(self, server: str | None, seconds: float = _SECONDS) -> None:
        self._server = None if server is None else parse_server(server)
        self._seconds = seconds
        self._resolver: DnspythonResolver | None = None

    def lookup(self, name: str, rtype: str) -> DnsAnswer:
        """Ask for one name and type; answers are not cached here."""
        import dns.exception  # noqa: PLC0415 - dnspython is slow to load
        import dns.resolver  # noqa: PLC0415 - dnspython is slow to load

        try:
            answer = self._open().resolve(f"{name}.", rtype, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return Absent(nxdomain=True)
        except dns.exception.DNSException as error:
            return Unreachable(str(error))
        if answer.rrset is None:
            return Absent(nxdomain=False)
        return Found(tuple(text_of(item, rtype) for item in answer.rrset))

    def _open(self) -> DnspythonResolver:
        if self._resolver is None:
            self._resolver = _system() if self._server is None else _at(*self._server)
            self._resolver.lifetime = self._seconds
        return self._resolver


def _system() -> DnspythonResolver:
    import dns.resolver  # noqa: PLC0415 - dnspython is slow to load

    return dns.resolver.Resolver()


def parse_server(server: str) -> tuple[str, int]:
    """Return address and port of `host:port`; raises `InputError("invalid_dns_server")`."""
    host, _, port = server.rpartition(":")
    try:
        address = str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        raise _invalid(server) from None
    if not port.isdecimal() or not 0 < int(port) <= _HIGHEST_PORT:
        raise _invalid(server)
    return address, int(port)


def _invalid(server: str) -> InputError:
    message = f"PROVISIONER_DNS_SERVER={server} is not an IP address and a port"
    return InputError("invalid_dns_server", message, "write it as 192.0.2.53:53 or [2001:db8::53]:53")


def _at(host: str, port: int) -> DnspythonResolver:
    import dns.resolver  # noqa: PLC0415 - dnspython is slow to load

    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [host]
    resolver.port = port
    return resolver


def text_of(item: object, rtype: str) -> str:
    """Return the value of a record: hosts lower-case without trailing dot, TXT strings joined and unquoted."""
    if rtype in ("TXT", "SPF"):  # type 99 has the form of TXT
        from dns.rdtypes.ANY.TXT import TXT  # noqa: PLC0415 - dnspython is slow to load

        return b"".join(cast("TXT", item).strings).decode("utf-8", "replace")
    return str(item).rstrip(".").lower() if rtype in _WITH_HOSTS else str(item)
