"""Look at the account's suppression list in one region, and change it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from provisioner.core.account.suppression import Action, Named, Reason, Suppressed
from provisioner.core.values.region import Region
from provisioner.errors import Interrupted, ProvisionerError, Refused
from provisioner.ports.account import AccountEdges

_EVERY = 50  # addresses after which it is told how far it is
_PAGE = 1000
Asked = TypeVar("Asked")


def list_suppressed(
    world: AccountEdges, region: Region, reason: Reason | None, since: datetime | None
) -> list[Suppressed]:
    """Return the entries, of one reason and changed since then where that is asked; the newest first."""
    entries = list(_told(world, region, world.suppression.listed(region, reason, since)))
    return sorted(entries, key=lambda entry: (entry.updated, entry.address), reverse=True)


def find_suppressed(world: AccountEdges, region: Region, addresses: Sequence[str]) -> list[Named]:
    """Return what the list has of each address.

    SES finds an entry in exactly its own case, and yet sends nothing to the address in any case. So what is not found
    as it was named is looked for in the whole list.
    """

    def look(address: str) -> Named:
        entry = world.suppression.entry(address, region)
        return Named(address, (entry,) if entry else (), Action.LISTED if entry else Action.UNCHANGED)

    found = list(_each(world, addresses, "looked at", look))
    missing = {one.address.lower() for one in found if not one.entries}
    others = _in_any_case(world, region, missing) if missing else {}
    return [_with_others(one, others.get(one.address.lower(), [])) for one in found]


def add_suppressed(
    world: AccountEdges, region: Region, addresses: Sequence[str], reason: Reason, *, dry_run: bool
) -> list[Named]:
    """Put each address on the list for this reason; one that is there for it already is left alone."""
    if world.edges.identities.ses_account(region).production is False:
        message = f"in SES's sandbox nothing can be put on the suppression list of {region}"
        hint = "look at `provisioner account status`, and have production access first"
        raise Refused("ses_sandbox", message, hint)

    def add(address: str) -> Named:
        entry = world.suppression.entry(address, region)
        if entry and entry.reason is reason:
            return Named(address, (entry,), Action.UNCHANGED, reason)
        if not dry_run:
            world.suppression.put(address, reason, region)
        return Named(address, (entry,) if entry else (), Action.CHANGED if entry else Action.ADDED, reason)

    return list(_each(world, addresses, "added", add))


def remove_suppressed(world: AccountEdges, region: Region, found: Sequence[Named], *, dry_run: bool) -> list[Named]:
    """Take off the list what `find_suppressed` found, in each case of its letters."""

    def remove(one: Named) -> Named:
        if not one.entries:
            return one
        if not dry_run:
            for entry in one.entries:
                world.suppression.delete(entry.address, region)
        return replace(one, action=Action.REMOVED)

    return list(_each(world, found, "removed", remove))


def _with_others(named: Named, entries: Sequence[Suppressed]) -> Named:
    return replace(named, entries=tuple(entries), action=Action.LISTED) if entries and not named.entries else named


def _in_any_case(world: AccountEdges, region: Region, wanted: set[str]) -> dict[str, list[Suppressed]]:
    """Return the entries of these addresses, all in lower case, from the whole list."""
    found = defaultdict(list)
    for entry in _told(world, region, world.suppression.listed(region, None, None)):
        if entry.address.lower() in wanted:
            found[entry.address.lower()].append(entry)
    return found


def _told(world: AccountEdges, region: Region, entries: Iterable[Suppressed]) -> Iterator[Suppressed]:
    world.edges.progress.step(f"{region}: going through the suppression list")
    for number, entry in enumerate(entries, 1):
        if number % _PAGE == 0:
            world.edges.progress.step(f"{region}: {number} addresses so far")
        yield entry


def _each(world: AccountEdges, asked: Sequence[Asked], done: str, work: Callable[[Asked], Named]) -> Iterator[Named]:
    """Do the work on one after the other; what ends it says how many were done before."""
    for number, one in enumerate(asked):
        if number and number % _EVERY == 0:
            world.edges.progress.step(f"{number} of {len(asked)} {done}")
        so_far = f"{number} of {len(asked)} {done}"
        try:
            yield work(one)
        except KeyboardInterrupt:
            again = "the same command goes on with the others"
            raise Interrupted("interrupted", f"interrupted, {so_far}", again) from None
        except ProvisionerError as error:
            error.message += f"; {so_far}" if number else ""
            raise
