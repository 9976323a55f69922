"""What stands at a domain's own DMARC name, whose it is, and where it is really kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from provisioner.core.dmarc.mending import addresses, mended_records
from provisioner.core.dmarc.protocol import is_dmarc_record
from provisioner.core.dmarc.record import DmarcRecord
from provisioner.core.dns.answers import Found
from provisioner.core.mail_domain.records import Purpose, Record, static_records
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError, Refused
from provisioner.ports.dns import Resolver
from provisioner.ports.edges import Edges
from provisioner.usecases.dmarc.show import texts_at
from provisioner.usecases.home import KnownDomain, recall
from provisioner.usecases.mail_domain.decisions.zone import find_zone
from provisioner.usecases.mail_domain.own_account import in_own_account

Owner = Literal["ours", "theirs", "external"]

_MOST_ALIASES = 8  # resolvers follow about as many
_NOBODYS = "provisioner-asks-for-wildcards"  # a label that only a wildcard answers


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Why no TXT of ours can stand at a DMARC name: the record is kept at `name`; `reason` says how that came about."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The TXT set at a domain's own DMARC name, and whose it is; `record` is None where Route 53 has none."""

    domain: DomainName
    owner: Owner
    texts: tuple[str, ...]
    zone_id: str | None = None
    record: Record | None = None
    elsewhere: Elsewhere | None = None

    @property
    def name(self) -> str:
        """Where the record is kept."""
        return self.elsewhere.name if self.elsewhere else self.domain.child("_dmarc")

    @property
    def records(self) -> tuple[DmarcRecord, ...]:
        """The DMARC records among the texts, as receivers read them."""
        return tuple(record for text in self.texts if (record := DmarcRecord.parse(text)))

    @property
    def meant(self) -> tuple[DmarcRecord, ...]:
        """The DMARC records among the texts, as they were meant."""
        return mended_records(self.texts)


def standing(edges: Edges, domain: DomainName) -> Standing:
    """Look at the record and say whose it is; raises `Refused` when it was ours and somebody changed it."""
    known = recall(edges, domain)
    name = domain.child("_dmarc")
    if not known.decided.zone.is_elsewhere:
        in_own_account(edges, domain, known.account)
    zone = find_zone(edges, known.decided.zone)
    if zone is None:
        texts = texts_at(edges.resolver.lookup, name)
        return Standing(domain, "external", texts, elsewhere=_elsewhere_in_public(edges.resolver, domain, texts))
    live = [record for record in edges.zones.record_sets(zone.id) if record.name == name]
    elsewhere = _elsewhere_in_zone(edges.resolver, name, live)
    if elsewhere is not None:
        return Standing(domain, "external", texts_at(edges.resolver.lookup, name), elsewhere=elsewhere)
    txt = next((record for record in live if record.type == "TXT"), None)
    return Standing(domain, _owner(known, txt), txt.values if txt else (), zone.id, txt)


def no_own_record(domain: DomainName) -> InputError:
    """Return the error of a domain without a DMARC record at its own name."""
    hint = (
        f"`provisioner dmarc show {domain}` says what applies; `provisioner dmarc set {domain} --policy none` makes one"
    )
    return InputError("no_dmarc_record", f"{domain}: no DMARC record stands at _dmarc.{domain} itself", hint)


def _elsewhere_in_zone(resolver: Resolver, name: str, live: Sequence[Record]) -> Elsewhere | None:
    sets = {record.type: record for record in live}
    if "CNAME" in sets and sets["CNAME"].values:
        return _behind_alias(resolver, name, sets["CNAME"].values[0].lower())
    if "NS" in sets:
        return _delegated(name, sets["NS"].values)
    if "TXT" in sets and not sets["TXT"].is_simple:
        return Elsewhere(name, f"no plain TXT stands there, and it stays as it is: {sets['TXT']}")
    return None


def _elsewhere_in_public(resolver: Resolver, domain: DomainName, texts: Sequence[str]) -> Elsewhere | None:
    """Say where a CNAME or a delegation leads; a wildcard's CNAME is in nobody's way, unless DMARC comes by it."""
    name, wild = domain.child("_dmarc"), resolver.lookup(domain.child(_NOBODYS), "CNAME")
    match resolver.lookup(name, "CNAME"):
        case Found((target, *_)) as answer if answer != wild or any(map(is_dmarc_record, texts)):
            return _behind_alias(resolver, name, target)
    match resolver.lookup(name, "NS"):
        case Found(servers):
            return _delegated(name, servers)
    return None


def _behind_alias(resolver: Resolver, name: str, target: str) -> Elsewhere:
    """Follow the CNAME to where the record is."""
    end = target
    for _ in range(_MOST_ALIASES):
        match resolver.lookup(end, "CNAME"):
            case Found((further, *_)) if further != end:
                end = further
            case _:
                break
    return Elsewhere(end, f"{name} is a CNAME, beside which no TXT can stand; it leads to {end}")


def _delegated(name: str, servers: Sequence[str]) -> Elsewhere:
    return Elsewhere(name, f"{name} is a zone of its own, on {', '.join(sorted(servers))}")


def _owner(known: KnownDomain, live: Record | None) -> Owner:
    desired = next((record for record in static_records(known.spec()) if record.purpose is Purpose.DMARC), None)
    if known.decided.dmarc_theirs or (live is not None and desired is None):
        return "theirs"
    if live is None or (desired is not None and live.values == desired.values):
        return "ours"
    raise _drifted(known.domain, live.values, desired.values if desired else ())


def _drifted(domain: DomainName, there: Sequence[str], ours: Sequence[str]) -> Refused:
    """Return the refusal of a record that somebody changed; putting ours back may end the reports to an address."""
    kept = addresses(mended_records(ours))
    lost = [str(address) for address in addresses(mended_records(there)) if address not in kept]
    ends = f", and ends the reports to {', '.join(lost)} unless `--dmarc-rua {lost[0]}` is given" if lost else ""
    return Refused(
        "dmarc_drifted",
        f"{domain}: our DMARC record was changed by somebody else; there is now: {' | '.join(there)}",
        f"`provisioner new-domain {domain}` puts ours back{ends}; then repeat this command",
    )
