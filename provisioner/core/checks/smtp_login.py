"""An SMTP login: what it is by its looks, and what IAM says of the key behind one that SES refuses."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.core.checks.keys import gone, inactive
from provisioner.core.checks.smtp_endpoint import SUBJECT
from provisioner.core.credentials.access_key import LastUse
from provisioner.core.credentials.login import FoundKey, GivenLogin
from provisioner.core.credentials.login_kind import Kind, PasswordLook, is_temporary, wrong_user_name
from provisioner.core.credentials.smtp_reply import SmtpReply
from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.values.region import Region

_GUIDE = "SES developer guide, Obtaining Amazon SES SMTP credentials"
_REPLIES = "SES developer guide, Amazon SES SMTP issues"
_KEYS = "IAM user guide, Managing access keys for IAM users"

_KIND_IDS = {
    Kind.SECRET_KEY: "smtp.raw_secret",
    Kind.OLD_PASSWORD: "smtp.old_password",
    Kind.MALFORMED: "smtp.password_form",
}


def looks(login: GivenLogin, password: PasswordLook, *, meant_works: bool | None) -> Iterator[Finding]:
    """Go through what is wrong with a login before anybody is asked.

    `meant_works` says whether SES took the password that was probably meant, None where nobody could try it.
    """
    wrong = wrong_user_name(login.user_name)
    if is_temporary(login.user_name):
        yield _temporary(login)
    elif wrong is not None:
        remedy = "give the id of the access key (AKIA...) as user name: not the IAM user's name, nor an address"
        yield Finding("smtp.user_name", Severity.ERROR, SUBJECT, f"the user name is wrong: {wrong}", remedy, _GUIDE)
    if password.kind is not Kind.PASSWORD:
        yield _wrong_password(login, password, meant_works)
    elif login.made_for not in (None, login.region.name):
        yield wrong_region(login, str(login.made_for), "by what is written down with it")


def wrong_region(login: GivenLogin, right: str, how: str) -> Finding:
    """Return the finding that the password is another region's; `how` says how that is known."""
    return Finding(
        "smtp.wrong_region",
        Severity.ERROR,
        SUBJECT,
        f"the password is for {right}, {how}; in {login.region} SES refuses it",
        f"send through {Region.parse(right).smtp_host}, or derive the password for {login.region} from the secret "
        f"access key: `{_derive(login)}`",
        _GUIDE,
        {"expected": login.region.name, "found": right},
        tuple(_derive(login).split()[1:]),
    )


def not_subscribed(login: GivenLogin) -> Finding:
    """Return the finding that the account of the key never used SES in this region."""
    return Finding(
        "account.not_subscribed",
        Severity.ERROR,
        "account",
        f"the account of this access key has never used SES in {login.region}",
        f"open SES once in its console, in {login.region}",
        _REPLIES,
    )


def unknown_cause(login: GivenLogin, code: str, reason: str, remedy: str) -> tuple[Finding, ...]:
    """Return what is left to say of a login that SES refuses when IAM could not be asked why."""
    message = "SES refuses the login: the access key is unknown or switched off, or the password is not its own"
    remedy_of_all = "compare the key and its state in IAM; a password is derived by `provisioner credentials derive`"
    refused = Finding("smtp.login_refused", Severity.ERROR, SUBJECT, message, remedy_of_all, _REPLIES)
    if login.user is None and code == "access_denied":
        remedy = f"{remedy}; IAM denies it for a key of another account, too: ask there"
    return refused, not_run(login.subject, "which of these it is", code, reason, remedy)


def not_run(subject: str, what: str, code: str, reason: str, remedy: str) -> Finding:
    """Return the finding that something could not be looked at; the clock of this machine is a cause of its own."""
    if code == "clock_skew":
        message = f"AWS refuses our requests by their time, so that nobody looked {what}: {reason}"
        return Finding("clock.skew", Severity.WARNING, subject, message, "set the clock of this machine and repeat")
    return Finding(NOT_RUN, Severity.WARNING, subject, f"nobody looked {what}: {reason}", remedy)


def refused(reply: SmtpReply, cause: Finding) -> Finding:
    """Return the finding that SES refuses a login, which follows from another."""
    message = f"SES refuses the login ({reply.code} {reply.text})"
    return Finding("smtp.login_refused", Severity.INFO, SUBJECT, message, "", _REPLIES, caused_by=cause.id)


def fault_of_key(login: GivenLogin, found: FoundKey) -> Finding | None:
    """Return why SES refuses a login, by what IAM has of its key; None when nothing is wrong with the key."""
    if found.key is None or (login.user is not None and found.owner != login.user.iam_user):
        return _unknown(login, found)
    if not found.key.active:
        return inactive(str(found.owner), login.user_name)
    return None


def _temporary(login: GivenLogin) -> Finding:
    command = ("new-domain", login.user.domain.ascii) if login.user else None
    return Finding(
        "smtp.temporary_key",
        Severity.ERROR,
        SUBJECT,
        "the user name begins with ASIA: it is of temporary credentials, which SES takes no password of",
        "use an access key of an IAM user (AKIA...); `provisioner new-domain DOMAIN` makes one with its password",
        _GUIDE,
        command=command,
    )


def _wrong_password(login: GivenLogin, look: PasswordLook, meant_works: bool | None) -> Finding:
    needs_key = look.kind in (Kind.SECRET_KEY, Kind.OLD_PASSWORD) or (look.kind is Kind.MALFORMED and meant_works)
    command = tuple(_derive(login).split()[1:]) if needs_key else None
    return Finding(
        _KIND_IDS[look.kind],
        Severity.ERROR,
        SUBJECT,
        f"this is not the SMTP password: {look.wrong}{_said_of_meant(look, meant_works)}",
        _remedy(login, look, meant_works),
        _GUIDE,
        {"kind": str(look.kind), "meant_works": meant_works},
        command,
    )


def _said_of_meant(look: PasswordLook, works: bool | None) -> str:
    if look.meant is None or works is None:
        return ""
    inside = look.kind is Kind.MALFORMED and "inside" in look.wrong
    what = "what is inside" if inside else "the password that is derived from it"
    return f"; SES takes {what}" if works else f"; SES does not take {what}"


def _remedy(login: GivenLogin, look: PasswordLook, meant_works: bool | None) -> str:
    if look.kind is Kind.SECRET_KEY and meant_works is False:
        return (
            f"see that {login.user_name} is active, of the right account, and that this is its own secret key, not "
            f"another's; then derive the password, `{_derive(login)}`, and use that"
        )
    if look.kind is Kind.SECRET_KEY:
        return f"derive the password from it, `{_derive(login)}`, and use that"
    if look.kind is Kind.OLD_PASSWORD:
        return f"derive it anew from the secret access key, `{_derive(login)}`; SES slows the old ones down"
    return "give the password alone, whole and without anything around it: 44 characters, of which the first is B"


def _derive(login: GivenLogin) -> str:
    return f"provisioner credentials derive --region {login.region}"


def _unknown(login: GivenLogin, found: FoundKey) -> Finding:
    if login.user is not None:
        return gone(login.user, login.user_name, found.others, found.owner)
    message = "IAM of this account knows no such access key: it was deleted, or it is another account's"
    remedy = "make a new access key, and derive its password by `provisioner credentials derive`"
    evidence: dict[str, object] = {"owner": found.owner, "others": list(found.others)}
    return Finding("key.gone", Severity.ERROR, login.subject, message, remedy, _KEYS, evidence)


def wrong_password(login: GivenLogin, found: FoundKey, last_use: LastUse | None) -> Iterator[Finding]:
    """Go through what is to be said when nothing is wrong with the key, so that the password is not its own here."""
    used = f"; IAM noted its last use at {last_use.service} in {last_use.region}" if last_use else ""
    remedy, command = _right_password(login)
    yield Finding(
        "smtp.login_refused",
        Severity.ERROR,
        SUBJECT,
        f"the access key {login.user_name} of IAM user {found.owner} is active, so that the password is not its own in "
        f"{login.region}: another key's, or another region's{used}",
        remedy,
        _REPLIES,
        {"owner": found.owner, "last_used_in": last_use.region if last_use else None},
        tuple(command.split()[1:]),
    )
    if login.kept_by is None and found.is_young and found.key is not None:
        yield Finding(
            "smtp.not_yet",
            Severity.INFO,
            login.subject,
            "the key is so new that SES may not know it yet, although it was tried for a minute",
            "repeat this in a few minutes, before anything is changed",
            "IAM user guide, Troubleshooting IAM (changes are not always immediately visible)",
            {"created": found.key.created.isoformat() if found.key.created else None},
        )


def _right_password(login: GivenLogin) -> tuple[str, str]:
    """Return where the right password comes from, and the command for it."""
    if login.kept_by is None:
        command, otherwise = _derive(login), "where nobody has that any more, only a new access key helps"
        return f"derive it anew from the secret access key: `{command}`; {otherwise}", command
    domain, sender = login.kept_by.domain, login.kept_by.sender
    command = f"provisioner credentials show {domain}" + (f" --sender {sender}" if sender else "")
    return f"another password of this key is kept here: `{command}`", command
