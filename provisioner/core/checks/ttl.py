"""For how long others remember a record: what is wrong with it today is wrong for them for as long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from provisioner.core.checks.in_dns import public_zone
from provisioner.core.checks.observed import Observed, seen
from provisioner.core.checks.wanted import wanted_records
from provisioner.core.dns.questions import Reply
from provisioner.core.findings import Finding, Severity
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.duration import in_words

_LONGEST = 86400  # seconds that are nothing unusual
_RFC = "RFC 2181 section 8"


def check(observed: Observed) -> Iterator[Finding]:
    """Yield the records of ours that are remembered for more than a day."""
    if public_zone(observed) is None:
        return
    for record in dict.fromkeys(wanted_records(observed)):
        ttl = _ttl(observed, record)
        if ttl > _LONGEST:
            message = f"its TTL is {ttl} ({in_words(timedelta(seconds=ttl))}): a repair takes so long to be seen"
            subject, evidence = f"{record.type} {record.name}", {"ttl": ttl}
            yield Finding("dns.ttl_long", Severity.WARNING, subject, message, "set 300 to 3600", _RFC, evidence)


def _ttl(observed: Observed, record: Record) -> int:
    replies = seen(observed.dns).replies(record.name, record.type).values()
    found = [one for reply in replies if isinstance(reply, Reply) and (one := reply.find(record.name, record.type))]
    return max((one.ttl for one in found), default=0)
