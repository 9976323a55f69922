"""Reads a text by the tables: what it is an answer to, who spoke, and what was wrapped around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from provisioner.core.explain.api_errors import SES_ERRORS
from provisioner.core.explain.clients import CLIENTS
from provisioner.core.explain.codes import code_in
from provisioner.core.explain.event_rows import NOT_FINAL
from provisioner.core.explain.events import Event, event_in
from provisioner.core.explain.explanation import Explanation, Layer, Row
from provisioner.core.explain.gmail_alias import ALIAS_DIALOG, ALIAS_NOTICE, ALIAS_WORDS
from provisioner.core.explain.iam_errors import IAM_ERRORS
from provisioner.core.explain.mailboxes import MAILBOXES
from provisioner.core.explain.names import named_in
from provisioner.core.explain.other_policies import ANY_SERVER, PROVIDERS
from provisioner.core.explain.policies import GMAIL, MICROSOFT
from provisioner.core.explain.said import one_line
from provisioner.core.explain.smtp_replies import SMTP_REPLIES, SUPPRESSED_BY_SES
from provisioner.core.explain.symptoms import SYMPTOMS
from provisioner.core.explain.verification import VERIFICATION
from provisioner.core.explain.wrappers import LAST_OF_CLIENTS, WRAPPERS
from provisioner.core.values.domain import DomainName

OURS = (*VERIFICATION, *IAM_ERRORS, *SMTP_REPLIES, *SES_ERRORS)  # SES's and IAM's own texts
THEIRS = (*GMAIL, *MICROSOFT, *PROVIDERS, *MAILBOXES, *ANY_SERVER)
TABLES = (
    *SUPPRESSED_BY_SES,
    *OURS,
    *THEIRS,
    *ALIAS_DIALOG,
    ALIAS_NOTICE,
    *ALIAS_WORDS,
    *CLIENTS,
    *LAST_OF_CLIENTS,
    *WRAPPERS,
    *SYMPTOMS,
)

_ABOUT_MAIL = re.compile(  # then words of a judgement may be a server's
    r"smtp;|\bsaid:|rcpt|gsmtp|\boutlook\.com|recipient|mailbox|e-?mail|\bsender|\bdmarc\b(?! failure reports?)|"
    r"\bdkim|"
    r"\bspf\b|remote (?:host|server)|delivery error|dnsbl|\bmx\b|your message|message (?:was|has been) |"
    r"postmaster|messages from ",
    re.IGNORECASE,
)
_ABOUT_DELIVERY = re.compile(  # then words about users and addresses may be a server's
    r"smtp;|\bsaid:|rcpt|gsmtp|recipient|mailbox|deliver|your message|tried to reach|user unknown|relay(?:ing)? |"
    r"over ?quota|gr[ae]y-?list|nosuchuser|mail server|remote (?:host|server)|bounce|postfach|null ?mx|\bmx\b|"
    r"dnsbl|zugestellt|"
    r"\bdsn=|e-?mail[- ]adresse|e-?mail (?:address|account)|addressee|mail loop|hop count",
    re.IGNORECASE,
)
_OF_ENDPOINT = re.compile(r"email-smtp\.", re.IGNORECASE)


def explain(text: str, domain: DomainName | None = None) -> tuple[Explanation, ...]:
    """Return what the text means, most likely first; nothing when no table knows it.

    `domain` is the one that commands name; without it, what the text itself says to be ours.
    """
    event, line = event_in(text), one_line(text)
    named = named_in(line, domain) | (_named_by(event, domain) if event else {})
    found = _of_event(event, line, named) if event else _of_line(line, named)
    return tuple(dict.fromkeys(found))


def _named_by(event: Event, domain: DomainName | None) -> dict[str, str]:
    named = {"address": event.named["address"]} if "address" in event.named else {}
    return named | ({} if domain else named_in(f"From: {event.named.get('source', '')}", None))


def _of_event(event: Event, line: str, named: Mapping[str, str]) -> list[Explanation]:
    found: list[Explanation] = []
    if event.delayed:
        found += NOT_FINAL.explanations(named)
    said = [] if event.decides else [one for text in event.texts for one in _of_reply(one_line(text), named)]
    if event.row is None or (said and not event.decides):
        found += said + (list(event.row.explanations(named)) if event.row else [])
    else:
        found += event.row.explanations(named)
    return found or _of_line(line, named)


def _of_reply(line: str, named: Mapping[str, str]) -> list[Explanation]:
    """Return what a server's reply means, whatever table knows it."""
    row_and_names = _first((*SUPPRESSED_BY_SES, *THEIRS, *OURS), line)
    if row_and_names:
        row, more = row_and_names
        return list(row.explanations({**named, **more}))
    code = code_in(line)
    return list(code.row().explanations(named)) if code else []


def _of_line(line: str, named: Mapping[str, str]) -> list[Explanation]:
    inner = _inner(line, named)
    outer = _outer(line, named)
    if inner:
        return [*inner, *outer[:1]]
    alone = [*_known(ALIAS_WORDS, line, named), *_alias(line, named)]
    return alone or _known(LAST_OF_CLIENTS, line, named) or _known(SYMPTOMS, line, named)


def _inner(line: str, named: Mapping[str, str]) -> list[Explanation]:
    """Return the cause: what somebody said inside of whatever stands around it."""
    spoken = code_in(line)
    told = (*GMAIL, *MICROSOFT, *PROVIDERS) if spoken or _ABOUT_MAIL.search(line) else ()
    generic = (*MAILBOXES, *ANY_SERVER) if spoken or _ABOUT_DELIVERY.search(line) else ()
    for table in (SUPPRESSED_BY_SES, told, OURS, ALIAS_DIALOG, CLIENTS, generic):
        if found := _known(table, line, named):
            return found
    if spoken is None:
        return []
    row = spoken.row()
    if row.layer is Layer.RECIPIENT_SERVER and (_alias(line, named) or _OF_ENDPOINT.search(line)):
        row = replace(row, layer=Layer.SMTP_ENDPOINT)
    return list(row.explanations(named))


def _alias(line: str, named: Mapping[str, str]) -> list[Explanation]:
    return _known((ALIAS_NOTICE,), line, named)


def _outer(line: str, named: Mapping[str, str]) -> list[Explanation]:
    return _alias(line, named) or _known(WRAPPERS, line, named)


def _known(table: Iterable[Row], line: str, named: Mapping[str, str]) -> list[Explanation]:
    found = _first(table, line)
    return list(found[0].explanations({**named, **found[1]} | _given(named))) if found else []


def _given(named: Mapping[str, str]) -> dict[str, str]:
    """Return the domain that was found before: an option or an identity outweighs what a row takes for one."""
    return {"domain": named["domain"]} if "domain" in named else {}


def _first(table: Iterable[Row], line: str) -> tuple[Row, dict[str, str]] | None:
    for row in table:
        named = row.match(line)
        if named is not None:
            return row, named
    return None
