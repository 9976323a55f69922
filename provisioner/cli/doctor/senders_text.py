"""Who may send as a domain, as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.cli.frame.layout import indent
from provisioner.cli.frame.output import table
from provisioner.core.credentials.access_key import LastUse
from provisioner.core.credentials.sending_keys import SendingKey, SendingKeys
from provisioner.core.values.domain import DomainName

_HEAD = ("IAM USER", "MADE FOR IT", "SENDS AS", "ACCESS KEY", "STATE", "LAST USED", "AT")
_NONE = "-"


def senders_text(domain: DomainName, senders: SendingKeys) -> str:
    """Return a table of the keys, who sent last first, and below it what nobody could look at."""
    return "\n".join(_lines(domain, senders))


def _lines(domain: DomainName, senders: SendingKeys) -> Iterator[str]:
    yield f"who may send as {domain}, and when each key was last used:"
    if senders.keys:
        yield indent(table(_HEAD, [_row(one) for one in senders.keys]))
    elif not senders.unseen:
        yield "  nobody"
    yield from (f"  {line}" for line in dict.fromkeys(_not_seen(senders)))


def _row(one: SendingKey) -> tuple[str, ...]:
    ours = "no" if not one.may.ours else f"yes, {one.may.sender}" if one.may.sender else "yes"
    return one.user.name, ours, one.may.address, one.key.id if one.key else _NONE, _state(one), *_use(one)


def _state(one: SendingKey) -> str:
    if one.key is None:
        return _NONE
    return ("active" if one.key.active else "inactive") + (", stored" if one.stored else "")


def _use(one: SendingKey) -> tuple[str, str]:
    """Return when and where it was last used."""
    if isinstance(one.use, LastUse):
        return f"{one.use.at:%Y-%m-%d %H:%M} UTC", f"{one.use.service} {one.use.region}"
    if one.key is None:
        return _NONE, _NONE
    return "not known" if one.use else "never", _NONE


def _not_seen(senders: SendingKeys) -> Iterator[str]:
    yield from (f"nobody looked at {why}" for why in senders.unseen)
    yield from (f"{one.user.name}: {one.unseen}" for one in senders.keys if one.unseen)
