"""Look before a batch: what is provisioned already, whether the account has room, what it will take."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.core.account.stock import Kind, Room, Stock
from provisioner.core.asked.decisions import ResolvedZone
from provisioner.core.asked.request import Request, ZoneMode
from provisioner.core.batch.batch import Batch
from provisioner.core.batch.manifest import Entry, Fault, Manifest, refuse
from provisioner.core.batch.preflight import Load, Preflight, estimate, needs_zone
from provisioner.core.mail_domain.spec import refuse_too_many_tags
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import configuration_set_name
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, ProvisionerError, Refused
from provisioner.ports.batch import BatchEdges
from provisioner.ports.edges import Edges


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One domain with what is asked in the end, whether it was asked for before, and the zone decided on then."""

    domain: DomainName
    request: Request
    known: bool
    zone: ResolvedZone | None


def in_region(manifest: Manifest, chosen: Region | None, default: Region | None) -> Manifest:
    """Return the manifest with the region of the command line where an entry names none."""
    return Manifest(tuple(_in_region(entry, chosen, default) for entry in manifest.entries))


def _in_region(entry: Entry, chosen: Region | None, default: Region | None) -> Entry:
    return replace(entry, asked=replace(entry.asked, region=entry.asked.region or chosen, default_region=default))


def preflight(world: BatchEdges, batch: Batch) -> Preflight:
    """Return what the batch will need; raises `InputError` for what its domains cannot be asked, all at once.

    Looks at the account as a whole: a handful of calls, however many domains there are. Changes nothing. A Terraform or
    credentials that are missing would fail every domain; they raise here, as they do for one domain.
    """
    wanted = _wanted(world.edges, batch.source, batch.to_do)
    world.edges.terraform.versions()
    world.edges.account.check()
    regions = {one.request.region for one in wanted}
    stocks = world.inventory.stocks(regions)
    rooms = [Room(stock, _adds(stock, wanted)) for stock in stocks]
    zones = next(room for room in rooms if room.stock.kind is Kind.ZONES)
    _refuse_many_tags(batch.source, wanted, zones.stock.names)
    needs = estimate([_load(one) for one in wanted], zones, batch.rates, batch.parallelism)
    accounts = [world.edges.identities.ses_account(region) for region in sorted(regions)]
    notes = (*_notes(rooms), *(note for account in accounts for note in account.notes))
    return Preflight(len(wanted), sum(one.known for one in wanted), rooms, needs, notes, accounts)


def refuse_too_much(ahead: Preflight) -> None:
    """Raise `Refused("quota_exceeded")` when the account's own limit leaves no room; a default limit only warns."""
    full = [room for room in ahead.rooms if room.missing and not room.stock.assumed]
    if full:
        raise Refused(
            "quota_exceeded",
            "; ".join(_too_many(room) for room in full) + "; nothing was touched",
            "ask for more under Service Quotas, split the manifest, or give --ignore-quotas",
        )


def _wanted(edges: Edges, name: str, entries: Sequence[Entry]) -> list[_Wanted]:
    found, faults = [], []
    for entry in entries:
        try:
            workspace = edges.workspaces.peek(entry.domain)
            before = workspace.recall() if workspace else None
            request = entry.asked.over(entry.domain, before.request if before else None)
            zone = before.decisions.zone if before and before.decisions else None
            found.append(_Wanted(entry.domain, request, before is not None, zone))
        except ProvisionerError as error:
            faults.append(Fault(0, entry.domain.ascii, error.message, error.hint))
    refuse(name, faults)
    return found


def _refuse_many_tags(name: str, wanted: Sequence[_Wanted], names: Collection[str] | None) -> None:
    """Refuse more tags than AWS allows, all at once; `names` of the zones that exist are None when nobody knows."""
    faults = []
    for one in wanted:
        try:
            refuse_too_many_tags(one.domain, one.request, makes_zone=_makes_zone(one, names))
        except InputError as error:
            faults.append(Fault(0, one.domain.ascii, error.message, error.hint))
    refuse(name, faults)


def _makes_zone(one: _Wanted, names: Collection[str] | None) -> bool:
    """Say whether the zone is ours to tag, as far as is known yet."""
    if one.zone is not None:
        return one.zone.is_ours
    if names is None:
        return one.request.zone is ZoneMode.CREATE
    return needs_zone(one.domain, one.request.zone, None, names)


def _load(one: _Wanted) -> Load:
    external = one.zone.is_elsewhere if one.zone else one.request.zone is ZoneMode.EXTERNAL
    return Load(one.known, external)


def _adds(stock: Stock, wanted: Sequence[_Wanted]) -> int:
    """Count what is not there yet; when nobody knows what is there, every domain that is new here."""
    here = [one for one in wanted if stock.region in (None, one.request.region.name)]
    if stock.names is None:
        return sum(len(_names(stock.kind, one)) for one in here if not one.known)
    names = stock.names
    if stock.kind is Kind.ZONES:
        return sum(needs_zone(one.domain, one.request.zone, one.zone, names) for one in here)
    return sum(name not in names for one in here for name in _names(stock.kind, one))


def _names(kind: Kind, one: _Wanted) -> Sequence[str]:
    """Return the names of what a domain has of a kind: one, but a user for each of its senders too."""
    if kind is Kind.USERS:
        return [SmtpUser(one.domain, sender).iam_user for sender in (None, *one.request.senders.names)]
    return [configuration_set_name(one.domain) if kind is Kind.CONFIGURATION_SETS else str(one.domain)]


def _notes(rooms: Sequence[Room]) -> Iterator[str]:
    for room in rooms:
        if room.stock.used is None:
            yield f"{_kind(room)}: AWS does not let us count them, so whether they fit is not known"
        elif room.missing and room.stock.assumed:
            yield f"{_too_many(room)} (AWS's default; yours may be higher)"


def _too_many(room: Room) -> str:
    stock = room.stock
    return (
        f"{_kind(room)}: {stock.used} there and {room.adds} to add are {room.missing} above the limit of {stock.limit}"
    )


def _kind(room: Room) -> str:
    return f"{room.stock.kind} in {room.stock.region}" if room.stock.region else room.stock.kind
