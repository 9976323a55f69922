"""Symptoms in people's words: what it mostly is, most likely first.

A row is known by several things that have to be said together; words that mail has in common with everything else are
never enough.
"""

from __future__ import annotations

from provisioner.core.explain import references as see
from provisioner.core.explain.commands import (
    ACCOUNT,
    DMARC,
    DRIFT,
    LOOK,
    METRICS,
    ONBOARD,
    PAUSE,
    SEND_TEST,
    STATUS,
    SUPPRESSED,
    VERIFY,
)
from provisioner.core.explain.explanation import Layer, Row
from provisioner.core.explain.rare_symptoms import RARE
from provisioner.core.explain.symptom_words import DAYS, MAIL, MISSING, NOT, SPAM, SPIKE, STAYS

S, T, D, P, R, C = (
    Layer.SES,
    Layer.SMTP_ENDPOINT,
    Layer.DNS,
    Layer.RECIPIENT_POLICY,
    Layer.RECIPIENT_SERVER,
    Layer.CLIENT,
)
_UNDELIVERED = (
    Row(
        "",
        S,
        "sending is paused, for the domain's configuration set or for the account",
        "see how the domain stands, and let it send again",
        (STATUS, ACCOUNT),
        see.PAUSING,
    ),
    Row(
        "",
        S,
        "the addresses are on the suppression list: SES accepts such mail and drops it",
        "look one of the addresses up",
        (SUPPRESSED,),
        see.SUPPRESSION,
    ),
    Row(
        "",
        D,
        "the domain is not verified any more, or not yet: its records are missing",
        "check the records",
        LOOK,
        see.DKIM,
    ),
)


COMMON: tuple[Row, ...] = (
    Row(
        (
            r"bounces\b|bounce[- ]rate|complaint[- ]rate|spike (?:of|in) (?:bounces|complaints)|"
            r"\b(?:bounce|complaint) (?:spike|surge|peak)s?\b|"
            r"complaints\b.{0,80}\b(?:mails?|e-?mails?|ses|aws|bounces?|spam|newsletter)\b|"
            r"^(?!.*(?:about|from|neighb|customer))(?:[a-z]{1,20}\W{1,3}){0,3}?complaints\b(?:\W{1,3}\w{1,20}){0,3}\W{0,9}$",
            SPIKE + r"|rate is|over \d|above \d|\d ?%|warning|under review|probation|\bpeaks?\b|"
            r"\b(?:so many|many|lots of|full of|hundreds of|thousands of) (?:\w+ )?bounces\b(?! of)",
        ),
        S,
        "bounces or complaints spike: an old or harvested list of addresses, or a form that was hacked; AWS "
        "reviews the "
        "account from 5 % bounces or 0.1 % complaints",
        "see which domain it is and pause it, then clean its list",
        (METRICS, PAUSE, ACCOUNT),
        see.PAUSING,
        (
            Row(
                "",
                R,
                "one provider refuses everything for now",
                "explain one of the bounces",
                (METRICS,),
                see.EVENTS,
            ),
        ),
    ),
    Row(
        (r"mail[- ]from", r"temporary_failure|fail\w*|pending|not (?:set up|working)|n't work|not verified|detect"),
        D,
        "the MX record of the MAIL FROM domain is missing, wrong or not the only one there; SES gives up after "
        "three days "
        "(FAILED), and until it is set again mail goes without the domain's own MAIL FROM",
        "publish the MX and SPF record of the MAIL FROM domain; `new-domain` lets SES look again",
        (*LOOK, ONBOARD),
        see.MAIL_FROM,
    ),
    Row(
        (
            r"pending|not verified|unverified|verification|verifi\w+|temporary_failure",
            STAYS + "|" + DAYS,
            r"\bdkim\b|domain|identity|\bstatus|\bses\b|mail from|^\W*verification(?: status)? (?:is|has|stays?|"
            r"still|remains?|pending|stuck)",
        ),
        D,
        "the records are not seen in public DNS: the domain is not delegated, the zone's name is doubled in the "
        "record's "
        "name, a proxy hides it, or DNSSEC is broken",
        "check the records where the public sees them",
        LOOK,
        see.DKIM,
    ),
    Row(
        (
            r"\bdkim\b",
            r"fail\w*|not (?:verified|valid|pass\w*|found|signed)|n't (?:pass|verify|work)|invalid|missing|not "
            r"detect|"
            r"broken|error|schl(?:ä|ae)gt fehl|fehlgeschlagen",
        ),
        D,
        "a DKIM CNAME is missing or wrong: the zone's name is doubled in it, it is proxied, or the DNS was moved",
        "check the three CNAMEs against what must be there",
        LOOK,
        see.DKIM,
    ),
    Row(
        (
            r"quota|sending limit|daily limit|24[- ]hour limit|limit of the day|kontingent",
            r"hit|reach\w*|exceed\w*|used up|full|over\b|exhaust\w*|ersch(?:ö|oe)pft|maxed",
            r"send\w*|mail|\bses\b|24[- ]hour",
        ),
        S,
        "the account's quota for 24 hours is used up; it counts recipients, not messages",
        "see how much is used, and ask for more; until then hold bulk mail back",
        (ACCOUNT,),
        see.QUOTA_ERRORS,
    ),
    Row(
        (
            r"\bsmtp\b",
            r"auth\w*|log-?in|password|credential\w*|passwort",
            r"fail\w*|error|refus\w*|reject\w*|invalid|wrong|n't work|not work|stopped|denied",
        ),
        T,
        "the SMTP login fails: the password was rotated, is of another region, or is the raw secret key",
        "let the stored credential be tried, which tells those apart",
        (VERIFY,),
        see.CREDENTIALS,
    ),
    Row(
        (
            MAIL,
            r"(?:go|going|goes|went|land\w*|end\w*|arriv\w*|put|sort\w*|deliver\w*|filter\w*|flagged|marked|"
            r"classified|stuck|is|are|in|into|ins?|im)\b.{0,30}\b" + SPAM,
        ),
        P,
        "alignment first: mail that DKIM does not sign for the domain (`via amazonses.com`) goes to spam; then "
        "content and "
        "complaints",
        "see whether the domain's mail is authenticated, and send a test",
        (*LOOK, SEND_TEST),
        see.GMAIL_RULES,
    ),
    Row(
        (
            r"until (?:yesterday|today|last|this|recently|\w+day)|since (?:yesterday|today|this morning|last|"
            r"\w+day)|bis gestern|seit gestern|(?:stopped working|no longer works?|no longer "
            r"sends?).{0,40}(?:today|yesterday|morning|night)|worked (?:fine )?(?:until|before|yesterday)|"
            r"suddenly|overnight|"
            r"from one day to the next",
            MAIL + r"|sending|\bsends?\b|everything (?:worked|was)|\bit (?:worked|all worked)|worked until",
            r"work\w*|send\w*|stop\w*|fail\w*|ging|funktionier\w*|" + NOT,
        ),
        T,
        "the key was rotated or deactivated, so that the login fails",
        "let the stored credential be tried; `drift` says what changed",
        (VERIFY, DRIFT),
        see.CREDENTIALS,
        (
            Row("", D, "the DNS was moved, and the records with it were lost", "check the records", LOOK, see.DKIM),
            Row("", S, "the account or the domain was paused", "see how both stand", (ACCOUNT, STATUS), see.PAUSING),
            Row("", Layer.IAM, "the policy of the SMTP user was changed", "see what differs", LOOK, see.IAM_DENIED),
        ),
    ),
    Row(
        (MAIL, MISSING),
        S,
        "the account is in SES's sandbox, and writes to verified recipients only",
        "see whether it is, and ask AWS for production access",
        (ACCOUNT, *LOOK),
        see.SANDBOX,
        _UNDELIVERED,
    ),
    Row(
        (r"\bdmarc\b", r"fail\w*|not pass\w*|n't pass|misalign\w*|not aligned|unaligned"),
        D,
        "neither DKIM nor SPF is aligned with the From domain",
        "see whether DKIM signs for the domain, and who else sends as it",
        (*LOOK, DMARC),
        "RFC 9989",
    ),
    Row(
        (r"\bspf\b", r"fail\w*|not pass\w*|n't pass|permerror|temperror|softfail"),
        D,
        "SPF fails at the MAIL FROM domain: its MX or SPF record is missing or wrong, or the mail was sent by "
        "another way",
        "check the records of the MAIL FROM domain",
        LOOK,
        see.MAIL_FROM,
    ),
)
SYMPTOMS = (*RARE, *COMMON)
