"""What a user name and a password of SMTP are by their looks, before anybody is asked.

Source: Amazon SES developer guide, "Obtaining Amazon SES SMTP credentials"; IAM user guide, "IAM identifiers".
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from enum import StrEnum

from provisioner.core.credentials.password import KEY_LENGTH, VERSION, derive, unwrapped
from provisioner.core.values.secret import Secret

LENGTH = 44  # of a password: 33 octets in base64

_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_KEY_LETTERS = re.compile(r"[A-Za-z0-9+/]+")
_KEY_ID = re.compile(r"AKIA[A-Z0-9]{12,124}")
_ANY_KEY_ID = re.compile(r"(AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12,}")


class Kind(StrEnum):
    """What a text that was given as SMTP password is."""

    PASSWORD = "password"  # noqa: S105 - the name of a kind
    OLD_PASSWORD = "old_password"  # noqa: S105 - the name of a kind
    SECRET_KEY = "secret_key"  # noqa: S105 - the name of a kind
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class PasswordLook:
    """What a text is and, where it is not a password, what is `wrong` with it; never a part of it.

    `meant` is the password that it may stand for: what is inside of quotes, or what is derived of a secret access key.
    """

    kind: Kind
    wrong: str = ""
    meant: Secret | None = field(default=None)


def look_at_password(given: Secret, region: str) -> PasswordLook:
    """Say what a text is that was given as the SMTP password of a region."""
    text = given.reveal()
    bare = unwrapped(text)
    look = _look_at_bare(bare, region)
    if bare == text or look.kind is not Kind.PASSWORD:
        return look
    return PasswordLook(Kind.MALFORMED, f"{_wrapping(text)}; inside is an SMTP password", Secret(bare))


def wrong_user_name(name: str) -> str | None:
    """Say what is wrong with an SMTP user name, which is the id of an access key; None when nothing is."""
    if _KEY_ID.fullmatch(name):
        return None
    if _KEY_ID.fullmatch(unwrapped(name).upper()):
        return "it is the id of an access key, but not as IAM writes it: in capitals, with nothing around it"
    if name.startswith(("AIDA", "AROA")):
        return "it is the unique id of an IAM user or role, not of an access key"
    if name.startswith("AKIA"):
        return "it begins as the id of an access key does, and does not go on as one: was it cut?"
    return "it is not the id of an access key: that begins with AKIA"


def is_temporary(user_name: str) -> bool:
    """Say whether a user name is the id of temporary credentials, which SES takes no password of."""
    return unwrapped(user_name).startswith("ASIA")


def _look_at_bare(text: str, region: str) -> PasswordLook:
    if len(text) == LENGTH and _BASE64.fullmatch(text):
        return _look_at_whole(text)
    if len(text) == KEY_LENGTH and _KEY_LETTERS.fullmatch(text):
        return _look_at_forty(text, region)
    return PasswordLook(Kind.MALFORMED, _wrong(text))


def _look_at_whole(text: str) -> PasswordLook:
    if text.startswith("A"):  # version 2; no other began so
        return PasswordLook(Kind.OLD_PASSWORD, "it begins with A: it was derived by the algorithm of before 2019")
    if base64.b64decode(text).startswith(VERSION):
        return PasswordLook(Kind.PASSWORD)
    return PasswordLook(Kind.MALFORMED, "it is as long as an SMTP password, but each of them begins with B")


def _look_at_forty(text: str, region: str) -> PasswordLook:
    derived = Secret(derive(text, region))
    if base64.b64decode(text).startswith(VERSION):  # of 256 secret keys one begins so, and each password that was cut
        what = f"it has {KEY_LENGTH} characters, of {LENGTH}, and begins as an SMTP password does: was it cut?"
        return PasswordLook(Kind.MALFORMED, what, derived)
    return PasswordLook(Kind.SECRET_KEY, "it looks like a secret access key, of which the password is derived", derived)


def _wrapping(text: str) -> str:
    if text.strip() == unwrapped(text):
        where = "end" if text.lstrip() == text else "start" if text.rstrip() == text else "start and end"
        return f"whitespace, such as a line feed, stands at its {where}"
    return "quotes, or the name of a variable, stand around it"


def _wrong(text: str) -> str:
    if not text:
        return "it is empty"
    if _ANY_KEY_ID.fullmatch(text):
        return "it is the id of an access key, which is the user name"
    if not _BASE64.fullmatch(text):
        return _wrong_letters(text)
    cut = "was it cut?" if len(text) < LENGTH else "was something copied with it?"
    return f"it has {len(text)} characters, and each SMTP password has {LENGTH}: {cut}"


def _wrong_letters(text: str) -> str:
    if any(character.isspace() for character in text):
        return "whitespace stands within it"
    if "%" in text and _BASE64.fullmatch(re.sub("%(2B|2F|3D)", "+", text, flags=re.IGNORECASE)):
        return "it is written for a URL, with %2F or %2B in place of / or +"
    if len(text) >= LENGTH and re.fullmatch(r"[A-Za-z0-9_-]+", text):
        return "it has - or _, which are the letters of another base64, in place of + or /"
    return "it has a character that no SMTP password has"
