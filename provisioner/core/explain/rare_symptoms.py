"""Symptoms that a text tells with several things of its own: looked for before those that many texts tell.

A row is known by several things that have to be said together; words that mail has in common with everything else are
never enough.
"""

from __future__ import annotations

from provisioner.core.explain import references as see
from provisioner.core.explain.commands import (
    ACCOUNT,
    DMARC_TIDY,
    EXPORT,
    LOOK,
    METRICS,
    PAUSE,
    STATUS,
    SUPPRESSED,
    VERIFY,
)
from provisioner.core.explain.explanation import Layer, Row
from provisioner.core.explain.symptom_words import ARRIVE, MAIL, MISSING, NOT

S, T, D, P, R, C = (
    Layer.SES,
    Layer.SMTP_ENDPOINT,
    Layer.DNS,
    Layer.RECIPIENT_POLICY,
    Layer.RECIPIENT_SERVER,
    Layer.CLIENT,
)

_PEOPLE = r"(?:people|recipients?|subscribers?|readers?|customers?|users?|empf(?:ä|ae)nger|kunden)"

RARE: tuple[Row, ...] = (
    Row(
        (
            MAIL,
            rf"\b{_PEOPLE} (?:\w+ )?(?:mark|report|flag|press|click)\w*\b.{{0,40}}\bspam\b|"
            rf"\b(?:marked|reported|flagged)\b.{{0,25}}\bspam\b.{{0,12}}\bby (?:\w+ )?{_PEOPLE}\b",
        ),
        P,
        "complaints: recipients press `spam`, mostly because they never asked for the mail, or cannot leave it with "
        "one click; AWS reviews the account from 0.1 %, and Gmail tells SES of none",
        "see how high the rate is, stop that mail, and take those who complained off the list; never write to them",
        (METRICS, PAUSE),
        see.PAUSING,
    ),
    Row(
        (
            r"\btests?\b.{0,40}" + ARRIVE + r"|\btests?\b.{0,30}\b(?:works?|fine|ok)\b|(?:to|mail) (?:myself|my own)",
            r"customer|client|others|everybody else|real (?:mail|recipient)",
            NOT,
        ),
        S,
        "the account is in SES's sandbox: it writes to verified recipients only, as your own address is",
        "see whether it is, and ask AWS for production access",
        (ACCOUNT,),
        see.SANDBOX,
    ),
    Row(
        (
            r"laptop|my (?:own )?(?:machine|computer|pc)|locally|localhost|at home",
            r"server|production|hosting|\bvps\b|ec2|container|docker|cloud",
            NOT,
            r"send\w*|sent|mail|smtp|connect|(?:^|\bit |\bthis |everything |script |form )works?\b",
        ),
        C,
        "port 25 or all outgoing SMTP is blocked where the server stands",
        "use port 587 or 2587, and ask the host to open it",
        (EXPORT, VERIFY),
        see.CONNECTING,
    ),
    Row(
        (r"via amazonses|via email\.amazonses|amazonses\.com"),
        D,
        "DKIM is not aligned: signing is off for the domain, or its records are missing, so that Gmail shows "
        "SES's own signature",
        "check the DKIM records and whether signing is on",
        LOOK,
        see.DKIM,
        (
            Row(
                "",
                S,
                "the mail is sent by an identity of its own (an address identity), which overrides the domain's",
                "see which identity sends; delete the address identity",
                (STATUS,),
                see.IDENTITIES,
            ),
        ),
    ),
    Row(
        (
            r"failure reports?|\bruf\b|forensic",
            r"inbox|mailbox|full|flood\w*|thousands|hundreds|many|single|"
            r"postfach",
        ),
        D,
        "the DMARC record asks for single failure reports: `ruf`, and `fo=1`",
        "take `ruf` out of the record; aggregate reports (`rua`) are enough",
        (DMARC_TIDY,),
        "RFC 9991",
    ),
    Row(
        (
            r"password[- ]reset|passwort|one (?:customer|user|recipient|person|address)|einzelne[rn]? kund",
            MISSING,
            r"no bounce|without (?:a )?bounce|silently|bounce",
        ),
        S,
        "that address is on the suppression list: SES accepts the mail and drops it, without a bounce to you",
        "look it up; when the mailbox works again, take it off the list",
        (SUPPRESSED,),
        see.SUPPRESSION,
    ),
    Row(
        (
            r"repl(?:y|ies)\b|\banswers?\b|antworten?\b",
            r"bounc\w*|" + MISSING + r"|rejected|returned",
            r"our (?:e-?mail|mail|message|newsletter|domain)|to (?:us|our|the domain)|mail",
        ),
        R,
        "the domain has no mailbox: no MX record that receives, because SES sends only",
        "set a Reply-To that has a mailbox, or give the domain one",
        LOOK,
        see.REPLIES,
    ),
    Row(
        (
            r"\bsome\b|\bnot all\b|einige",
            r"signed|signature|dkim",
            r"\bonly some\b|\bsome\b.{0,60}(?:not|un-?signed|n't)|others? (?:are |is )?not|\bnot\b",
        ),
        S,
        "an address identity or a subdomain identity overrides the domain's, or another system sends as the domain",
        "see what sends as the domain, and delete identities that override it",
        LOOK,
        see.DKIM,
    ),
    Row(
        (r"forward\w*|weitergeleitet\w*", r"\bspf\b|dmarc", r"fail\w*|break\w*|reject\w*|not pass|softfail"),
        P,
        "forwarding changes the sending server, so that SPF fails at the last recipient; the DKIM signature carries it",
        "nothing: keep `~all`, and DKIM on",
        LOOK,
        "RFC 7960",
    ),
    Row(
        (
            r"\bopens?\b|tracking|tracked",
            r"links?\b|clicks?\b",
            r"dead|broken|404|not work|n't work|fail\w*|error|nowhere|zero|no clicks",
        ),
        D,
        "the tracking domain's CNAME is missing or wrong: links lead to it",
        "check the record of the tracking domain",
        LOOK,
        "docs.aws.amazon.com/ses/latest/dg/configure-custom-open-click-domains.html",
    ),
    Row(
        (
            r"twice|two times|duplicate\w*|two copies|doppelt|double",
            MAIL + r"|every notification|^\W*everything\b.{0,30}(?:twice|double)|(?:bounce|complaint|ses) notices?|"
            r"(?:ses|bounce|"
            r"complaint|delivery) events?|"
            r"alles doppelt",
        ),
        C,
        "two plug-ins send, or notices come by SNS feedback of the identity and by event publishing both",
        "switch one of the two off",
        (STATUS,),
        see.NOTICES,
    ),
    Row(
        (
            r"which (?:script|program|site|application|app|plugin|system|server)|who (?:is )?send\w*|nobody "
            r"knows|wer schickt|what is sending",
            r"send\w*|schickt|versend\w*",
            r"@|\bas\b|address|info\b|domain|mail",
        ),
        Layer.IAM,
        "several programs share one sender: its credential and address say nothing of which of them it was",
        "give each a sender of its own: `new-domain --sender NAME=LOCALPART`",
        (STATUS, METRICS),
        see.CREDENTIALS,
    ),
    Row(
        (
            r"\bone\b.{0,40}(?:compan\w+|recipient|domain|provider|organi[sz]ation|customer)|(?:compan\w+|"
            r"organi[sz]ation)\b.{0,40}\balone",
            r"refus\w*|reject\w*|block\w*|bounc\w*|does(?:n't| not) accept",
            r"all (?:the )?others?|everyone else|everybody else|others (?:get|receive)",
        ),
        P,
        "a rule of that recipient's organisation; it is not our authentication, which all others accept",
        "explain the bounce that they send, and ask their administrator",
        (METRICS,),
        see.REPLIES,
    ),
)
