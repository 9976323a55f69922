"""Finds the code of an SMTP reply in a text, and never takes a number of everyday life for one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from provisioner.core.explain.explanation import Row
from provisioner.core.explain.status_code import KNOWN_REPLIES, Enhanced, row_of_reply

_ENHANCED = r"(?<![\d.])(?P<kind>[245])\.(?P<subject>\d{1,3})\.(?P<detail>\d{1,3})(?!\.?\d)(?! ?(?:alpha|beta|rc\d))"
_REPLY = r"(?<![\w.,$€£-])(?P<reply>[245]\d\d)(?![\w.,]*\d)"
_REST = (
    r"\b(?:mailbox|recipient|sender|user|address|relay\w*|reject\w*|denied|refus\w*|block\w*|unknown|"
    r"unavailable|policy|"
)
_REST += r"accept\w*|no such|requested (?:mail )?action|do(?:es)?(?: not|n't) exist|gr[ae]y-?list\w*|try again|"
_REST += r"syntax|"
_REST += (
    r"authenti\w+|service|command|spam|message|quota|full|invalid|clos\w+|temporar\w+|deferred|blacklist\w*|"
    r"listed|mx|"
)
_REST += r"dmarc|spf|dkim|tim(?:eout|ed out)|too (?:many|big|large|long)|inactive|disabled|unrout\w+|deliver\w*|"
_REST += r"requires?|access|mail|smtp|bounced?|expired)\b"
_COUNTED = (
    r"(?!(?:of|people|mails?|emails?|percent|per cent|euros?|dollars?|ms|kb|mb|gb|px|(?!access|address|this|its|"
    r"dns)[a-z]+s)\b)"
)
_PHRASE = (
    r"(?:what|is|does|do|mean|means|was|bedeutet|hei(?:ß|ss)t|the|an?|smtp|dsn|ndr|bounced?|mail|e-?mail|error|fehler"
)
_PHRASE += r"|code|status|enhanced|reply|response|with|mit|got|i|we|server)"
_SAID = (
    r"(?:said|says|replied|responded|returned|answered|response was|antwort\w*(?: war| lautete?)?|message was|"
    r"server message)"
)

_PAIR = rf"{_REPLY}[- ]+[(\[#'\"]*{_ENHANCED}"
_MARKED = (
    rf"(?:dsn\s*[=:]|status(?:[ -]?code)?[\"']?\s*[:=]|smtp;|#<?|info:|enhanced[\w ]*code\W|error|code|"
    rf"{_SAID})\W{{0,3}}{_ENHANCED}"
)
_ALONE = rf"^\W*(?:{_PHRASE}\W+)*{_ENHANCED}(?:\W+{_PHRASE})*\W*$"
_IN_FRONT = rf"^\W*{_ENHANCED}\W+(?=.{{0,160}}{_REST})"
_MARKED_REPLY = (
    rf"(?:(?:smtp|reply|response|return|status|error|got)[ _-]?(?:error |reply |response )?code[\"']?\W{{1,4}}|"
    rf"\bsmtp(?: error)?\W{{1,3}}"
    rf"|responsecode[\"']?\W{{1,4}}|smtp;\W*|diagnostic[- ]code\W+(?:smtp\W+)?|{_SAID}[:,]?\W{{0,3}})"
    rf"{_REPLY}"
)
_AFTER_COMMAND = (
    r"(?:rcpt to|mail from|end of data|after data|pipelined "
    rf"data)\b[^:]{{0,80}}:(?:<[^>]*>:?)?\W*{_REPLY}"
)
_REPLY_ALONE = rf"^\W*(?:{_PHRASE}\W+)*{_REPLY}(?:\W+{_PHRASE})*\W*$"
_REPLY_IN_FRONT = rf"(?:^\W*|[:>)\]]\s*[\"'(]?){_REPLY}(?:-| +-? *){_COUNTED}(?=.{{0,160}}{_REST})"

_MAIL = re.compile(
    r"smtp|\be?-?mails?\b|bounc|rcpt|helo|ehlo|recipient|mailbox|dsn|postfix|exim|command", re.IGNORECASE
)
_VERSION = re.compile(
    r"(?:version|release|\bv|php|wordpress|wp|plugin|updated?|upgrade\w*|python|node|postfix|exim)[ :]*(?:to )?$",
    re.IGNORECASE,
)
_HTTP = range(500, 505)  # a web server says these too

_WITH_ENHANCED = [re.compile(pattern, re.IGNORECASE | re.DOTALL) for pattern in (_PAIR, _MARKED, _ALONE, _IN_FRONT)]
_WITH_REPLY = [
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (_MARKED_REPLY, _AFTER_COMMAND, _REPLY_ALONE, _REPLY_IN_FRONT)
]


@dataclass(frozen=True, slots=True)
class Code:
    """What a text names: a reply code, an enhanced status code, or both."""

    reply: int | None
    enhanced: Enhanced | None

    def row(self) -> Row:
        """Return what is said of it."""
        return self.enhanced.row(self.reply) if self.enhanced else row_of_reply(self.reply or 0)


def code_in(text: str) -> Code | None:
    """Return the code of the reply in a text that is on one line, None when there is none."""
    enhanced, reply = _enhanced_in(text), _reply_in(text)
    return Code(reply, enhanced) if enhanced or reply else None


def _enhanced_in(text: str) -> Enhanced | None:
    for pattern in _WITH_ENHANCED:
        for found in pattern.finditer(text):
            if not _VERSION.search(text[: found.start("kind")]) and _is_about_mail(text, found):
                return Enhanced(int(found["kind"]), str(int(found["subject"])), str(int(found["detail"])))
    return None


def _is_about_mail(text: str, found: re.Match[str]) -> bool:
    """Say whether a marked code may be one: `error 5.1.1` alone may be anything's version."""
    if "reply" in found.re.groupindex or found.re is not _WITH_ENHANCED[1]:
        return True
    return not re.match(r"(?:error|code)\b", found[0], re.IGNORECASE) or bool(_MAIL.search(text))


def _reply_in(text: str) -> int | None:
    for pattern in (_WITH_ENHANCED[0], *_WITH_REPLY):
        for found in pattern.finditer(text):
            code = int(found["reply"])
            if code in KNOWN_REPLIES and (_is_sure(pattern, found, code) or _MAIL.search(text)):
                return code
    return None


def _is_sure(pattern: re.Pattern[str], found: re.Match[str], code: int) -> bool:
    """Say whether a reply code is one whatever else the text says: a web server, a printer have error codes too."""
    if pattern is _WITH_ENHANCED[0] or (pattern is _WITH_REPLY[2] and code not in _HTTP):
        return True
    return code not in _HTTP and not re.match(r"(?:error|status|return|got)\b", found[0], re.IGNORECASE)
