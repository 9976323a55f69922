"""What recipients' servers say by a judgement or rule of theirs: authentication, reputation, content, administrators.

Sources: Gmail's SMTP codes and sender guidelines, Microsoft's non-delivery reports and Outlook.com's rules of 2025, the
postmaster pages of Yahoo, Apple and GMX; texts that no page quotes are from public reports, and say so.
"""

from __future__ import annotations

from provisioner.core.explain import references as see
from provisioner.core.explain.commands import ACCOUNT, DMARC, LOOK, METRICS, PAUSE
from provisioner.core.explain.explanation import Layer, Row, exactly

P = Layer.RECIPIENT_POLICY
_D = r"(?P<domain>[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
_BOTH = "DKIM is not signing (or not for this domain) and SPF fails at the MAIL FROM domain"
_LISTED = "SES's shared IP address is on a block list there; that is AWS's to clear, not the domain's"
_LISTED_REMEDY = (
    "send again, which often leaves from another address; else a case with AWS support, or dedicated IP addresses"
)
_OTHER_WAY = "SES's own addresses have one: the mail was sent by another way than SES. See which server sent it"
_THEIRS = "nothing is wrong with the domain: ask their administrator to allow it"

GMAIL: tuple[Row, ...] = (
    Row(
        (r"unauthenticated e-?mail from|dmarcrejection", r"dmarc|unauthenticated e-?mail from " + _D),
        P,
        "the domain's own DMARC policy rejects this mail, because neither DKIM nor SPF is aligned with its "
        "From: an unsigned "
        "identity, an address identity, or another system that sends as the domain",
        "see whether DKIM signs for the From domain, and who else sends as it",
        (*LOOK, DMARC),
        see.GMAIL_CODES,
    ),
    Row(
        r"hard fail policy|spf record with a hard fail|fails to pass spf checks",
        P,
        "the MAIL FROM domain's SPF ends in -all, and the address that sent is not in it: the mail left by "
        "another way than "
        "SES, or MAIL FROM is not the domain's own",
        "see whose the IP address in the text is; if it is SES's, look at the MAIL FROM domain",
        LOOK,
        see.GMAIL_CODES,
    ),
    Row(
        (
            r"rate limited|4\.7\.26",
            exactly("4.7.26") + r"|rate limited because it is unauthenticated|"
            r"rate limited because the sender is unauthenticated",
        ),
        P,
        "the mail is unauthenticated: neither SPF nor DKIM passed. It is limited for now (temporary), and will "
        "be rejected later",
        "mend DKIM and the MAIL FROM domain before it becomes a 550",
        LOOK,
        see.GMAIL_RULES,
    ),
    Row(
        exactly("5.7.30", "4.7.30")
        + r".{0,200}dkim|because dkim (?:authentication )?did(?:n't| not) pass|dkim authentication didn't",
        P,
        "Gmail's rule for bulk senders: DKIM has to pass too, and did not",
        "see whether DKIM signs for the From domain and its records are right",
        LOOK,
        see.GMAIL_RULES,
    ),
    Row(
        (exactly("4.7.27", "5.7.27") + r"|because spf", r"spf"),
        P,
        "Gmail's rule for bulk senders: SPF has to pass too, and did not",
        "see that the MAIL FROM domain is the domain's own, with its MX and SPF record",
        LOOK,
        see.GMAIL_RULES,
    ),
    Row(
        exactly("4.7.32", "5.7.32") + r"|is(?:n't| not) aligned with either the authenticated",
        P,
        "alignment: the From domain is neither the DKIM nor the SPF domain's organizational domain",
        "switch Easy DKIM on for the domain in From",
        LOOK,
        see.GMAIL_RULES,
    ),
    Row(
        (exactly("4.7.31", "5.7.31"), r"dmarc"),
        P,
        "Gmail's rule for bulk senders: the domain has to have a DMARC record (none is enough), and has none",
        "publish one: `new-domain --dmarc none`",
        (DMARC, *LOOK),
        see.REPORTS,
    ),
    Row(
        (exactly("4.7.29", "5.7.29"), r"tls"),
        P,
        "Gmail's rule: mail has to come over TLS; SES's does, so that this was sent by another way",
        "see which server sent it",
        LOOK,
        see.REPORTS,
    ),
    Row(
        exactly("4.7.24", "5.7.24", "5.7.24") + r"|suspicious entries",
        P,
        "the SPF record of the sending domain has suspicious entries, such as +all or huge networks",
        "take those terms out of the SPF record",
        LOOK,
        see.GMAIL_CODES,
    ),
    Row(
        exactly("5.7.25", "4.7.25", "4.7.23")
        + r"|(?:does not|doesn't) have a ptr|no ptr record|reverse dns|ptr record",
        P,
        "the sending IP address has no PTR record (reverse DNS): SES's addresses have one, so the mail was sent "
        "elsewhere",
        _OTHER_WAY,
        LOOK,
        see.GMAIL_CODES,
    ),
    Row(
        r"low reputation of the sending (?:domain|ip)|very low reputation",
        P,
        "the reputation of the sending domain is very low there",
        "send less, and only what is wanted; watch Google's Postmaster Tools. It takes weeks",
        (METRICS,),
        see.GMAIL_CODES,
    ),
    Row(
        r"unsolicitedmessageerror|likely (?:unsolicited|suspicious)|unsolicitedratelimit|unusual rate of "
        r"unsolicited|unsolicited (?:mail|message)",
        P,
        "the mail looks unsolicited: its content, and complaints about such mail before",
        "stop the campaign, see who signed the addresses up, and go on slowly",
        (METRICS, PAUSE),
        see.GMAIL_CODES,
    ),
    Row(
        r"\bgcdp\b|violates \S+ e-?mail policy",
        P,
        "a rule that the administrator of that Google Workspace made (custom policy)",
        "ask their administrator; nothing is wrong with the domain",
        (),
        see.GMAIL_CODES,
    ),
    Row(
        r"potential security issue|blockedmessage|attachment\w* (?:type )?(?:is |are |was )?(?:not (?:allowed|"
        r"permitted)|blocked|rejected)",
        P,
        "the content is taken for a danger: mostly the type of an attachment, or a link",
        "send a link in place of the attachment",
        (),
        see.GMAIL_CODES,
    ),
    Row(
        (
            r"^(?!.*yahoo).*(?:gmail|google|gsmtp|either spf or dkim|with spf or dkim)",
            r"unauthenticated|unauthenticatedemail|sender is unauthenticated",
        ),
        P,
        "the mail is unauthenticated, neither SPF nor DKIM passed: " + _BOTH,
        "see whether DKIM signs and the MAIL FROM domain has its MX and SPF record",
        LOOK,
        see.GMAIL_CODES,
    ),
)

MICROSOFT: tuple[Row, ...] = (
    Row(
        (exactly("5.7.515", "5.7.15") + r"|required authentication level", r"(?:spf ?= ?(?P<spf>fail))"),
        P,
        "Outlook.com wants SPF and DKIM to pass and DMARC to be aligned; SPF failed, which has to pass although "
        "DMARC may pass",
        "see that the MAIL FROM domain is the domain's own, with its MX and SPF record",
        LOOK,
        see.OUTLOOK_RULES,
    ),
    Row(
        (exactly("5.7.515", "5.7.15") + r"|required authentication level", r"dkim ?= ?(?:fail|none)"),
        P,
        "Outlook.com wants SPF and DKIM to pass and DMARC to be aligned; DKIM failed",
        "see whether DKIM signs for the From domain and its records are right",
        LOOK,
        see.OUTLOOK_RULES,
    ),
    Row(
        (exactly("5.7.515", "5.7.15") + r"|required authentication level", r"dmarc ?= ?(?:fail|none)"),
        P,
        "Outlook.com wants SPF and DKIM to pass and DMARC to be aligned; DMARC failed",
        "see that the domain has a DMARC record, and that DKIM signs for the From domain",
        (*LOOK, DMARC),
        see.OUTLOOK_RULES,
    ),
    Row(
        exactly("5.7.515") + r"|required authentication level",
        P,
        "Outlook.com's rule for large senders: SPF and DKIM have to pass, and DMARC to be aligned; the end of "
        "the text says "
        "which did not",
        "mend the one that failed",
        (*LOOK, DMARC),
        see.OUTLOOK_RULES,
    ),
    Row(
        r"on our block ?list|\(s3\d{3}\)|part of their network is on|\b(?:sc|dy|ou)-00\d|"
        + exactly("5.7.606", "5.7.607", "5.7.608", "5.7.649", "5.7.708")
        + r"|banned sending ip|traffic not accepted from this ip",
        P,
        "Microsoft's block list: " + _LISTED,
        _LISTED_REMEDY,
        (ACCOUNT,),
        see.OUTLOOK_CODES,
    ),
    Row(
        exactly("4.7.650", "4.7.651") + r"|due to ip reputation|rp-00[123]",
        P,
        "Microsoft limits SES's shared IP address for a while because of its reputation",
        "wait: SES tries again by itself",
        (METRICS,),
        see.OUTLOOK_CODES,
    ),
    Row(
        exactly("5.7.511") + r"|banned sender",
        P,
        "Microsoft has banned this sender",
        "use the address or form that the text names",
        (METRICS,),
        see.MICROSOFT,
    ),
    Row(
        exactly("5.7.23") + r"|sender policy framework violation",
        P,
        "SPF of the MAIL FROM domain failed there",
        "see that the MAIL FROM domain is the domain's own, with its MX and SPF record",
        LOOK,
        see.MICROSOFT,
    ),
    Row(
        exactly("5.7.509", "5.7.512") + r"|does not pass dmarc verification",
        P,
        "the domain's DMARC policy is reject, and neither DKIM nor SPF is aligned with the From domain",
        "see whether DKIM signs for the From domain",
        (*LOOK, DMARC),
        see.MICROSOFT,
    ),
    Row(
        exactly("5.7.124", "5.7.129", "5.7.133", "5.7.134", "5.7.136")
        + r"|sendernotauthenticated|authrequired|only accepts (?:messages|mail) from (?:people|senders|users) "
        r"(?:in|inside)|restrictedrecipient|notauthorized; not auth",
        P,
        "that group or mailbox takes mail of its own organisation, or of listed senders, only",
        _THEIRS,
        (),
        see.MICROSOFT,
    ),
    Row(
        r"transport\.rules|rejected by (?:the )?organi[sz]ation'?s? policy|" + r"(?<![\d.])5\.7\.9\d\d(?!\.?\d)",
        P,
        "a transport rule of that organisation rejects the mail (organisation policy)",
        _THEIRS,
        (),
        see.MICROSOFT,
    ),
    Row(
        exactly("5.7.64") + r"|tenantattribution",
        P,
        "a connector of that organisation refuses mail from outside of its own servers",
        _THEIRS,
        (),
        see.MICROSOFT,
    ),
    Row(
        exactly("5.7.520"),
        P,
        "that organisation does not let its users forward mail to outside (external forwarding)",
        _THEIRS,
        (),
        see.REPORTS,
    ),
    Row(
        r"(?:mail ?from|sender|from|helo) domain.{0,40}(?:is )?listed (?:in|by|on) (?:the )?(?:spamhaus|dbl|"
        r"surbl|uribl)|dbl\.spamhaus",
        P,
        "the domain itself, not an IP address, is listed by Spamhaus (DBL)",
        "clean the web site and the list of addresses, then use Spamhaus's form for domains",
        (METRICS,),
        "spamhaus.org/domain-reputation",
    ),
)
