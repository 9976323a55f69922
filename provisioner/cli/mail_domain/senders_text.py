"""The results of the group `sender` as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from provisioner.cli.frame.output import table
from provisioner.core.values.domain import DomainName
from provisioner.usecases.mail_domain.senders import KnownSender, LeavingSender

_COLUMNS = ("DOMAIN", "SENDER", "ADDRESS", "IAM USER", "SENDING")


def listing(senders: Sequence[KnownSender], now: datetime | None = None) -> str:
    """Return what `sender list` prints; with the age of each key at a time, if one is given."""
    head = (*_COLUMNS, *(["KEY AGE"] if now else []), "STORED IN")
    return table(head, [(*_facts(one), *_age(one, now), one.stored_in or "NOT STORED") for one in senders])


def _facts(one: KnownSender) -> tuple[str, ...]:
    return one.user.domain.ascii, str(one.user.sender), one.address, one.user.iam_user, _sending(one)


def _age(one: KnownSender, now: datetime | None) -> Iterator[str]:
    if now is not None:
        yield f"{(now - one.key_created).days} days" if one.key_created else "-"


def going(senders: Sequence[LeavingSender]) -> Iterator[str]:
    """Yield a line for all that goes with senders and is not Terraform's."""
    for one in senders:
        for key, used in one.access_keys:
            yield f"  - access key {key} of IAM user {one.user.iam_user} ({used})"
        if one.stored_in:
            yield f"  - credential {one.stored_in}"


def question(domain: DomainName, senders: Sequence[LeavingSender]) -> str:
    """Return what is shown before senders are taken away, and what is asked then."""
    users = [f"  - IAM user {one.user.iam_user}, which sends as {one.address}" for one in senders]
    names = "Type its name" if len(senders) == 1 else "Type their names"
    head = f"{domain}: would take away {', '.join(str(one.user.sender) for one in senders)}"
    return "\n".join(
        [head, *users, *going(senders), f"Sites that log in with these keys cannot send any more. {names}"]
    )


def _sending(one: KnownSender) -> str:
    if one.domain_paused:
        return "domain paused"
    if one.standing is None:
        return "-"
    since = f" {one.standing.since:%Y-%m-%d}" if one.standing.since else ""
    return "on" if one.standing.may_send else f"paused{since}"
