"""The SMTP password of an IAM access key.

Source: Amazon SES developer guide, "Obtaining Amazon SES SMTP credentials": Signature Version 4 over fixed words.
"""

import base64
import hashlib
import hmac
import re

from provisioner.core.values.secret import Secret
from provisioner.errors import InputError

VERSION = b"\x04"
_OLD_VERSION = b"\x02"
WORDS_BEFORE_REGION = ("11111111",)
WORDS_AFTER_REGION = ("ses", "aws4_request", "SendRawEmail")

KEY_LENGTH = 40

Fault = tuple[str, str]  # (what is wrong, what to do next)

_KEY_ID = re.compile(r"(AKIA|ASIA)[A-Z0-9]{12,124}(?![A-Za-z0-9/+])")
_KEY_LETTERS = re.compile(r"[A-Za-z0-9/+]+")
_NAMED = re.compile(r"(?:(?:export|set)\s+|\$env:)?[A-Za-z_][A-Za-z0-9_.-]*\s*[=:]\s*")
_QUOTES = (('"', '"'), ("'", "'"), ("`", "`"), ("\u201c", "\u201d"), ("\u2018", "\u2019"))
_ANY_QUOTE = frozenset(quote for pair in _QUOTES for quote in pair)
_ALONE = "Give the secret access key alone, on one line: 40 letters, digits, / and +."
_PASSWORD_OCTETS = 33  # the version and an HMAC-SHA256


def derive(secret_access_key: str, region: str) -> str:
    """Return the SMTP password for one region: 44 characters of base64, the first always `B`, no padding.

    Another region gives another password. Keys of temporary credentials give none that SES accepts.
    """
    key = ("AWS4" + secret_access_key).encode()
    for word in (*WORDS_BEFORE_REGION, region, *WORDS_AFTER_REGION):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return base64.b64encode(VERSION + key).decode("ascii")


def validate_secret(text: str) -> Secret:
    """Read a secret access key, in whatever it was copied with: whitespace, quotes, the name of a variable before `=`.

    Raises `InputError("invalid_secret")`, never with the value in it, for what is not 40 characters of its alphabet,
    and says what it is instead: nothing, an access key id, an SMTP password, JSON, both parts of a key, a part of one.
    """
    secret = unwrapped(text)
    fault = _other_thing(secret) or _wrong_characters(secret) or _wrong_length(secret)
    if fault:
        raise _invalid(*fault)
    return Secret(secret)


def unwrapped(wrapped: str) -> str:
    """Return a text without whitespace and a byte order mark around it, the name of `NAME=value`, a pair of quotes."""
    text = wrapped.strip().removeprefix("\ufeff").strip()
    name = None if _KEY_ID.match(text) else _NAMED.match(text)
    value = text[name.end() :] if name else text
    for opening, closing in _QUOTES:
        if len(value) > 1 and value.startswith(opening) and value.endswith(closing):
            return value[1:-1].strip()
    return value


def _other_thing(secret: str) -> Fault | None:
    if not secret:
        return "it is empty", "Give the secret access key on standard input."
    if match := _KEY_ID.fullmatch(secret):
        return f"it is an access key id ({match.group(1)}...)", _key_id_hint(match.group(1))
    if secret.startswith(("{", "[")):
        hint = "Give the value alone: `jq -r .AccessKey.SecretAccessKey` takes it out of what create-access-key prints."
        return "it is JSON", hint
    if _KEY_ID.match(secret):
        return "an access key id stands before it, with whitespace or a sign between", _ALONE
    return _password_instead(secret)


def _password_instead(secret: str) -> Fault | None:
    if _is_smtp_password(secret, VERSION):
        return "it is an SMTP password already", "Use it as it is, or give the secret access key."
    if _is_smtp_password(secret, _OLD_VERSION):
        return "it is an SMTP password of before 2019", "Give the secret access key, of which a new one is derived."
    return None


def _wrong_characters(secret: str) -> Fault | None:
    if secret[0] in _ANY_QUOTE or secret[-1] in _ANY_QUOTE:
        return "a quote stands at one end of it", _ALONE
    if any(character.isspace() for character in secret):
        return "it contains whitespace", _ALONE
    return None if _KEY_LETTERS.fullmatch(secret) else ("it contains a character that no key contains", _ALONE)


def _wrong_length(secret: str) -> Fault | None:
    if len(secret) == KEY_LENGTH:
        return None
    what = "was it cut?" if len(secret) < KEY_LENGTH else "was something copied with it?"
    return (
        f"it has {len(secret)} characters, {KEY_LENGTH} are needed: {what}",
        "Copy the whole secret access key; it is shown once, when the key is made.",
    )


def _key_id_hint(prefix: str) -> str:
    if prefix == "ASIA":
        return "Temporary credentials cannot be used for SMTP; create an access key of an IAM user."
    return "Give the secret access key that belongs to it, shown once when the key was created."


def _is_smtp_password(text: str, version: bytes) -> bool:
    try:
        octets = base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error, or what is not ASCII
        return False
    return len(octets) == _PASSWORD_OCTETS and octets.startswith(version)


def _invalid(what: str, hint: str) -> InputError:
    return InputError("invalid_secret", f"this is not a secret access key: {what}", hint)
