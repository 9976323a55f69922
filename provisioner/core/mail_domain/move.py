"""What it would cost to send the public to a hosted zone: what the zone does not hold, and a signature above it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.core.dns.answers import DnsAnswer, Found, Unreachable
from provisioner.core.mail_domain.records import Record
from provisioner.core.spf.syntax import is_spf

Ask = Callable[[str, str], DnsAnswer]


@dataclass(frozen=True, slots=True)
class Move:
    """Sending the public to a hosted zone that is not the one in use.

    `in_use` are the name servers that it is sent to now, none when nobody answers for the name. `lost` are public
    record sets that the zone does not hold as they are (`MX example.com`). `signed`: a DS record stands above, so that
    a zone without its keys could not be reached. `unknown` is why DNS did not say these things, None when it did.
    """

    zone: str
    in_use: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    signed: bool = False
    unknown: str | None = None

    @property
    def is_safe(self) -> bool:
        """Whether nothing that is public would be lost, as far as it was looked at."""
        return not (self.lost or self.signed or self.unknown)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """What has to be done before anybody is sent to the zone, as one sentence each."""
        return tuple(self._obstacles())

    def _obstacles(self) -> Iterator[str]:
        if self.unknown:
            yield f"DNS did not say what is public under {self.zone} ({self.unknown}): look before it is sent elsewhere"
        if self.lost:
            yield (
                f"the public is sent to {' '.join(self.in_use)} for {self.zone}, and the zone here does not hold what "
                f"it finds there: {', '.join(self.lost)}; put it in before any name server is changed"
            )
        if self.signed:
            yield (
                f"a DS record stands above {self.zone}: whoever is sent to a zone without its keys gets no answer at "
                "all; have it removed where the domain is registered, and wait until caches have forgotten it (its "
                "TTL, mostly a day), before any name server is changed"
            )

    def to_document(self) -> dict[str, Any]:
        """Return the member `move` of a zone's JSON."""
        return {
            "in_use": list(self.in_use),
            "lost": list(self.lost),
            "signed": self.signed,
            "unknown": self.unknown,
        }


def lost_records(ask: Ask, names: Iterable[str], live: Sequence[Record]) -> tuple[tuple[str, ...], str | None]:
    """Return which public record sets at these names are not in a zone as they are, and why some are not known.

    Asked are addresses, mail, texts and the DMARC policy of each name, and its `www`: what a web site and its mail live
    on, not all that a zone may hold.
    """
    lost, unknown = [], None
    for name, rtype in _questions(ask, tuple(names)):
        match ask(name, rtype):
            case Found(values) if not _holds(live, name, rtype, values):
                lost.append(f"{rtype} {name}")
            case Unreachable(reason):
                unknown = unknown or reason
    return tuple(lost), unknown


def _questions(ask: Ask, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        yield from ((name, rtype) for rtype in ("A", "AAAA", "MX", "TXT"))
        yield f"_dmarc.{name}", "TXT"
        www = f"www.{name}"
        yield from ((www, rtype) for rtype in (["CNAME"] if isinstance(ask(www, "CNAME"), Found) else ["A", "AAAA"]))
        yield from ((host, "A") for host in _mail_hosts(ask(name, "MX"), names))


def _mail_hosts(mx: DnsAnswer, names: Sequence[str]) -> Iterator[str]:
    """Return the hosts that receive the mail, as far as they are below one of the names."""
    for value in mx.values if isinstance(mx, Found) else ():
        host = value.split()[-1].rstrip(".").lower()
        if any(host.endswith(f".{name}") and host != f"www.{name}" for name in names):
            yield host


def _holds(live: Sequence[Record], name: str, rtype: str, values: Sequence[str]) -> bool:
    """Say whether a zone answers the same; its own aliases, CNAMEs and routing policies are not followed."""
    wild = f"*.{name.partition('.')[2]}"
    there = [r for r in live if r.name == name] or [r for r in live if r.name == wild]
    if any(r.type == "CNAME" for r in there) and rtype != "CNAME":
        return True
    standing = next((r for r in there if r.type == rtype), None)
    if standing is None or not standing.is_simple:
        return standing is not None
    if rtype == "TXT":
        return all(_has_text(standing.values, text) for text in values)
    return {_plain(value) for value in standing.values} == {_plain(value) for value in values}


def _has_text(texts: Sequence[str], text: str) -> bool:
    """Say whether a text is among others; an SPF record also with terms more than it has."""
    if text in texts:
        return True
    terms = set(text.lower().split())
    return is_spf(text) and any(is_spf(other) and terms <= set(other.lower().split()) for other in texts)


def _plain(value: str) -> str:
    return value.rstrip(".").lower()
