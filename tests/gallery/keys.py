"""The access keys of the SMTP user, their age and their use, and its login over SMTP."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gallery.case import Case
from gallery.ward import Patient
from provisioner.core.asked.senders import Senders
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.values.secret import Secret

SENDERS = Senders.parse([("shop", "orders"), ("news", "news")])
KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # of AWS's documentation


def ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def dated(days: float, used: float | None = 0) -> Callable[[Patient], None]:
    """The key was made and last used so many days ago."""
    return lambda p: p.knobs.key(p.key_id, ago(days), used=None if used is None else ago(used))


def second_key(days: float, used: float | None = None) -> Callable[[Patient], None]:
    """Somebody has made a further key, so many days ago."""

    def make(patient: Patient) -> None:
        made = patient.iam.create_access_key(UserName=patient.user)["AccessKey"]["AccessKeyId"]
        patient.knobs.key(made, ago(days), used=None if used is None else ago(used))
        patient.knobs.key(patient.key_id, ago(400 if days > 400 else 30), used=ago(1))

    return make


def stored(change: Callable[[SmtpCredential], SmtpCredential]) -> Callable[[Patient], None]:
    """What is stored of the user is another."""

    def make(patient: Patient) -> None:
        store = patient.ward.world.edges.store
        (user, *_) = patient.spec.smtp_users
        kept = store.load(user)
        assert kept is not None
        store.save(change(kept))

    return make


def password(change: Callable[[str], str]) -> Callable[[Patient], None]:
    return stored(lambda kept: replace(kept, password=Secret(change(kept.password.reveal()))))


def turned(text: str) -> str:
    """A password with one character elsewhere."""
    return text[:20] + text[21:] + text[20]


def of_old(change: Callable[[Patient], None]) -> Callable[[Patient], None]:
    """The same of a key that SES has had time to hear of."""

    def make(patient: Patient) -> None:
        dated(10)(patient)
        change(patient)

    return make


def smtp(fault: str) -> Callable[[Patient], None]:
    return lambda p: p.knobs.smtp(fault)


CASES = (
    Case("senders beside the domain's own user", lambda _: None, admitted={"senders": SENDERS}),
    Case("two old keys", second_key(10), ("key.two warning",), says=("it was never used",)),
    Case("a second key of yesterday", second_key(1), also=("key.two",)),
    Case("a second key in use", second_key(10, used=1), ("key.foreign_in_use warning",), says=("find out who holds",)),
    Case("a key of more than a year", dated(400), also=("key.old",)),
    Case("a key that was never used", dated(30, used=None), also=("key.unused",)),
    Case("the secret key is stored as password", password(lambda _: KEY), ("smtp.raw_secret error",)),
    Case("the password is of another region", stored(lambda kept: replace(kept, region="eu-west-1")), (
        "smtp.wrong_region error",
    ), says=("for eu-west-1",)),
    Case("a password of before 2019", password(lambda text: "A" + text[1:]), ("smtp.old_password error",)),
    Case("a line feed behind the password", password(lambda text: text + "\n"), ("smtp.password_form error",)),
    Case("temporary credentials", stored(lambda kept: replace(kept, user_name="ASIA" + kept.user_name[4:])), (
        "smtp.temporary_key error",
    )),
    Case("the user's name as user name", stored(lambda kept: replace(kept, user_name=kept.iam_user)), (
        "smtp.user_name error",
    )),
    Case("another password", of_old(password(turned)), ("smtp.login_refused error",)),
    Case("no port answers", smtp("closed"), ("smtp.unreachable error",), says=("it is the network",)),
    Case("one port does not answer", smtp("tls:closed"), ("smtp.unreachable warning",)),
    Case("a certificate of another name", smtp("certificate=name"), ("smtp.certificate error",)),
    Case("no STARTTLS", smtp("starttls:no-starttls"), ("smtp.no_starttls warning",)),
    Case("temporary failure of the login", smtp("auth=454"), ("check.not_run warning",), says=("repeat in a minute",)),
)  # fmt: skip
