"""Whether a domain is in use: when its SMTP users' access keys were last used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from provisioner.core.credentials.access_key import LastUse
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError, Refused
from provisioner.ports.edges import Edges

LATELY = timedelta(days=7)
_NOT_KNOWN = ("access_denied", "use_unknown")


def refuse_if_in_use(edges: Edges, domain: DomainName, users: Iterable[SmtpUser], *, anyway: bool) -> None:
    """Raise `Refused` when a key of the users was used in the last seven days, or when nobody can say whether it was.

    `anyway`: the user says that the domain may go all the same. What IAM does not say is not "did not send".
    """
    if anyway:
        return
    used = list(_used_lately(edges, domain, users))
    if used:
        raise Refused(
            "sends_mail",
            f"{domain} is in use: {'; '.join(used)}; nothing was touched",
            "move its mail elsewhere first, or give --yes-it-sends",
        )


def _used_lately(edges: Edges, domain: DomainName, users: Iterable[SmtpUser]) -> Iterator[str]:
    since = edges.clock.now() - LATELY
    for user in users:
        for key_id in _keys(edges, user):
            use = _last_use(edges, domain, key_id)
            if use is not None and use.at >= since:
                when = f"{use.at:%Y-%m-%d %H:%M} UTC, service {use.service}, region {use.region}"
                yield f"access key {key_id} of IAM user {user.iam_user} was last used at {when}"


def _keys(edges: Edges, user: SmtpUser) -> Iterable[str]:
    """Return the ids of the user's keys, and of the one whose credential is stored: a list may be older than it."""
    listed = [key.id for key in edges.users.keys(user.iam_user)]
    try:
        stored = edges.store.load(user)
    except ProvisionerError as error:
        if error.code != "corrupt_credential":
            raise
        stored = None
    return dict.fromkeys([*listed, *([stored.user_name] if stored else [])])


def _last_use(edges: Edges, domain: DomainName, key_id: str) -> LastUse | None:
    try:
        return edges.access.last_use(key_id)
    except ProvisionerError as error:
        if error.code not in _NOT_KNOWN:
            raise
        raise Refused(
            "use_unknown",
            f"{domain}: nobody can say whether it sent mail in the last {LATELY.days} days: {error.message}; "
            "nothing was touched",
            "allow iam:GetAccessKeyLastUsed (see docs/permissions.md), or give --yes-it-sends",
        ) from error
