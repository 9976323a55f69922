"""The options of `new-domain` that are plain texts: what each may hold."""

import re
import unicodedata
from enum import StrEnum
from typing import TypeVar

from provisioner.core.values.wording import named, quoted
from provisioner.errors import InputError

LONGEST_TAG_VALUE = 256  # IAM, Route 53 and SES alike
TAG_CHARACTERS = "AWS tags hold letters, digits, spaces and _ . : / = + - @ only."

Choice = TypeVar("Choice", bound=StrEnum)

_TAG_PUNCTUATION = frozenset("_.:/=+-@")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_QUOTED = re.compile(r"=([0-9A-F]{2})")
_DELEGATION_SET = re.compile(r"[A-Z0-9]{1,32}")


def choice(kind: type[Choice], option: str, text: str) -> Choice:
    """Read one of an enumeration's words; raises `InputError("invalid_<option>")`."""
    try:
        return kind(text)
    except ValueError:
        hint = f"Use one of: {', '.join(kind)}."
        raise InputError(f"invalid_{option}", f"{quoted(text)} is not a value of {option}", hint) from None


def is_tag_character(character: str) -> bool:
    """Say whether AWS tag values may hold the character (IAM API, Tag.Value, the narrowest of the services used)."""
    category = unicodedata.category(character)
    return character in _TAG_PUNCTUATION or category[0] in "LN" or category == "Zs"


def tag_text(text: str) -> str:
    """Write what tags cannot hold as `=27` (quoted-printable, RFC 2045 section 6.7): O'Brien has an address too."""
    return "".join(c if is_tag_character(c) and c != "=" else f"={ord(c):02X}" for c in text)


def text_of_tag(tag: str) -> str:
    """Read `tag_text` back."""
    return _QUOTED.sub(lambda code: chr(int(code[1], 16)), tag)


def customer_name(text: str) -> str:
    """Read a customer's name, which goes into AWS tags; raises `InputError("invalid_customer")`."""
    name = unicodedata.normalize("NFC", text).strip()  # a decomposed accent is no letter to AWS
    wrong = next((character for character in name if not is_tag_character(character)), None)
    if not name:
        hint = "Give a name; --no-customer, in a manifest null, takes back what was given before."
        raise InputError("invalid_customer", "the customer is empty", hint)
    if wrong:
        raise InputError("invalid_customer", f"the customer {quoted(name)} contains {named(wrong)}", TAG_CHARACTERS)
    if len(name) > LONGEST_TAG_VALUE:
        message = f"the customer {quoted(name)} is {len(name)} characters long"
        raise InputError("invalid_customer", message, f"AWS tags hold at most {LONGEST_TAG_VALUE}.")
    return name


def mail_from_label(text: str) -> str:
    """Read the label of the MAIL FROM host, one LDH label; raises `InputError("invalid_mail_from")`."""
    label = text.lower()
    if _LABEL.fullmatch(label):
        return label
    hint = "Give one label of letters, digits and hyphens, such as bounce; the domain is added to it."
    raise InputError("invalid_mail_from", f"{quoted(text)} is not a label for the MAIL FROM host", hint)


def delegation_set_id(text: str) -> str:
    """Read a reusable delegation set's id, with or without its path; raises `InputError("invalid_delegation_set")`."""
    name = text.removeprefix("/delegationset/")
    if _DELEGATION_SET.fullmatch(name):
        return name
    hint = "Give the id that `aws route53 list-reusable-delegation-sets` shows, such as N1PA6795SAMPLE."
    raise InputError("invalid_delegation_set", f"{quoted(text)} is not the id of a reusable delegation set", hint)
