"""The record of a DKIM key that is the customer's own (BYODKIM), as receivers read it: RFC 6376 section 3.6.1."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping

from provisioner.core.checks.observed import NotSeen, Observed, Unseen, seen
from provisioner.core.dns.answers import Found, Unreachable
from provisioner.core.findings import Finding, Severity

_RECORD = "RFC 6376 section 3.6.1"
_LONG_FORM, _SHORT = 0x80, 2  # of a length in DER (X.690 section 8.1.3), behind the two bytes of tag and length
_SEQUENCE = 0x30


def check(observed: Observed) -> Iterator[Finding]:
    """Yield what receivers cannot use of the key that SES signs with."""
    status, dns = seen(observed.identity), seen(observed.dns)
    if status is None or status.key.selector is None:
        return
    name = observed.spec.domain.child(f"{status.key.selector}._domainkey")
    match dns.holds(name, "TXT"):
        case Unreachable(reason):
            raise NotSeen(Unseen(f"TXT {name}", "dns_unreachable", reason))
        case Found(values):
            yield from judge(name, values)
        case _:
            message = "there is none: SES signs with a key of your own by this selector, and nobody can verify it"
            yield _bad("record.absent", name, message, "publish the public key there: `v=DKIM1; p=...`", ())


def judge(name: str, values: tuple[str, ...]) -> Iterator[Finding]:
    """Yield what is wrong with the TXT values at a selector's name."""
    keys = [value for value in values if "p" in _tags(value)]
    if len(keys) != 1:
        message = f"{len(keys)} of its {len(values)} TXT values are keys, and there must be one: receivers take any"
        yield _bad("dkim.key_broken", name, message, "leave one value, `v=DKIM1; p=...`", values)
        return
    tags = _tags(keys[0])
    if not tags["p"]:
        message = "the key is empty, which means that it was revoked: every signature fails"
        yield _bad("dkim.revoked", name, message, "publish the public key of the private one that SES has", values)
        return
    fault = _fault(tags)
    if fault:
        remedy = "publish it whole: where it is longer than 255 characters, in several strings of one value"
        yield _bad("dkim.key_broken", name, f"receivers cannot read the key: {fault}", remedy, values)
    if "y" in tags.get("t", "").split(":"):
        message = "it says t=y, that DKIM is only tried out here: receivers may treat signed mail as unsigned"
        yield _bad("dkim.test_mode", name, message, "take t=y out of the record", values, Severity.WARNING)


def _tags(value: str) -> Mapping[str, str]:
    """Return the tags of a key record without the white space that may stand anywhere in them."""
    pairs = (part.partition("=") for part in value.split(";"))
    return {name.strip(): "".join(rest.split()) for name, sign, rest in pairs if sign}


def _fault(tags: Mapping[str, str]) -> str:
    if tags.get("v", "DKIM1") != "DKIM1":
        return f"its version is {tags['v']}, and must be DKIM1"
    if tags.get("k", "rsa").lower() != "rsa":
        return f"it is of the kind {tags['k']}, and SES signs with RSA"
    characters = f"{len(tags['p'])} characters"
    try:
        key = base64.b64decode(tags["p"], validate=True)
    except binascii.Error:
        return f"its {characters} are no base64, as when the end is cut off"
    return "" if _is_whole(key) else f"its {characters} are not a whole RSA key, as when the end is cut off"


def _is_whole(key: bytes) -> bool:
    """Say whether the outermost structure of a key in DER is as long as it says."""
    if len(key) <= _SHORT or key[0] != _SEQUENCE:
        return False
    if key[1] < _LONG_FORM:
        return len(key) == _SHORT + key[1]
    head = _SHORT + key[1] - _LONG_FORM
    return len(key) == head + int.from_bytes(key[_SHORT:head], "big")


def _bad(  # noqa: PLR0913, PLR0917 - a finding has as many
    fault: str,
    name: str,
    message: str,
    remedy: str,
    values: tuple[str, ...],
    severity: Severity = Severity.ERROR,
) -> Finding:
    return Finding(fault, severity, f"TXT {name}", message, remedy, _RECORD, {"found": list(values)})
