"""What people type where a domain name is wanted, and what to tell them when it is something else."""

import ipaddress
import re
import unicodedata
from collections.abc import Callable

from provisioner.core.values.wording import named, quoted
from provisioner.errors import InputError

LONGEST_LABEL = 63
LONGEST_NAME = 253  # RFC 1035 section 2.3.4: 255 octets on the wire
LONGEST_INPUT = 1000  # far above any name in any script; what is longer is not worth mapping

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|//")
_PORT = re.compile(r"([^:]+):[0-9]+")
_BRACKETED = re.compile(r"\[.*\](?::[0-9]+)?")
_FORBIDDEN = re.compile(r"[\x00-\x7f]")
_ALLOWED = re.compile(r"[A-Za-z0-9._-]")

Fault = tuple[str, str]  # (what is wrong, what to do next)


def ascii_form(text: str) -> str:
    """Return the lower-case A-label form of a domain name in any script, without trailing dot.

    Internationalised names are mapped by UTS 46 (non-transitional) and checked by IDNA 2008. Raises
    `InputError("invalid_domain")` with a message and hint of its own for each way of not being a host name.
    """
    if len(text) > LONGEST_INPUT:
        raise invalid(text, *_too_long(len(text)))
    _refuse_other_things(text, text)
    mapped = _map(text)
    _refuse_other_things(text, mapped)  # a full-width "@" or "/" or "1.2.3.4" shows only after the mapping
    labels = mapped.removesuffix(".").split(".")
    for label in labels:
        _refuse(text, _label_fault(label))
    name = ".".join(_ascii_label(text, label) for label in labels)
    _refuse(text, _name_fault(name))
    return name


def is_ascii_form(text: str) -> bool:
    """Say whether the text has the shape of an A-label name: lower-case LDH labels, at least two, lengths kept."""
    labels = text.split(".")
    return len(text) <= LONGEST_NAME and len(labels) > 1 and all(_is_ascii_label(label) for label in labels)


def invalid(text: str, what: str, hint: str) -> InputError:
    """Return the error for a text that is not a domain name."""
    return InputError("invalid_domain", f"{quoted(text)} is not a domain name we can use: {what}", hint)


def _refuse(text: str, fault: Fault | None) -> None:
    if fault:
        raise invalid(text, *fault)


def _refuse_other_things(text: str, form: str) -> None:
    for check in _OTHER_THINGS:
        _refuse(text, check(form))


def _empty(form: str) -> Fault | None:
    return None if form.strip() else ("it is empty", "Give a domain name, such as example.com.")


def _whitespace(form: str) -> Fault | None:
    for character in form:
        if character.isspace() or unicodedata.category(character) == "Cc":
            return f"it contains {named(character)}", "Leave out spaces, line breaks and control characters."
    return None


def _url(form: str) -> Fault | None:
    scheme = _SCHEME.match(form)
    return _a_url(form[scheme.end() :]) if scheme else None


def _ip_address(form: str) -> Fault | None:
    try:
        ipaddress.ip_interface(form.removesuffix(".").strip("[]"))
    except ValueError:
        if not _BRACKETED.fullmatch(form):
            return None
    return "it is an IP address", "Give the domain that the mail is sent from; SES verifies domains only."


def _path(form: str) -> Fault | None:
    segments = re.split(r"[/\\]", form)
    if len(segments) == 1 or not (form[0] in "/\\~" or {".", ".."} & set(segments[:-1])):
        return None
    return "it is a file path", "Give a domain name, such as example.com."


def _url_without_scheme(form: str) -> Fault | None:
    return _a_url(form) if "/" in form else None


def _a_url(rest: str) -> Fault:
    host = re.split(r"[/?#\\]", rest)[0].rpartition("@")[2]
    port = _PORT.fullmatch(host)
    return "it is a URL", f"Give only the host in it: {quoted(port.group(1) if port else host)}."


def _email_address(form: str) -> Fault | None:
    if "@" not in form:
        return None
    return "it is an e-mail address", f"Give only the part after the @: {quoted(form.rpartition('@')[2])}."


def _wildcard(form: str) -> Fault | None:
    if "*" not in form:
        return None
    return "it is a wildcard", "Name one domain; a verified domain covers its subdomains."


def _port(form: str) -> Fault | None:
    port = _PORT.fullmatch(form)
    return ("it ends with a port", f"Leave out the port: {quoted(port.group(1))}.") if port else None


def _character(form: str) -> Fault | None:
    for character in _FORBIDDEN.findall(form):
        if not _ALLOWED.match(character):
            return f"it contains {named(character)}", "Domain names are letters, digits, hyphens and dots."
    return None


_OTHER_THINGS: tuple[Callable[[str], Fault | None], ...] = (
    _empty,
    _whitespace,
    _url,
    _ip_address,
    _path,
    _url_without_scheme,
    _email_address,
    _wildcard,
    _port,
    _character,
)


def _map(text: str) -> str:
    if text.isascii():
        return text.lower()
    import idna  # noqa: PLC0415  # only for names outside ASCII: the Lambdas ship the standard library alone

    try:
        return idna.uts46_remap(text, std3_rules=False)
    except idna.IDNAError as error:
        reason = str(error).partition(" in ")[0]  # what follows repeats the whole text
        raise invalid(text, f"a character in it cannot stand in a domain name ({reason})", _IDN_HINT) from None


_IDN_HINT = "Check the spelling: the registrar shows the A-label (xn--...) of the name that is registered."


def _label_fault(label: str) -> Fault | None:
    if not label:
        return "it has an empty label (a dot at the start, or two in a row)", "Remove the extra dot."
    if "_" in label:
        return f"the label {quoted(label)} contains an underscore", (
            "Underscores stand only before records such as _dmarc; give the domain itself."
        )
    if label.startswith("-") or label.endswith("-"):
        return f"the label {quoted(label)} starts or ends with a hyphen", "Remove that hyphen."
    if _octets(label) > LONGEST_LABEL:
        return f"the label {quoted(label)} is {_octets(label)} octets long", f"A label has at most {LONGEST_LABEL}."
    return None


def _octets(label: str) -> int:
    return len(label) if label.isascii() else len("xn--") + len(label.encode("punycode"))


def _ascii_label(text: str, label: str) -> str:
    """Return the A-label; pure ASCII with hyphens at 3 and 4 is legal DNS, only `xn--` promises to decode."""
    if label.isascii() and not label.startswith("xn--"):
        return label
    import idna  # noqa: PLC0415  # only for names outside ASCII: the Lambdas ship the standard library alone

    try:
        encoded = idna.encode(idna.ulabel(label), uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        if label.isascii() and foreign_character(label):
            return label
        what = "does not decode" if label.isascii() else "is not valid"
        raise invalid(text, f"the label {quoted(label)} {what} ({error})", _hint_about(label)) from None
    if label.isascii() and encoded != label:
        raise invalid(text, f"the label {quoted(label)} does not decode to a name that encodes to it", _IDN_HINT)
    return encoded


def foreign_character(label: str) -> str:
    """Return the first character of a sound A-label that IDNA 2008 does not allow, empty when there is none.

    Registries sell such names, emoji above all: they are valid by UTS 46, as browsers read them, and only their A-label
    says without doubt which name is meant.
    """
    return next(filter(_is_foreign, _decoded(label)), "") if label.startswith("xn--") else ""


def _decoded(label: str) -> str:
    """Return what an A-label encodes, empty when that is another name's spelling or no name."""
    import idna  # noqa: PLC0415  # only for names outside ASCII: the Lambdas ship the standard library alone

    try:
        decoded = label.removeprefix("xn--").encode("ascii").decode("punycode")
        return decoded if _a_label(decoded) == label and idna.uts46_remap(decoded) == decoded else ""
    except (idna.IDNAError, UnicodeError):
        return ""


def _is_foreign(character: str) -> bool:
    import idna  # noqa: PLC0415  # as above

    try:
        idna.check_label(character)
    except idna.InvalidCodepoint:
        return True
    except idna.IDNAError:  # wrong where it stands alone, right beside others
        return False
    return False


def _a_label(label: str) -> str:
    return f"xn--{label.encode('punycode').decode('ascii')}"


def _hint_about(label: str) -> str:
    """Return what to do about a label that is not valid: give its A-label, where that would be taken."""
    if not label.isascii() and foreign_character(_a_label(label)):
        return f"If this very name is registered, give its A-label: {quoted(_a_label(label))} for {quoted(label)}."
    return _IDN_HINT


def _is_ascii_label(label: str) -> bool:
    return len(label) <= LONGEST_LABEL and _LABEL.fullmatch(label) is not None


def _name_fault(name: str) -> Fault | None:
    labels = name.split(".")
    if len(name) > LONGEST_NAME:
        return _too_long(len(name))
    if len(labels) == 1:
        return "it is a single label", "Give the full name, such as example.com."
    if labels[-1].isdigit():
        return "its last label is a number", "Give a name that ends in a top-level domain, such as example.com."
    return None


def _too_long(length: int) -> Fault:
    return f"it is {length} characters long", f"A name has at most {LONGEST_NAME}, in its A-label form."
