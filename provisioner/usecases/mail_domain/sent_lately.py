"""Whether a domain is in use: when its SMTP users' access keys were last used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
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
            f"move its mail elsewhere, and repeat when no key was used for {LATELY.days} days; or give --yes-it-sends",
        )


def _used_lately(edges: Edges, domain: DomainName, users: Iterable[SmtpUser]) -> Iterator[str]:
    since = edges.clock.now() - LATELY
    for user in users:
        for key_id, use in _uses(edges, domain, user):
            if use is not None and use.at >= since:
                when = f"{use.at:%Y-%m-%d %H:%M} UTC, service {use.service}, region {use.region}"
                yield f"access key {key_id} of IAM user {user.iam_user} was last used at {when}"


def _uses(edges: Edges, domain: DomainName, user: SmtpUser) -> Iterator[tuple[str, LastUse | None]]:
    """Go through the user's keys, and the one whose credential is stored: IAM's list may be older than it.

    Of that one, which is gone when an earlier run was interrupted here, only a use counts: IAM may know nothing of it.
    """
    listed = [key.id for key in edges.users.keys(user.iam_user)]
    yield from ((key_id, _last_use(edges, domain, key_id)) for key_id in listed)
    stored = _stored(edges, user)
    if stored is not None and stored not in listed:
        with suppress(Refused):
            yield stored, _last_use(edges, domain, stored)


def _stored(edges: Edges, user: SmtpUser) -> str | None:
    try:
        credential = edges.store.load(user)
    except ProvisionerError as error:
        if error.code != "corrupt_credential":
            raise
        return None
    return credential.user_name if credential else None


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
