"""Move SMTP credentials to another store: copied, read back and compared, and deleted where they were last of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.slot import Slot
from provisioner.core.credentials.store_kind import StoreKind
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError, Refused
from provisioner.ports.credentials import CredentialStore
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.stored import remains, smtp_users
from provisioner.usecases.home import list_domains

# The current one first: Secrets Manager makes what was current the previous one by itself.
_ORDER = (Slot.CURRENT, Slot.PREVIOUS, Slot.PENDING)
_MOST_NAMED = 5
_SECONDS_UNTIL_SEEN = (1, 2, 4)  # what was written may not be read at once


@dataclass(frozen=True, slots=True)
class Route:
    """From which store to which; `chosen` is the kind in which this environment looks for credentials.

    `region` is where a service of AWS keeps them; `key` the KMS key that was named for the target and is not the one
    that this environment names.
    """

    source: CredentialStore
    target: CredentialStore
    kinds: tuple[StoreKind, StoreKind]
    chosen: StoreKind
    region: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """What is moved of one SMTP user: its current credential, and what is pending or was before in a rotation."""

    user: SmtpUser
    held: Mapping[Slot, SmtpCredential]
    source: str
    target: str

    @property
    def user_name(self) -> str:
        """The id of the access key of the first of them."""
        return next(iter(self.held.values())).user_name

    def to_document(self) -> dict[str, object]:
        """Return one entry of `moved` in `credentials move --json`."""
        return {
            "domain": self.user.domain.ascii,
            "sender": self.user.sender,
            "user_name": self.user_name,
            "slots": [str(slot) for slot in self.held],
            "from": self.source,
            "to": self.target,
        }


@dataclass(frozen=True, slots=True)
class Moved:
    """What was (or, in a dry run, would be) moved, what was at the target already, and what is nowhere.

    `reencrypted` are those of what was there that another KMS key encrypted than the one that was asked for.
    """

    route: Route
    moved: tuple[Transfer, ...]
    reencrypted: tuple[SmtpUser, ...]
    there: tuple[SmtpUser, ...]
    absent: tuple[SmtpUser, ...]
    next_steps: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether anything was to be done."""
        return bool(self.moved or self.reencrypted)

    def to_document(self) -> dict[str, Any]:
        """Return the document of `credentials move --json`."""
        source, target = self.route.kinds
        return {
            "from": str(source),
            "to": str(target),
            "moved": [transfer.to_document() for transfer in self.moved],
            "reencrypted": [_named(user) for user in self.reencrypted],
            "already_there": [_named(user) for user in self.there],
            "absent": [_named(user) for user in self.absent],
            "next_steps": list(self.next_steps),
        }


def move(edges: Edges, route: Route, domains: Sequence[DomainName], *, dry_run: bool = False) -> Moved:
    """Move the credentials of the domains, or of every domain of this home, each with those of its senders.

    All are looked at before any is touched; raises `Refused("credential_differs")` when the target holds another
    credential of a user. It may be repeated, also after it died: at any moment one of the stores holds each.
    """
    named = tuple(dict.fromkeys(domains)) or tuple(known.domain for known in list_domains(edges))
    users = [user for domain in named for user in smtp_users(edges, domain)]
    transfers = {user: _look(route, user) for user in users}
    _refuse_different(route, transfers.values())
    there = tuple(user for user, one in transfers.items() if not one.held and route.target.load(user))
    absent = tuple(user for user, one in transfers.items() if not one.held and user not in there)
    _refuse_unknown(route, domains, absent)
    todo = [transfer for transfer in transfers.values() if transfer.held]
    otherwise = tuple(user for user in there if route.target.key_differs(user))
    if not dry_run:
        _carry_all(edges, route, todo)
        _encrypt_anew(edges, route, otherwise)
    for user in absent:
        left = remains(route.source, user)
        edges.progress.warn(f"{user}: {left or f'no SMTP credential is stored at {route.source.location(user)}'}")
    return Moved(
        route, tuple(todo), otherwise, there, absent, tuple(_next_steps(edges, route, named) if todo or there else ())
    )


def _look(route: Route, user: SmtpUser) -> Transfer:
    found = {slot: _load(route.source, user, slot) for slot in _ORDER}
    held = {slot: credential for slot, credential in found.items() if credential}
    if _is_history(found[Slot.CURRENT], found[Slot.PREVIOUS]):
        held.pop(Slot.PREVIOUS)
    return Transfer(user, held, route.source.location(user), route.target.location(user))


def _is_history(current: SmtpCredential | None, previous: SmtpCredential | None) -> bool:
    """Say whether a store has a previous credential by itself, and not because of a rotation; its key is gone."""
    if current is None or previous is None:
        return False
    return current.replaces is None or current.replaces.user_name != previous.user_name


def _load(store: CredentialStore, user: SmtpUser, slot: Slot) -> SmtpCredential | None:
    try:
        return store.load(user, slot)
    except ProvisionerError as error:
        if error.code != "corrupt_credential":
            raise
        message = f"{user}, {store.location(user)}: {error.message}; it stays as it is"
        raise ProvisionerError(error.code, message, error.hint) from error


def _refuse_different(route: Route, transfers: Iterable[Transfer]) -> None:
    different = [(transfer.user, line) for transfer in transfers for line in _differences(route, transfer)]
    if different:
        raise Refused(
            "credential_differs",
            f"{'; '.join(line for _, line in different)}; both stay as they are",
            "see which access keys there are, and take away the credential of one that is not: "
            f"`aws iam list-access-keys --user-name {different[0][0].iam_user}`",
        )


def _differences(route: Route, transfer: Transfer) -> Iterator[str]:
    for slot, credential in transfer.held.items():
        other = _load(route.target, transfer.user, slot)
        if other is not None and other != credential:
            what = "" if slot is Slot.CURRENT else f" as {slot}"
            same = other.user_name == credential.user_name
            key = "the same access key with another password or server" if same else f"access key {other.user_name}"
            yield f"{transfer.user}: {transfer.target} holds {key}{what}, {transfer.source} {credential.user_name}"


def _refuse_unknown(route: Route, domains: Sequence[DomainName], absent: Sequence[SmtpUser]) -> None:
    """Raise when a domain was named of which neither store holds anything."""
    for user in absent:
        if user.sender is None and user.domain in domains:
            left = remains(route.source, user) or remains(route.target, user)
            raise ProvisionerError(
                "no_credential",
                f"{user}: no SMTP credential is stored at {route.source.location(user)}, nor at "
                f"{route.target.location(user)}; nothing was touched",
                left or "name the store that holds it with --from, or the right --home or --region",
            )


def _carry_all(edges: Edges, route: Route, todo: Sequence[Transfer]) -> None:
    for domain, group in groupby(todo, lambda transfer: transfer.user.domain):
        with edges.workspaces.open(domain):  # nobody makes or replaces its keys meanwhile
            for transfer in group:
                edges.progress.step(f"{transfer.user}: moving {transfer.user_name} to {transfer.target}")
                _carry(edges, route, transfer)


def _carry(edges: Edges, route: Route, seen: Transfer) -> None:
    """Move what is there now, which another process may have changed since it was looked at."""
    transfer = _look(route, seen.user)
    _refuse_different(route, [transfer])
    for slot, credential in transfer.held.items():
        if route.target.load(seen.user, slot) != credential:
            route.target.save(credential, slot)
    route.target.encrypt_anew(seen.user)  # what was there, or what was claimed, may be under another key
    for slot, credential in transfer.held.items():
        _verify(edges, route, transfer, slot, credential)
    if transfer.held:
        _remove(route, transfer)


def _remove(route: Route, transfer: Transfer) -> None:
    try:
        route.source.remove(transfer.user)
    except ProvisionerError as error:
        message = f"{transfer.user}: it is at {transfer.target}, and could not be deleted at {transfer.source}"
        raise ProvisionerError(error.code, f"{message}: {error.message}", error.hint) from error


def _encrypt_anew(edges: Edges, route: Route, users: Sequence[SmtpUser]) -> None:
    for user in users:
        edges.progress.step(f"{user}: encrypting {route.target.location(user)} with the other KMS key")
        with edges.workspaces.open(user.domain):
            route.target.encrypt_anew(user)


def _verify(edges: Edges, route: Route, transfer: Transfer, slot: Slot, credential: SmtpCredential) -> None:
    for seconds in (*_SECONDS_UNTIL_SEEN, 0):
        if route.target.load(transfer.user, slot) == credential:
            return
        edges.clock.sleep(seconds)
    raise ProvisionerError(
        "not_copied",
        f"{transfer.user}: {transfer.target} does not give back what was written to it; {transfer.source} stays",
        "run the same command again",
    )


def _next_steps(edges: Edges, route: Route, named: Sequence[DomainName]) -> Iterator[str]:
    target = route.kinds[1]
    if target is not route.chosen:
        where = "" if target is StoreKind.FILE else f" and AWS_REGION={route.region}"
        yield (
            f"set PROVISIONER_STORE={target}{where} wherever provisioner works with these domains: "
            f"as it is now, it looks for their credentials in {route.chosen}"
        )
    if route.key:
        yield f"set PROVISIONER_STORE_KMS_KEY={route.key} there too, or what is stored later has another key"
    others = [known.domain.ascii for known in list_domains(edges) if known.domain not in named]
    if others:
        more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
        yield f"a run looks in one store only: move those of {', '.join(others[:_MOST_NAMED])}{more} too"


def _named(user: SmtpUser) -> dict[str, object]:
    return {"domain": user.domain.ascii, "sender": user.sender}
