"""The access keys of an SMTP user, their age and their use, against the credential that is stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from provisioner.core.credentials.access_key import AccessKey, LastUse
from provisioner.core.credentials.rotation import Rotation, is_due
from provisioner.core.credentials.rotation_report import next_steps, rotate_command, way_back
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.credentials.unseen import Unseen
from provisioner.core.findings import Finding, Severity
from provisioner.core.values.smtp_user import SmtpUser

OLD = timedelta(days=365)
_NEW = timedelta(days=7)  # in which somebody who changes keys by hand has two of them
_LATELY = timedelta(days=30)
_UNUSED = timedelta(days=14)
_KEYS = "IAM user guide, Managing access keys for IAM users"
_USE = "IAM API reference, GetAccessKeyLastUsed"


def faults(state: SmtpUserState, now: datetime) -> Iterator[Finding]:
    """Go through what is wrong with the keys; nothing when the user has one active key, which is the stored one.

    While its password is being replaced it has two keys, and both are ours.
    """
    if state.iam is None or isinstance(state.iam.keys, Unseen):
        return
    keys, stored = state.iam.keys, state.stored
    if isinstance(stored, Unseen):
        if not keys:
            yield gone(state.user, None)
        return
    current = next((key for key in keys if key.id == stored), None)
    if current is None:
        yield _without(state, keys, stored)
        return
    if not current.active:
        yield inactive(state.user.iam_user, current.id)
    unknown = state.rotation.others if state.rotation else [key.id for key in keys if key is not current]
    yield from (_foreign(state, key, now) for key in keys if key.id in unknown)


def remarks(state: SmtpUserState, now: datetime, due: timedelta | None = None) -> Iterator[Finding]:
    """Go through what is no fault: a rotation that is under way, and the age and the use of the stored key.

    `due` is the age at which the operator wants keys replaced; without it a year is worth a remark.
    """
    if state.iam is None or isinstance(state.iam.keys, Unseen):
        return
    if state.rotation is not None and state.rotation.stage.is_under_way:
        yield _rotation(state.rotation)
        return
    current = next((key for key in state.iam.keys if key.id == state.stored and key.active), None)
    if current is not None and is_due(current, due or OLD, now):
        yield _old(state, current, now, Severity.INFO if due is None else Severity.WARNING)
    if current is not None and is_due(current, _UNUSED, now) and state.iam.uses.get(current.id, Unseen("")) is None:
        yield _unused(state, current, now)


def gone(user: SmtpUser, key_id: str | None, others: tuple[str, ...] = (), owner: str | None = None) -> Finding:
    """Return the finding that the key of the stored credential is not among the user's.

    `others` are the keys that it has, `owner` whose the key is instead, where that is known.
    """
    subject, whose = f"access key {key_id}" if key_id else _subject(user), f"; it is one of {owner}" if owner else ""
    command: tuple[str, ...] | None = ("new-domain", user.domain.ascii)
    what = f"no such access key{whose}" if key_id else "no access key"
    remedy = f"`provisioner new-domain {user.domain}` makes a new one, with another password"
    if others:
        what = f"{what}, but {', '.join(others)}, whose secret is not held here"
        named = f"aws iam delete-access-key --user-name {user.iam_user} --access-key-id {others[0]}"
        remedy = f"restore the credential store; or, when no site uses {others[0]}, `{named}`, and then {remedy}"
        command = None
    return Finding(
        "key.gone",
        Severity.ERROR,
        subject,
        f"{_subject(user)} has {what}: nobody can send with the password that is stored",
        remedy,
        _KEYS,
        {"owner": owner, "others": list(others)},
        command,
    )


def inactive(owner: str, key_id: str) -> Finding:
    """Return the finding that a key is switched off: no rotation goes around that, as it may be so on purpose."""
    return Finding(
        "key.inactive",
        Severity.ERROR,
        f"access key {key_id}",
        f"the key of IAM user {owner} is switched off: nobody can send with its password",
        f"aws iam update-access-key --user-name {owner} --access-key-id {key_id} --status Active",
        _KEYS,
        {"owner": owner},
    )


def _without(state: SmtpUserState, keys: tuple[AccessKey, ...], stored: str | None) -> Finding:
    rotation = state.rotation
    if keys and rotation is not None and rotation.stage.is_under_way:
        return _replaced_is_gone(rotation, stored)
    if not keys or stored is not None:
        return gone(state.user, stored, tuple(key.id for key in keys))
    listed = [key.id for key in keys]
    return Finding(
        "key.not_stored",
        Severity.ERROR,
        state.subject,
        f"the secret of none of its access keys ({', '.join(listed)}) is held here: the credential store holds none",
        "restore the credential store; or, when no site uses the keys, delete them with `aws iam delete-access-key`, "
        f"and `provisioner new-domain {state.user.domain}` makes one",
        _KEYS,
        evidence={"keys": listed, "stored": stored},
    )


def _replaced_is_gone(rotation: Rotation, stored: str | None) -> Finding:
    user, (key, step) = rotation.user, way_back(rotation)
    sender = ("--sender", user.sender) if user.sender else ()
    return Finding(
        "key.gone",
        Severity.ERROR,
        f"access key {stored}" if stored else _subject(user),
        f"the access key of the credential of {_subject(user)} is gone, so that nobody can send with that password; "
        f"that of {key} is held",
        f"`{rotate_command(user)} --{step}` puts it in its place",
        _KEYS,
        {"owner": None, "others": [key]},
        ("credentials", "rotate", user.domain.ascii, *sender, f"--{step}"),
    )


def _foreign(state: SmtpUserState, key: AccessKey, now: datetime) -> Finding:
    """Return the finding about a key that is none of ours: somebody works with it, or it only lies about."""
    use = state.iam.uses.get(key.id, Unseen("")) if state.iam else None
    named = f"--user-name {state.user.iam_user} --access-key-id {key.id}"
    in_use = isinstance(use, LastUse) and key.active and now - use.at <= _LATELY
    is_new = not in_use and key.created is not None and now - key.created < _NEW
    what = f"a further key of {state.subject}, {'active' if key.active else 'inactive'}; its secret is not held here"
    if in_use:
        remedy = f"find out who holds it; only then `aws iam delete-access-key {named}`"
    else:
        remedy = f"when nobody uses it: aws iam delete-access-key {named}"
    return Finding(
        "key.foreign_in_use" if in_use else "key.two",
        Severity.INFO if is_new else Severity.WARNING,
        f"access key {key.id}",
        f"{what}; {_used(use)}; that of {state.stored} is stored",
        remedy,
        _USE if in_use else _KEYS,
        {
            "stored": state.stored,
            "created": _iso(key.created),
            "last_used": _iso(use.at) if isinstance(use, LastUse) else None,
        },
    )


def _used(use: LastUse | Unseen | None) -> str:
    if isinstance(use, LastUse):
        return f"last used {use.at:%Y-%m-%d %H:%M} UTC at {use.service} in {use.region}"
    return "nobody knows when it was last used" if isinstance(use, Unseen) else "it was never used"


def _rotation(rotation: Rotation) -> Finding:
    return Finding(
        "key.rotation",
        Severity.INFO,
        _subject(rotation.user),
        f"its password is being replaced ({rotation.stage}): {rotation.old_user_name} by {rotation.new_user_name}",
        "; ".join(next_steps(rotation, None)),
        _KEYS,
        {"stage": str(rotation.stage), "old": rotation.old_user_name, "new": rotation.new_user_name},
    )


def _old(state: SmtpUserState, key: AccessKey, now: datetime, severity: Severity) -> Finding:
    sender = ("--sender", state.user.sender) if state.user.sender else ()
    return Finding(
        "key.old",
        severity,
        f"access key {key.id}",
        f"the key of {state.subject} is {_days(key, now)} days old",
        f"`{rotate_command(state.user)} --prepare` begins to replace it, while its password goes on working",
        "IAM user guide, Update access keys",
        {"created": _iso(key.created), "days": _days(key, now)},
        ("credentials", "rotate", state.user.domain.ascii, *sender, "--prepare"),
    )


def _unused(state: SmtpUserState, key: AccessKey, now: datetime) -> Finding:
    return Finding(
        "key.unused",
        Severity.INFO,
        f"access key {key.id}",
        f"the key of {state.subject} was made {_days(key, now)} days ago and never used: the site sends otherwise, if "
        "it does",
        "",
        _USE,
        {"created": _iso(key.created), "days": _days(key, now)},
    )


def _days(key: AccessKey, now: datetime) -> int:
    return (now - key.created).days if key.created else 0


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _subject(user: SmtpUser) -> str:
    return f"IAM user {user.iam_user}"
