"""How a record that is wrong or missing probably came about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from provisioner.core.checks.in_dns import public_zone
from provisioner.core.checks.observed import Observed, seen
from provisioner.core.dns.answers import Found
from provisioner.core.dns.questions import Reply
from provisioner.core.findings import Finding
from provisioner.core.mail_domain.receiving import is_null_mx
from provisioner.core.mail_domain.records import Purpose, Record
from provisioner.core.values.duration import in_words

_LONG = 3600  # seconds for which it may be remembered that there is no record before that is worth a word
_FEEDBACK = re.compile(r"feedback-smtp\.([a-z0-9-]+)\.amazonses\.com")


def with_near_miss(observed: Observed, finding: Finding) -> Finding:
    """Add to `record.absent` where the record stands instead, and for how long its absence is remembered."""
    if finding.id != "record.absent":
        return finding
    rtype, _, name = finding.subject.partition(" ")
    message = "; ".join([finding.message, *_elsewhere(observed, name, rtype)])
    return with_time_remembered(observed, replace(finding, message=message))


def with_time_remembered(observed: Observed, finding: Finding) -> Finding:
    """Add to `record.absent` for how long resolvers, that of SES among them, may remember it (RFC 2308 section 5)."""
    rtype, _, name = finding.subject.partition(" ")
    replies = seen(observed.dns).replies(name, rtype).values() if finding.id == "record.absent" else ()
    sets = [one for reply in replies if isinstance(reply, Reply) for one in reply.authority if one.type == "SOA"]
    longest = max((min(one.ttl, int(one.values[0].split()[-1])) for one in sets), default=0)
    if longest <= _LONG:
        return finding
    words = in_words(timedelta(seconds=longest))
    said = f"whoever has asked may remember for {words} that there is none (SOA: lower its minimum before publishing)"
    return replace(finding, message=f"{finding.message}; {said}")


def _elsewhere(observed: Observed, name: str, rtype: str) -> Iterator[str]:
    """Recognize the slips in a DNS host's form: the zone added to a full name, a label that was cut off."""
    zone = public_zone(observed)
    if zone is not None and _stands(observed, doubled := f"{name}.{zone.name}", rtype):
        yield f"there is one at {doubled}: enter the name without .{zone.name}"
    label, _, rest = name.partition(".")
    if rest.startswith("_domainkey."):
        for cut, what in ((label[:-1], "last"), (label[1:], "first")):
            if _stands(observed, f"{cut}.{rest}", rtype):
                yield f"there is one at {cut}.{rest}: {len(cut)} of {len(label)} characters, the {what} one is missing"


def _stands(observed: Observed, name: str, rtype: str) -> bool:
    """Say whether a name has records, and not those of a wildcard."""
    dns, above = seen(observed.dns), name.partition(".")[2]
    held, beside = dns.holds(name, rtype), dns.holds(f"{observed.nobodys_label}.{above}", rtype)
    return isinstance(held, Found) and not (isinstance(beside, Found) and set(beside.values) == set(held.values))


def slip(record: Record, values: Sequence[str]) -> str:
    """Say in words how a wrong value came about, empty when nobody can tell."""
    if record.purpose is Purpose.MAIL_FROM_MX:
        return _slip_of_mx(record, values)
    return _slip_of_cname(record, values) if record.purpose is Purpose.DKIM else ""


def _slip_of_mx(record: Record, values: Sequence[str]) -> str:
    if len(values) > 1:
        return "SES wants exactly one MX there"
    if is_null_mx(values[0]):
        return "a null MX (RFC 7505) takes no mail, and so no bounces"
    host = values[0].split()[-1]
    region = _FEEDBACK.fullmatch(host)
    return f"that is for the region {region[1]}" if region and host not in record.values[0] else ""


def _slip_of_cname(record: Record, values: Sequence[str]) -> str:
    wanted = record.values[0]
    if len(values) > 1:
        return "a name can be an alias of one other only"
    there = values[0]
    if there.startswith(f"{wanted}."):
        return f"the DNS host has added .{there[len(wanted) + 1 :]}: enter the value with a dot at its end"
    token, _, suffix = there.partition(".")
    if token == wanted.partition(".")[0]:
        return f"its end is {suffix}, SES says {wanted.partition('.')[2]}"
    return ""
