"""Of whom a record is asked: a client with its address, or somebody of whom less is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Protocol

from provisioner.core.dns.answers import Found
from provisioner.core.dns.ask import Ask
from provisioner.core.spf.macros import expanded, letters
from provisioner.core.spf.published import is_askable
from provisioner.core.spf.syntax import Term

LEAST_PREFIX = 8  # shorter ones hold more than 16 million addresses
PTR_LIMIT = 10  # names of one address, RFC 7208 section 4.6.4; further ones are ignored
_NIBBLES = 4  # bits each


class Sender(Protocol):
    """Whose right to send is judged."""

    @property
    def family(self) -> str:
        """The type of its address records: `A` or `AAAA`."""

    @property
    def service(self) -> str | None:
        """The domain whose SPF record lists it, None where its address itself is known, or nothing."""

    def may_be_in(self, term: Term) -> bool:
        """Say whether it may be in a network of the term's size at all; else nobody asks for the addresses."""

    def is_in(self, term: Term, address: str) -> bool:
        """Say whether it sends from the network of the term's size around an address."""

    def name_of(self, spec: str, domain: str, ask: Ask) -> str | None:
        """Return the name that a domain-spec stands for while `domain` is judged, None when that cannot be known."""

    def names(self, ask: Ask) -> tuple[str, ...]:
        """Return the host names of its address that lead back to it."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client that sends mail: its address, the sender that it gives (empty for bounces), and its name in HELO."""

    address: IPv4Address | IPv6Address
    mail_from: str
    helo: str

    @classmethod
    def at(cls, address: str, mail_from: str, helo: str) -> Client:
        """Return the client at an address; an IPv4 address in IPv6 form is an IPv4 address (section 5)."""
        parsed = ip_address(address)
        mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
        return cls(mapped or parsed, mail_from, helo)

    @property
    def family(self) -> str:
        """See `Sender`."""
        return "A" if self.address.version == 4 else "AAAA"  # noqa: PLR2004 - IPv4

    @property
    def service(self) -> str | None:
        """See `Sender`."""
        return None

    @property
    def sender(self) -> str:
        """The sender that is judged, with `postmaster` where no local part is given (section 4.3)."""
        if not self.mail_from:
            return f"postmaster@{self.helo}"
        return f"postmaster{self.mail_from}" if self.mail_from.startswith("@") else self.mail_from

    @property
    def domain(self) -> str:
        """The domain whose record is asked first."""
        return self.sender.rpartition("@")[2].lower()

    def may_be_in(self, term: Term) -> bool:  # noqa: ARG002 - as `Sender` has it
        """See `Sender`."""
        return True

    def is_in(self, term: Term, address: str) -> bool:
        """See `Sender`."""
        other = ip_address(address)
        prefix = term.four if other.version == 4 else term.six  # noqa: PLR2004 - IPv4
        return self.address in ip_network(f"{other}/{prefix}", strict=False)

    def name_of(self, spec: str, domain: str, ask: Ask) -> str | None:
        """See `Sender`."""
        return expanded(spec, lambda letter: self._value(letter, domain, ask))

    def names(self, ask: Ask) -> tuple[str, ...]:
        """See `Sender`; an address that has no names, or of which DNS says nothing, has none (section 5.5)."""
        return tuple(self._names(ask))

    def _names(self, ask: Ask) -> Iterator[str]:
        match ask(self.address.reverse_pointer, "PTR"):
            case Found(names):
                for name in (name.rstrip(".").lower() for name in names[:PTR_LIMIT]):
                    answer = ask(name, self.family) if is_askable(name) else None
                    if isinstance(answer, Found) and self.address in map(ip_address, answer.values):
                        yield name

    def _value(self, letter: str, domain: str, ask: Ask) -> str:
        local, _, sender_domain = self.sender.rpartition("@")
        values = {"s": self.sender, "l": local, "o": sender_domain, "d": domain, "h": self.helo}
        values["v"] = "in-addr" if self.family == "A" else "ip6"
        if letter == "p":
            return self._validated_name(domain, ask)
        return self._dotted if letter == "i" else values[letter]

    @property
    def _dotted(self) -> str:
        if self.family == "A":
            return str(self.address)
        return ".".join(f"{int(self.address):0{self.address.max_prefixlen // _NIBBLES}x}")

    def _validated_name(self, domain: str, ask: Ask) -> str:
        """Prefer the domain itself, then a name below it, then any (section 7.3)."""
        names = self.names(ask)
        below = [name for name in names if name.endswith(f".{domain}")]
        return domain if domain in names else next(iter((*below, *names)), "unknown")


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody with an IPv4 address that is listed by `service` (`amazonses.com`), or, without one, by nobody.

    Networks so large that they hold a good part of the Internet hold everybody.
    """

    service: str | None = None

    @property
    def family(self) -> str:
        """See `Sender`; SES sends from IPv4 addresses."""
        return "A"

    def may_be_in(self, term: Term) -> bool:
        """See `Sender`."""
        return term.four < LEAST_PREFIX

    def is_in(self, term: Term, address: str) -> bool:
        """See `Sender`."""
        return ":" not in address and self.may_be_in(term)

    def name_of(self, spec: str, domain: str, ask: Ask) -> str | None:  # noqa: ARG002 - as `Sender` has it
        """See `Sender`; `%{d}` is the one macro that does not depend on the message."""
        return expanded(spec, lambda _: domain) if letters(spec) <= {"d"} else None

    def names(self, ask: Ask) -> tuple[str, ...]:  # noqa: ARG002 - as `Sender` has it
        """See `Sender`."""
        return ()
