"""What an SMTP user is in IAM and the credential store, against what it should be."""

from collections.abc import Iterator, Sequence

from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.holdings import Holding, described, removal
from provisioner.core.credentials.rotation import Rotation
from provisioner.core.credentials.rotation_report import rotate_command, way_back
from provisioner.core.credentials.smtp_user_state import Held, SmtpUserState, Unseen, not_ours
from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.values.smtp_user import SmtpUser

_IDS = {
    Holding.INLINE_POLICY: "iam.further_policy",
    Holding.ATTACHED_POLICY: "iam.further_policy",
    Holding.GROUP: "iam.group",
    Holding.PASSWORD: "iam.console_password",
}
_NOT_ALLOWED = "allow the operator the action, see docs/permissions.md"


def smtp_user(state: SmtpUserState) -> tuple[Finding, ...]:
    """Return what is wrong with an SMTP user; nothing when it holds one active key, which is stored, and our policy.

    While its password is being replaced it has two keys, and both are ours.
    """
    return (*_keys(state), *further_access(state.user, state.held), *_unseen(state))


def further_access(user: SmtpUser, held: Held) -> tuple[Finding, ...]:
    """Return what the user holds that we did not give it; it decides what the user may do, or who."""
    return tuple(_further(user, holding, name) for holding, name in not_ours(held))


def _keys(state: SmtpUserState) -> Iterator[Finding]:
    if isinstance(state.keys, Unseen):
        return
    if not state.keys:
        yield _without_key(state.user)
        return
    if isinstance(state.stored, Unseen):
        return
    stored = next((key for key in state.keys if key.id == state.stored), None)
    rotation = state.rotation
    if stored is None and rotation is not None and rotation.stage.is_under_way:
        yield _replaced_is_gone(rotation)
    elif stored is None:
        yield _not_stored(state.user, state.keys, state.stored)
    elif not stored.active:
        yield _inactive(state.user, stored)
    unknown = rotation.others if rotation else [key.id for key in state.keys if key is not stored]
    yield from (_second(state.user, key) for key in state.keys if stored and key.id in unknown)


def _without_key(user: SmtpUser) -> Finding:
    return Finding(
        "key.none",
        Severity.ERROR,
        _subject(user),
        "it has no access key, so that nobody can send with its password",
        f"`provisioner new-domain {user.domain}` makes a new key, with another password",
        command=("new-domain", user.domain.ascii),
    )


def _not_stored(user: SmtpUser, keys: Sequence[AccessKey], stored: str | None) -> Finding:
    listed = ", ".join(key.id for key in keys)
    kept = f"the credential store holds that of {stored}" if stored else "the credential store holds none"
    return Finding(
        "key.not_stored",
        Severity.ERROR,
        _subject(user),
        f"the secret of none of its access keys ({listed}) is held here: {kept}",
        "restore the credential store; or, when no site uses the keys, delete them with `aws iam delete-access-key`, "
        f"and `provisioner new-domain {user.domain}` makes one",
        evidence={"keys": [key.id for key in keys], "stored": stored},
    )


def _replaced_is_gone(rotation: Rotation) -> Finding:
    user, (key, step) = rotation.user, way_back(rotation)
    sender = ("--sender", user.sender) if user.sender else ()
    return Finding(
        "key.current_gone",
        Severity.ERROR,
        _subject(user),
        f"the access key of its credential is gone, so that nobody can send with that password; that of {key} is held",
        f"`{rotate_command(user)} --{step}` puts it in its place",
        command=("credentials", "rotate", user.domain.ascii, *sender, f"--{step}"),
    )


def _inactive(user: SmtpUser, key: AccessKey) -> Finding:
    return Finding(
        "key.inactive",
        Severity.ERROR,
        f"access key {key.id}",
        f"the key of {_subject(user)} is switched off: nobody can send with its password",
        f"aws iam update-access-key --user-name {user.iam_user} --access-key-id {key.id} --status Active",
    )


def _second(user: SmtpUser, key: AccessKey) -> Finding:
    return Finding(
        "key.two",
        Severity.WARNING,
        f"access key {key.id}",
        f"a further key of {_subject(user)}, {'active' if key.active else 'inactive'}; its secret is not held here",
        f"when nobody uses it: aws iam delete-access-key --user-name {user.iam_user} --access-key-id {key.id}",
    )


def _further(user: SmtpUser, holding: Holding, name: str) -> Finding:
    return Finding(
        _IDS.get(holding, "iam.further_access"),
        Severity.ERROR,
        _subject(user),
        f"it also has {described(holding, name)}, which is not ours: it may do more than send as {_as(user)}",
        removal(user.iam_user, holding, name),
        evidence={"kind": str(holding), "name": name},
    )


def _unseen(state: SmtpUserState) -> Iterator[Finding]:
    looks: dict[str, object] = {"access keys": state.keys, "stored credential": state.stored}
    for what, seen in [*looks.items(), *state.held.items()]:
        if isinstance(seen, Unseen):
            message = f"nobody looked at its {what}: {seen.reason}"
            yield Finding(NOT_RUN, Severity.WARNING, _subject(state.user), message, _NOT_ALLOWED)


def _subject(user: SmtpUser) -> str:
    return f"IAM user {user.iam_user}"


def _as(user: SmtpUser) -> str:
    return str(user.domain) if user.sender is None else f"sender {user.sender}"
