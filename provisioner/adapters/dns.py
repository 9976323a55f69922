"""dnspython, the only resolver: what a public resolver says, or that it did not say."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from provisioner.errors import InputError
from provisioner.ports import Absent, Answer, Found, Unreachable

if TYPE_CHECKING:
    from dns.resolver import Resolver as DnspythonResolver

_LIFETIME_SECONDS = 6.0


class DnsResolver:
    """Ask the system's resolver, or `server` (`host:port`); see `ports.Resolver`."""

    def __init__(self, server: str | None) -> None:
        self._server = server
        self._resolver: DnspythonResolver | None = None

    def lookup(self, name: str, rtype: str) -> Answer:
        """Ask for one name and type; answers are not cached here."""
        import dns.exception  # noqa: PLC0415 - dnspython costs a tenth of a second that offline commands must not pay
        import dns.resolver  # noqa: PLC0415 - as above

        try:
            answer = self._opened().resolve(f"{name}.", rtype, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return Absent(nxdomain=True)
        except dns.exception.DNSException as error:
            return Unreachable(str(error))
        if answer.rrset is None:
            return Absent(nxdomain=False)
        return Found(tuple(_text(item, rtype) for item in answer.rrset))

    def _opened(self) -> DnspythonResolver:
        if self._resolver is None:
            self._resolver = _system() if self._server is None else _at(self._server)
            self._resolver.lifetime = _LIFETIME_SECONDS
        return self._resolver


def _system() -> DnspythonResolver:
    import dns.resolver  # noqa: PLC0415 - as above

    return dns.resolver.Resolver()


def _at(server: str) -> DnspythonResolver:
    import dns.resolver  # noqa: PLC0415 - as above

    host, _, port = server.rpartition(":")
    if not host or not port.isdigit():
        raise InputError(
            "invalid_dns_server", f"PROVISIONER_DNS_SERVER={server} is not host:port", "write it as 192.0.2.53:53"
        )
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [host.strip("[]")]
    resolver.port = int(port)
    return resolver


def _text(item: object, rtype: str) -> str:
    if rtype == "TXT":
        from dns.rdtypes.ANY.TXT import TXT  # noqa: PLC0415 - as above

        return b"".join(cast("TXT", item).strings).decode("utf-8", "replace")
    return str(item).rstrip(".").lower()
