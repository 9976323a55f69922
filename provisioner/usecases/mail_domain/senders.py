"""The senders of domains, by themselves: listed from this home, and looked at before they are added or taken away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.senders import Sender, Senders
from provisioner.core.credentials.rotation_report import Use
from provisioner.core.standing import Standing
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.credentials.guards import use_of
from provisioner.usecases.home import KnownDomain, list_domains, recall
from provisioner.usecases.mail_domain.healing import remembered_of


@dataclass(frozen=True, slots=True)
class KnownSender:
    """A sender as this home knows it.

    `standing` is how it stood when a command last looked, None when none has; `domain_paused` says that its domain may
    not send, and so no sender of it. `user_name` is the id of the access key whose credential is stored, `stored_in`
    the place; None when none is. `key_created` is when that key was made; None when IAM was not asked, or has no such
    key.
    """

    user: SmtpUser
    address: str
    standing: Standing | None
    domain_paused: bool
    user_name: str | None
    stored_in: str | None
    key_created: datetime | None = None

    def to_document(self) -> dict[str, object]:
        """Return one entry of `sender list --json`."""
        return {
            "domain": self.user.domain.ascii,
            "name": self.user.sender,
            "address": self.address,
            "iam_user": self.user.iam_user,
            "sending": self.standing.to_document() if self.standing else None,
            "domain_paused": self.domain_paused,
            "user_name": self.user_name,
            "stored_in": self.stored_in,
            "key_created": self.key_created.isoformat(timespec="seconds") if self.key_created else None,
        }


@dataclass(frozen=True, slots=True)
class LeavingSender:
    """What goes with a sender: its access keys, each with its last use in words, and its credential.

    `stored_in` is None when no credential of it is stored.
    """

    user: SmtpUser
    address: str
    access_keys: tuple[tuple[str, str], ...]
    stored_in: str | None


def list_senders(edges: Edges, domains: Sequence[DomainName]) -> list[KnownSender]:
    """Return the senders of the domains, or of every domain of this home, by domain and name; IAM is not asked."""
    known = [recall(edges, domain) for domain in dict.fromkeys(domains)] if domains else list_domains(edges)
    return [_known(edges, one, sender) for one in known for sender in one.request.senders.listed]


def with_keys(edges: Edges, senders: Sequence[KnownSender]) -> list[KnownSender]:
    """Return the senders with when the key of each was made, which takes a question to IAM for each."""
    return [replace(sender, key_created=_key_created(edges, sender)) for sender in senders]


def _key_created(edges: Edges, sender: KnownSender) -> datetime | None:
    keys = edges.users.keys(sender.user.iam_user) if sender.user_name else ()
    return next((key.created for key in keys if key.id == sender.user_name), None)


def senders_of(edges: Edges, domain: DomainName, asked: Asked) -> Senders:
    """Return the senders that a domain has by now; raises `InputError("unknown_domain")` where no domain is."""
    return remembered_of(edges, domain, asked).request.senders


def leaving_senders(
    edges: Edges, domain: DomainName, senders: Senders, names: Collection[str]
) -> tuple[LeavingSender, ...]:
    """Return what goes with those of the senders that are named; nothing is changed."""
    return tuple(_leaving(edges, domain, sender) for sender in senders.listed if sender.name in names)


def _known(edges: Edges, domain: KnownDomain, sender: Sender) -> KnownSender:
    user, seen = SmtpUser(domain.domain, sender.name), domain.standing
    user_name = _stored(edges, user)
    return KnownSender(
        user=user,
        address=sender.address(domain.domain),
        standing=seen.of(sender.name) if seen else None,
        domain_paused=seen is not None and not seen.domain.may_send,
        user_name=user_name,
        stored_in=edges.store.location(user) if user_name else None,
    )


def _leaving(edges: Edges, domain: DomainName, sender: Sender) -> LeavingSender:
    user = SmtpUser(domain, sender.name)
    keys = tuple((key.id, _last_use(edges, key.id)) for key in edges.users.keys(user.iam_user))
    stored_in = edges.store.location(user) if _stored(edges, user) else None
    return LeavingSender(user, sender.address(domain), keys, stored_in)


def _last_use(edges: Edges, key_id: str) -> str:
    used = use_of(edges, key_id)
    if used.use is Use.UNKNOWN:
        return "when it was last used is not known"
    return f"last used {used.at:%Y-%m-%d %H:%M} UTC" if used.at else "never used"


def _stored(edges: Edges, user: SmtpUser) -> str | None:
    """Return whose key is stored; of what cannot be read that is said."""
    try:
        credential = edges.store.load(user)
    except ProvisionerError as error:
        if error.code != "corrupt_credential":
            raise
        edges.progress.warn(f"{user}: {error.message}")
        return None
    return credential.user_name if credential else None
