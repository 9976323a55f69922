"""The e-mail address, as SES can carry it: an ASCII local part and a domain in A-label form."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote

from provisioner.core.values.domain import DomainName
from provisioner.core.values.wording import named, quoted
from provisioner.errors import InputError

LONGEST_LOCAL = 64  # RFC 5321 section 4.5.3.1.1
LONGEST_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3: a path of 256 with its angle brackets

_NOT_ATEXT = re.compile(r"[^A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]")  # RFC 5321 section 4.1.2, plus the dot between atoms


@dataclass(frozen=True, order=True, slots=True)
class EmailAddress:
    """A mailbox: the local part exactly as given, the domain as A-labels."""

    local: str
    domain: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address or a `mailto:` URI of one.

        Raises `InputError("invalid_address")` for what is not a dot-string local part (RFC 5321 section 4.1.2) at a
        domain that mail can be sent to. Quoted and non-ASCII local parts are refused: SES has no SMTPUTF8.
        """
        local, at, domain = _bare(text).rpartition("@")
        if not at:
            raise _invalid(text, "it has no @", "Give an address such as postmaster@example.com.")
        _check_local(text, local)
        address = cls(local, _domain(text, domain))
        if len(str(address)) > LONGEST_ADDRESS:
            raise _invalid(
                text, f"it is {len(str(address))} characters long", f"An address has at most {LONGEST_ADDRESS}."
            )
        return address

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def _bare(text: str) -> str:
    """Strip `mailto:`, whose address is percent-encoded (RFC 6068 section 2)."""
    return unquote(text[len("mailto:") :]) if text[: len("mailto:")].lower() == "mailto:" else text


def _check_local(text: str, local: str) -> None:
    if not local:
        raise _invalid(text, "nothing stands before the @", "Give an address such as postmaster@example.com.")
    if wrong := _NOT_ATEXT.search(local):
        hint = "Give the bare address: ASCII, without display name, quotes or comments."
        raise _invalid(text, f"the part before the @ contains {named(wrong.group())}", hint)
    if "" in local.split("."):
        hint = "Remove the dot at the start, at the end, or next to another dot."
        raise _invalid(text, "a dot in the part before the @ has nothing beside it", hint)
    if len(local) > LONGEST_LOCAL:
        what = f"the part before the @ is {len(local)} characters long"
        raise _invalid(text, what, f"It has at most {LONGEST_LOCAL}.")


def _domain(text: str, domain: str) -> str:
    try:
        return DomainName.parse(domain).ascii
    except InputError as error:
        raise _invalid(text, error.message, error.hint) from None


def _invalid(text: str, what: str, hint: str) -> InputError:
    return InputError("invalid_address", f"{quoted(text)} is not an e-mail address we can use: {what}", hint)
