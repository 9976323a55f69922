"""The credentials that we hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from provisioner.core.asked.senders import Senders
from provisioner.core.credentials.credential import Login, SmtpCredential
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, ProvisionerError
from provisioner.ports.credentials import CredentialStore
from provisioner.ports.edges import Edges
from provisioner.usecases.home import list_domains


def smtp_user(edges: Edges, domain: DomainName, sender: str | None) -> SmtpUser:
    """Return the domain's main SMTP user, or one of its senders by its name.

    Raises `InputError("unknown_sender")` when this home knows the domain, and no such sender of it.
    """
    senders = _senders(edges, domain)
    if sender is not None and senders is not None and sender not in senders.names:
        there = f"its senders are {', '.join(senders.names)}" if senders.names else "it has none"
        hint = f"make one with `provisioner new-domain {domain} --sender {sender}=LOCALPART`, or name another"
        raise InputError("unknown_sender", f"{domain} has no sender {sender}; {there}", hint)
    return SmtpUser(domain, sender)


def smtp_users(edges: Edges, domain: DomainName) -> tuple[SmtpUser, ...]:
    """Return the domain's main SMTP user, and those of the senders that this home knows."""
    senders = _senders(edges, domain)
    return (SmtpUser(domain), *(SmtpUser(domain, name) for name in (senders.names if senders else ())))


def stored_credential(edges: Edges, user: SmtpUser, slot: Slot = Slot.CURRENT) -> SmtpCredential:
    """Return the user's credential; raises `ProvisionerError` when none is kept."""
    credential = edges.store.load(user, slot)
    if credential is None:
        raise no_credential(edges, user) if slot is Slot.CURRENT else _nothing_pending(edges, user)
    return credential


def no_credential(edges: Edges, user: SmtpUser) -> ProvisionerError:
    """Return the error of a credential that is not where this run looks, with the way to it."""
    place, left = edges.store.location(user), remains(edges.store, user)
    if left:
        return ProvisionerError("no_credential", f"{user}: no SMTP credential can be had: {left}", "then repeat")
    return ProvisionerError(
        "no_credential",
        f"{user}: no SMTP credential is stored at {place}",
        "name the right --home, --region or PROVISIONER_STORE if it is elsewhere; else "
        f"`provisioner new-domain {user.domain}` makes one, or says how a key whose secret nobody has is replaced",
    )


def remains(store: CredentialStore, user: SmtpUser) -> str:
    """Say what is left of a credential that cannot be had; empty also for whoever may not look."""
    try:
        return store.remains(user)
    except ProvisionerError:
        return ""


def _nothing_pending(edges: Edges, user: SmtpUser) -> ProvisionerError:
    sender = f" --sender {user.sender}" if user.sender else ""
    return ProvisionerError(
        "nothing_pending",
        f"{user}: no second SMTP credential is prepared at {edges.store.location(user, Slot.PENDING)}",
        f"make one with `provisioner credentials rotate {user.domain}{sender} --prepare`",
    )


def stored_credentials(
    edges: Edges, domains: Sequence[DomainName], sender: str | None = None
) -> Sequence[SmtpCredential]:
    """Return the credentials of the domains, each with those of its senders, or only with that of the one named.

    Without any domain, of every domain of the home that has one.
    """
    if sender is not None:
        named = domains or [known.domain for known in list_domains(edges) if sender in known.request.senders.names]
        return [stored_credential(edges, smtp_user(edges, domain, sender)) for domain in named]
    if domains:
        mains = [stored_credential(edges, SmtpUser(domain)) for domain in domains]
        return [credential for main in mains for credential in (main, *_of_senders(edges, main.domain))]
    return [credential for known in list_domains(edges) for credential in _of_domain(edges, known.domain)]


def pending_credentials(
    edges: Edges, domains: Sequence[DomainName], sender: str | None = None
) -> Sequence[SmtpCredential]:
    """Return those credentials of the domains, or of every domain of the home, that are prepared and not yet in place.

    Raises `ProvisionerError("nothing_pending")` when one that is named has none.
    """
    if sender is not None and domains:
        return [stored_credential(edges, smtp_user(edges, domain, sender), Slot.PENDING) for domain in domains]
    named = domains or [known.domain for known in list_domains(edges)]
    found = {domain: list(_pending_of(edges, domain, sender)) for domain in named}
    for domain in (domain for domain in domains if not found[domain]):
        raise _nothing_pending(edges, SmtpUser(domain))
    return [credential for of_domain in found.values() for credential in of_domain]


def login(edges: Edges, credential: SmtpCredential) -> Login:
    """Return the credential with what it may send from, as far as this home knows the sender."""
    if credential.sender is None:
        return Login(credential, f"*@{credential.domain.ascii}")
    senders = _senders(edges, credential.domain)
    listed = senders.listed if senders else ()
    known = (sender.address(credential.domain) for sender in listed if sender.name == credential.sender)
    return Login(credential, next(known, None))


def _pending_of(edges: Edges, domain: DomainName, sender: str | None) -> Iterator[SmtpCredential]:
    senders = _senders(edges, domain)
    for name in (None, *(senders.names if senders else ())):
        credential = edges.store.load(SmtpUser(domain, name), Slot.PENDING) if sender in (None, name) else None
        if credential is not None:
            yield credential


def _of_domain(edges: Edges, domain: DomainName) -> Iterator[SmtpCredential]:
    main = edges.store.load(SmtpUser(domain))
    if main is not None:
        yield main
    yield from _of_senders(edges, domain)


def _of_senders(edges: Edges, domain: DomainName) -> Iterator[SmtpCredential]:
    senders = _senders(edges, domain)
    for name in senders.names if senders else ():
        user = SmtpUser(domain, name)
        credential = edges.store.load(user)
        if credential is None:
            edges.progress.warn(f"{user}: no SMTP credential is stored at {edges.store.location(user)}; it is left out")
        else:
            yield credential


def _senders(edges: Edges, domain: DomainName) -> Senders | None:
    workspace = edges.workspaces.peek(domain)
    remembered = workspace.recall() if workspace else None
    return None if remembered is None else remembered.request.senders
