"""What a destroyed domain leaves behind in DNS that is not ours to change, and zones that cannot be deleted: signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from provisioner.core.dmarc.protocol import record_text
from provisioner.core.dns.answers import Found, Unreachable
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.dns.txt import ROUTE_53, quoted
from provisioner.core.dns.txt_set import TxtSet
from provisioner.core.mail_domain.elsewhere import Elsewhere
from provisioner.core.mail_domain.records import Action, Publishing, Purpose, Record
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.spf.merge import Part, unmerge
from provisioner.errors import Refused
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.survey import Survey


@dataclass(frozen=True, slots=True)
class DnsLeft:
    """What somebody has to do by hand once a domain is gone: records elsewhere, and sentences on what else."""

    records: tuple[Record, ...] = ()
    steps: tuple[str, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """Return the members of `destroy-domain --json` that say it."""
        return {"records": [record.to_document() for record in self.records], "next_steps": list(self.steps)}


def leave_dns(edges: Edges, seen: Survey, kept: str | None) -> DnsLeft:
    """Say what will be left to do by hand; `kept` is the id of a zone of ours that stays.

    A delegation that still points to the zone is told, not refused: a registrar wants name servers, so that nobody
    could take ours out first, and a zone that is deleted holds nothing of others. Raises `Refused("zone_signed")`.
    """
    if seen.elsewhere is not None:
        records = tuple(_ours_elsewhere(seen, seen.elsewhere))
        return DnsLeft(records, tuple(_steps_elsewhere(seen.spec, seen.elsewhere, records)))
    if seen.zone is None or not seen.spec.zone.is_ours or kept is not None:
        return DnsLeft()
    _refuse_signed(edges, seen.spec, seen.zone)
    return DnsLeft(steps=tuple(_still_delegated(edges, seen.zone)))


def _refuse_signed(edges: Edges, spec: MailDomain, zone: HostedZone) -> None:
    keys = edges.zones.key_signing_keys(zone.id)
    if keys:
        raise Refused(
            "zone_signed",
            f"{spec.domain}: zone {zone.id} is signed (key-signing keys {', '.join(keys)}), and Route 53 deletes no "
            "zone that has such keys; nothing was touched",
            "in this order: remove the DS record where the domain is registered, wait until caches have forgotten it "
            "(its TTL, mostly a day), disable DNSSEC signing of the zone, deactivate and delete its key-signing keys, "
            "repeat; or give --keep-zone",
        )


def _still_delegated(edges: Edges, zone: HostedZone) -> Iterator[str]:
    """Warn of the names of servers that AWS may give to somebody else's zone of the same name."""
    match edges.authority.delegation(zone.name):
        case Found(values):
            ours = sorted(set(map(str.lower, values)) & set(map(str.lower, zone.name_servers)))
            if ours:
                yield (
                    f"the zone above refers {zone.name} to {' '.join(ours)}, which hold it no more once it is deleted: "
                    "take them out there (at the registrar, or in the zone above), or whoever gets one of these "
                    "servers for a zone of this name has the domain"
                )
        case Unreachable(reason):
            yield (
                f"DNS did not say whether the zone above refers {zone.name} to {' '.join(zone.name_servers)} "
                f"({reason}): if it does, take them out there"
            )


def _steps_elsewhere(spec: MailDomain, there: Elsewhere, records: tuple[Record, ...]) -> Iterator[str]:
    if there.public.silence is not None:
        reason = there.public.silence
        yield (
            f"DNS did not say which records of {spec.domain} stand at your DNS host ({reason}): remove those that do, "
            "and of the SPF record at the domain include:amazonses.com if it was put in for this"
        )
    elif records:
        yield f"take the {len(records)} records out at the DNS host of {spec.domain}: nothing here can"


def _ours_elsewhere(seen: Survey, there: Elsewhere) -> Iterator[Record]:
    """Go through what stands at the DNS host because of us, or may stand there when DNS does not say."""
    for record in seen.records:
        how = record.publishing
        is_there = how is not None and (how.action is Action.KEEP or there.public.silence is not None)
        if not is_there:
            continue
        if record.purpose is Purpose.SPF:
            yield from _spf_without_ours(record, seen.decisions.spf_part)
        elif record.purpose is not Purpose.DMARC or _is_our_dmarc(record, seen.spec):
            yield replace(record, publishing=Publishing(Action.REMOVE))


def _is_our_dmarc(record: Record, spec: MailDomain) -> bool:
    return spec.dmarc is not None and record.values == (record_text(spec.dmarc, spec.dmarc_rua),)


def _spf_without_ours(record: Record, part: Part | None) -> Iterator[Record]:
    """Return the record to remove, or the one that takes its place: the owner's without our include."""
    if part is None or part is Part.NOTHING:
        return
    rest = unmerge(TxtSet(record.ttl, tuple(quoted(value, ROUTE_53) for value in record.values)), part)
    if rest is None:
        yield replace(record, publishing=Publishing(Action.REMOVE))
    elif rest.texts != record.values:
        yield replace(record, values=rest.texts, publishing=Publishing(Action.REPLACE, record.values))
