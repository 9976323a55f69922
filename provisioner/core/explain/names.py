"""Finds the names that commands need in a text: the domain that is ours, and the recipient's address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from provisioner.core.explain.verification import FREE_MAIL
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError

_NAME = r"(?P<name>(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9])"
_OURS = (  # the first that names exactly one domain decides
    rf"identity/(?:[^\s'\"@,/]+@)?{_NAME}",
    rf"failed the check in region [a-z0-9-]+:? ?(?:[^:]*?@)?{_NAME}",
    rf"\bidentity <?{_NAME}",
    rf"sending domain \[?{_NAME}",
    rf"unauthenticated e-?mail from {_NAME}",
    rf"\b(?:due to|by|because of) {_NAME}'?s? dmarc",
    rf"\bfrom[:=] ?[^@]{{0,80}}?@{_NAME}",
    rf"\b(?:sender|return-path)\W[^@:]{{0,40}}@{_NAME}",
)
_RECIPIENT = (
    r"\b(?:to|recipient)[=:]\W{0,3}<?(?P<name>[^\s<>,;()\"']+@[^\s<>,;()\"']+\w)",
    r"rcpt to:? ?<(?P<name>[^\s<>]+@[^\s<>]+)>",
    r"final-recipient: ?rfc822; ?(?P<name>[^\s<>;]+@[^\s<>;]+\w)",
    r"<(?P<name>[^\s<>@]+@[^\s<>@]+)>:",
)
_OTHERS = re.compile(rf"(?:^|\.){FREE_MAIL}$|amazonses\.com$|amazonaws\.com$|(?:^|\.)google\.com$", re.IGNORECASE)


def named_in(line: str, given: DomainName | None) -> dict[str, str]:
    """Return `domain` and `address` as far as a text on one line, or the user, names them."""
    named = {}
    domain = given.ascii if given else _our_domain(line)
    if domain:
        named["domain"] = domain
    for pattern in _RECIPIENT:
        if found := re.search(pattern, line, re.IGNORECASE):
            named["address"] = found["name"]
            break
    return named


def _our_domain(line: str) -> str | None:
    for pattern in _OURS:
        found = set(_domains(pattern, line))
        if len(found) == 1:
            return found.pop()
    return None


def _domains(pattern: str, line: str) -> Iterator[str]:
    for match in re.finditer(pattern, line, re.IGNORECASE):
        if not _OTHERS.search(match["name"]):
            try:
                yield DomainName.parse(match["name"]).ascii
            except InputError:
                continue
