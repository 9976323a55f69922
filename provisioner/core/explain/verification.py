"""What SES says when an address is not verified: by whose address it is, the cause is another.

Sources: SES developer guide, "Amazon SES SMTP issues" and "Amazon SES email sending errors"; texts that no page quotes
are from public reports, and say so.
"""

from __future__ import annotations

from provisioner.core.explain import references as see
from provisioner.core.explain.commands import (
    ACCOUNT,
    EXPORT_WORDPRESS,
    ONBOARD,
    PRODUCTION,
    STATUS,
)
from provisioner.core.explain.explanation import Layer, Row

FREE_MAIL = (
    r"(?:gmail|googlemail|outlook|hotmail|live|msn|yahoo|ymail|aol|icloud|me|mac|gmx|web|t-online|freenet|"
    r"proton|protonmail|"
    r"qq|163|126|mail|yandex)\.(?:com|de|net|at|ch|me|ru|org|co\.\w\w|fr|it|es)\b"
)
_NOT_VERIFIED = (
    r"(?:e-?mail address|(?<!from )domain|identity|addresses?)(?: [\w.@-]+\.\w+)? (?:is|are) not verified|"
    r"identities failed the check"
)
_FAILED = r"failed the check in region (?P<region>[a-z]{2}(?:-[a-z]+)+-\d)"

_SANDBOX = Row(
    "",
    Layer.SES,
    "the account is in SES's sandbox in {region}: it may write to verified addresses only, and a recipient is not one",
    "ask AWS for production access; until then send to verified addresses or SES's mailbox simulator",
    (ACCOUNT, PRODUCTION),
    see.SANDBOX,
)
_UNVERIFIED = Row(
    "",
    Layer.SES,
    "the sender (From, Sender or Return-Path) is not verified in {region}: another region, a domain that was "
    "never put on SES there, or verification that is still pending",
    "send through the region where the domain is verified, or put it on SES there",
    (STATUS, ONBOARD),
    see.ERRORS,
)
_VISITOR = Row(
    "",
    Layer.SES,
    "a contact form sends as its visitor: that From address is not verified, and cannot be",
    "force the From address of the domain in the plug-in, and put the visitor's address into Reply-To",
    (EXPORT_WORDPRESS,),
    see.ERRORS,
)
_WORDPRESS = Row(
    "",
    Layer.CLIENT,
    "WordPress's own From address (wordpress@ and the site's host name) is used: no plug-in or constant sets another",
    "set the From address and force it, as the constants of the export do",
    (EXPORT_WORDPRESS,),
    see.WORDPRESS,
)
VERIFICATION: tuple[Row, ...] = (
    Row(
        (_NOT_VERIFIED, r"\bwordpress@"),
        Layer.SES,
        "WordPress's own From address (wordpress@...) is not verified: no plug-in or constant sets another",
        "set the From address of the domain and force it, as the constants of the export do",
        (EXPORT_WORDPRESS,),
        see.WORDPRESS,
        (_WORDPRESS,),
    ),
    Row(
        (_NOT_VERIFIED, _FAILED + r"[^:]*:.*@" + FREE_MAIL),
        Layer.SES,
        _SANDBOX.cause,
        _SANDBOX.remedy,
        _SANDBOX.commands,
        see.SANDBOX,
        (_VISITOR, _UNVERIFIED),
    ),
    Row(
        (_NOT_VERIFIED, r"visitor|contact form|kontaktformular|besucher|reply-to|" + FREE_MAIL),
        Layer.SES,
        _VISITOR.cause,
        _VISITOR.remedy,
        _VISITOR.commands,
        see.ERRORS,
        (_SANDBOX, _UNVERIFIED),
    ),
    Row(
        (_NOT_VERIFIED, _FAILED + r"[^:]*:.*(?:\.\.\.|,\s*\.\.)"),
        Layer.SES,
        _UNVERIFIED.cause + "; the list ends in `...`: more addresses failed than it shows",
        _UNVERIFIED.remedy,
        _UNVERIFIED.commands,
        see.ERRORS,
        (_SANDBOX,),
    ),
    Row(
        (_NOT_VERIFIED, _FAILED),
        Layer.SES,
        _UNVERIFIED.cause,
        _UNVERIFIED.remedy,
        _UNVERIFIED.commands,
        see.ERRORS,
        (_SANDBOX,),
    ),
    Row(_NOT_VERIFIED, Layer.SES, _UNVERIFIED.cause, _UNVERIFIED.remedy, _UNVERIFIED.commands, see.ERRORS, (_SANDBOX,)),
)
