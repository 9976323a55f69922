"""When access keys were made and last used, which nobody can wait for: given from outside, as in docs/sandbox.md."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moto.iam.models import AccessKeyLastUsed, iam_backends
from moto.utilities.utils import get_partition

from provisioner.errors import InputError
from provisioner.sandbox.zones import ACCOUNT

if TYPE_CHECKING:
    from moto.iam.models import AccessKey

_MEMBERS = {"id", "created", "used", "service", "region"}
_HINT = 'e.g. {"id": "AKIA...", "created": "2025-11-01T00:00:00Z", "used": null}; see docs/sandbox.md'
_AS_IT_WAS = "dates_before"  # what a key that was given other dates keeps


def set_dates(document: Any, region: str) -> None:
    """Let IAM say of one key what a document says; raises `InputError`, and then nothing was changed."""
    if not isinstance(document, Mapping) or "id" not in document or set(document) - _MEMBERS:
        raise InputError("invalid_fault", f"no dates of an access key: {document}", _HINT)
    key = next((key for key in _keys(region) if key.access_key_id == document["id"]), None)
    if key is None:
        raise InputError("invalid_fault", f"there is no access key {document['id']}", _HINT)
    created, used = _date(document, "created"), _date(document, "used")
    vars(key).setdefault(_AS_IT_WAS, (key.create_date, key.last_used))
    if created is not None:
        key.create_date = created
    if "used" in document:
        where = str(document.get("service", "ses")), str(document.get("region", region))
        key.last_used = AccessKeyLastUsed(used, *where) if used else None


def release(region: str) -> None:
    """Let IAM say of all keys what it noted of them itself."""
    for key in _keys(region):
        before = vars(key).pop(_AS_IT_WAS, None)
        if before is not None:
            key.create_date, key.last_used = before


def _keys(region: str) -> "Iterator[AccessKey]":
    for user in list(iam_backends[ACCOUNT][get_partition(region)].users.values()):
        yield from list(user.access_keys)


def _date(document: Mapping[str, Any], member: str) -> datetime | None:
    text = document.get(member)
    try:
        date = datetime.fromisoformat(text) if text is not None else None
    except (TypeError, ValueError):
        raise InputError("invalid_fault", f"{member} of an access key is no date: {text}", _HINT) from None
    if date is not None and date.tzinfo is None:
        raise InputError("invalid_fault", f"{member} of an access key has no time zone: {text}", _HINT)
    return date
