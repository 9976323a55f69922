"""DNSSEC: not that a zone should be signed, but that who validates gets an answer at all."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence

from provisioner.core.checks.in_dns import public_zone
from provisioner.core.checks.observed import Observed, seen
from provisioner.core.dns.answers import DnsAnswer, Found, PublicZone
from provisioner.core.dns.public_dns import answer_of
from provisioner.core.dns.questions import NOERROR, SERVFAIL, Question, Reply
from provisioner.core.findings import Finding, Severity

_BOGUS = "RFC 4035 section 5.5"
_OCTET = 256


def check(observed: Observed) -> Iterator[Finding]:
    """Say that resolvers which validate refuse the zone: they fail, and answer where they must not validate."""
    zone = public_zone(observed)
    if zone is None:
        return
    dns = seen(observed.dns)
    reply = dns.put(Question(zone.name, "SOA"))
    if not isinstance(reply, Reply) or reply.rcode != SERVFAIL:
        return
    unchecked = dns.put(Question(zone.name, "SOA", checking_disabled=True))
    ds = answer_of(dns.put(Question(zone.name, "DS", checking_disabled=True)), "DS")
    keys = dns.holds(zone.name, "DNSKEY")
    if isinstance(unchecked, Reply) and unchecked.rcode == NOERROR:
        yield _bogus(zone, _tags_of_ds(ds), _tags_of_keys(keys))


def _bogus(zone: PublicZone, ds: Sequence[int], keys: Sequence[int]) -> Finding:
    named = f"DS for key {', '.join(map(str, ds))}" if ds else "DS"
    has = f"its keys are {', '.join(map(str, keys))}" if keys else "it is not signed"
    message = f"resolvers that validate refuse {zone.name}: the zone above has a {named}, and {has}"
    remedy = (
        "replace the DS at the registrar by that of the zone's key"
        if keys
        else "remove the DS at the registrar first, or sign the zone"
    )
    evidence = {"ds_key_tags": list(ds), "key_tags": list(keys)}
    return Finding("dns.dnssec_bogus", Severity.ERROR, f"DS {zone.name}", message, remedy, _BOGUS, evidence)


def _tags_of_ds(answer: DnsAnswer) -> list[int]:
    first = [value.split()[0] for value in answer.values] if isinstance(answer, Found) else []
    return sorted({int(word) for word in first if word.isdigit()})


def _tags_of_keys(answer: DnsAnswer) -> list[int]:
    values = answer.values if isinstance(answer, Found) else ()
    return sorted({tag for value in values if (tag := key_tag(value)) is not None})


def key_tag(value: str) -> int | None:
    """Return the key tag of a DNSKEY in presentation form (RFC 4034 appendix B); None for what is no key."""
    flags, protocol, algorithm, *key = value.split()
    try:
        octets = int(flags).to_bytes(2, "big") + bytes((int(protocol), int(algorithm)))
        octets += base64.b64decode("".join(key), validate=True)
    except (ValueError, OverflowError, binascii.Error):
        return None
    total = sum(octet * (1 if place % 2 else _OCTET) for place, octet in enumerate(octets))
    return (total + (total >> 16)) & 0xFFFF
