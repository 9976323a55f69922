"""What Gmail says when mail leaves it by an alias ("Send mail as"), and what people say of such an alias.

Sources: Gmail's help, "Send emails from a different address or alias"; the notices are quoted in public reports.
"""

from __future__ import annotations

from provisioner.core.explain import references as see
from provisioner.core.explain.commands import EXPORT_GMAIL, RECORDS, VERIFY
from provisioner.core.explain.explanation import Layer, Row

_EDIT = (
    "in Gmail: Settings, Accounts, edit info of the alias: host email-smtp of the domain's region, port 587, "
    "TLS, and the "
    "user name and password of the export"
)
IS_ALIAS = (
    r"customfromdenied|send(?:ing)? mail as'?|'send as'|senden als|envoyer en tant que|enviar como|"
    r"different address or alias|anderen? (?:e-mail-)?adresse oder .{0,12}alias|relay (?:is )?misconfigured or "
    r"out of date"
)

ALIAS_NOTICE = Row(
    IS_ALIAS,
    Layer.GMAIL_ALIAS,
    "Gmail could not hand the message to the SMTP server of the alias; SES never saw it, or refused it, and the "
    "notice goes "
    "to the Gmail account, not to the alias. Mostly the password was rotated and Gmail still has the old one",
    _EDIT,
    (EXPORT_GMAIL, VERIFY),
    see.GMAIL_ALIAS,
)

ALIAS_DIALOG: tuple[Row, ...] = (
    Row(
        r"tls negotiation failed.{0,60}certificate|certificate does(?:n't| not) match the host",
        Layer.GMAIL_ALIAS,
        "the host name that was typed is an alias of the endpoint (such as smtp.DOMAIN), so that its "
        "certificate does not match",
        "type the host itself: email-smtp.REGION.amazonaws.com",
        (EXPORT_GMAIL,),
        see.REPORTS,
    ),
    Row(
        r"does not advertise auth|no auth (?:mechanism|capability).{0,30}advertised",
        Layer.GMAIL_ALIAS,
        "the server offers no login on that connection: the alias has no TLS, or names another server or port",
        _EDIT,
        (EXPORT_GMAIL,),
        see.REPORTS,
    ),
    Row(
        r"authentication failed\.? please check your (?:username|user name)/?(?: and |/| or )?password",
        Layer.GMAIL_ALIAS,
        "the login of the alias was refused: mostly the secret key was pasted in place of the SMTP password",
        "paste the SMTP password: 44 characters beginning with B",
        (VERIFY, EXPORT_GMAIL),
        see.REPORTS,
        (
            Row(
                "",
                Layer.SMTP_ENDPOINT,
                "535: user name or password is wrong for that region",
                "let the stored credential be tried",
                (VERIFY,),
                see.CREDENTIALS,
            ),
        ),
    ),
    Row(
        r"could(?:n't| not) reach (?:the )?server\.? please double-?check",
        Layer.GMAIL_ALIAS,
        "Gmail does not reach the server that was typed: a wrong region name in the host, or port 25",
        "type the host email-smtp.REGION.amazonaws.com and port 587",
        (EXPORT_GMAIL,),
        see.REPORTS,
    ),
)

ALIAS_WORDS: tuple[Row, ...] = (
    Row(
        (
            r"(?:confirmation|verification|best(?:ä|ae)tigungs).{0,12}(?:code|link|e-?mail)",
            r"alias|send mail as|senden als",
            r"never|not\b|n't|nicht|nie\b",
        ),
        Layer.GMAIL_ALIAS,
        "the domain has no mailbox that could receive the confirmation code: SES sends only",
        "make the mailbox, or forward the address to one, then ask Gmail for the code again",
        (RECORDS,),
        see.GMAIL_ALIAS,
    ),
    Row(
        r"\b(?:via|über) gmail\.com|\bvia googlemail\.com|(?:alias|recipients?|shows?|shown|sees?|gmail|empf(?:ä|"
        r"ae)nger).{0,60}(?:on behalf of|im auftrag von)",
        Layer.GMAIL_ALIAS,
        "the alias is set up to send through Gmail's servers, so that recipients see `via gmail.com`",
        "edit the alias: choose to send through your SMTP server, with the domain's credential",
        (EXPORT_GMAIL,),
        see.GMAIL_ALIAS,
    ),
    Row(
        (
            r"\b(?:gmail|google mail)\b",
            r"\balias(?:es)?\b",
            r"\b(?:not|no longer|never|nothing|stopped|fail\w*|errors?|misconfigured|broken|nicht)\b|n't\b",
        ),
        Layer.GMAIL_ALIAS,
        ALIAS_NOTICE.cause,
        _EDIT,
        ALIAS_NOTICE.commands,
        see.GMAIL_ALIAS,
    ),
)
