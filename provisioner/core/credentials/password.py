"""The SMTP password of an IAM access key.

Source: Amazon SES developer guide, "Obtaining Amazon SES SMTP credentials": Signature Version 4 over fixed words.
"""

import base64
import binascii
import hashlib
import hmac
import re

from provisioner.core.values.secret import Secret
from provisioner.errors import InputError

VERSION = b"\x04"
WORDS_BEFORE_REGION = ("11111111",)
WORDS_AFTER_REGION = ("ses", "aws4_request", "SendRawEmail")

_KEY_ID = re.compile(r"(AKIA|ASIA)[A-Z0-9]{12,124}")
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
    """Read a secret access key, with whatever whitespace surrounds it.

    Raises `InputError("invalid_secret")`, never with the value in it, for what cannot be one: nothing, an access key
    id, an SMTP password, several words.
    """
    secret = text.strip()
    if not secret:
        raise _invalid("it is empty", "Give the secret access key on standard input.")
    if match := _KEY_ID.fullmatch(secret):
        raise _invalid(f"it is an access key id ({match.group(1)}...)", _key_id_hint(match.group(1)))
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        hint = "Give the secret access key alone, on one line."
        raise _invalid("it contains whitespace or a character that no key contains", hint)
    if _is_smtp_password(secret):
        raise _invalid("it is an SMTP password already", "Use it as it is, or give the secret access key.")
    return Secret(secret)


def _key_id_hint(prefix: str) -> str:
    if prefix == "ASIA":
        return "Temporary credentials cannot be used for SMTP; create an access key of an IAM user."
    return "Give the secret access key that belongs to it, shown once when the key was created."


def _is_smtp_password(text: str) -> bool:
    try:
        octets = base64.b64decode(text, validate=True)
    except binascii.Error:
        return False
    return len(octets) == _PASSWORD_OCTETS and octets.startswith(VERSION)


def _invalid(what: str, hint: str) -> InputError:
    return InputError("invalid_secret", f"this is not a secret access key: {what}", hint)
