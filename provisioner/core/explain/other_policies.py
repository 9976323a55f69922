"""What the servers of other providers and filters say by a judgement or rule of theirs, and what any server may say."""

from __future__ import annotations

from provisioner.core.explain import references as see
from provisioner.core.explain.commands import ACCOUNT, DMARC, LOOK, METRICS, SEND_TEST
from provisioner.core.explain.explanation import Layer, Row, exactly

P = Layer.RECIPIENT_POLICY
_LISTED_REMEDY = (
    "send again, which often leaves from another address; else a case with AWS support, or dedicated IP addresses"
)
_UNALIGNED = (
    "the domain's own DMARC policy rejects this mail: neither DKIM nor SPF is aligned with its From (unaligned)"
)

PROVIDERS: tuple[Row, ...] = (
    Row(
        r"\[tss?\d\d\]|unexpected volume or user complaints|temporarily deferred due to (?:\S+ ){0,3}complaints",
        P,
        "Yahoo (and AOL) defers the mail: complaints of its users, or more mail than usual",
        "slow down, and send only what is wanted; SES tries again by itself",
        (METRICS,),
        see.YAHOO,
    ),
    Row(
        (exactly("5.7.9"), r"unauthenticated|spf or dkim"),
        P,
        "Yahoo wants SPF or DKIM to pass, and neither did: the mail is unsigned (unauthenticated)",
        "see whether DKIM signs and the MAIL FROM domain has its MX and SPF record",
        LOOK,
        see.YAHOO,
    ),
    Row(
        r"message not accepted for policy reasons",
        P,
        "Yahoo refused it for policy reasons: often DMARC, or the content",
        "see whether the mail is authenticated and aligned; then look at its content and links",
        (*LOOK, DMARC),
        see.YAHOO,
    ),
    Row(
        r"\[bl\d\d\]|connections will not be accepted from",
        P,
        "the sending IP address is on a block list (Spamhaus); SES's shared addresses are AWS's to clear",
        _LISTED_REMEDY,
        (ACCOUNT,),
        see.YAHOO,
    ),
    Row(
        r"\[(?:cs|hm)\d\d\]|due to local policy",
        P,
        "a filter of the recipient (Apple's iCloud says it so) rejected the message by local policy",
        "look at its content and links; write to the postmaster of iCloud with the log of the reply",
        (METRICS,),
        see.APPLE,
    ),
    Row(
        r"deferred due to excessive volume|excessive volume",
        P,
        "more mail than that provider takes from this sender for now (rate)",
        "slow down; SES tries again by itself",
        (METRICS,),
        see.APPLE,
    ),
    Row(
        r"reject(?:ed)? due to spf|spf (?:policy|check|validation|fail\w*)|spf: fail|failed spf|blocked by spf|"
        r"not allowed by spf|"
        r"is not allowed to send mail from|spf.{0,40}not (?:authori[sz]ed|permitted|allowed)",
        P,
        "SPF of the MAIL FROM domain ends in -all, and the sender's address is not in it",
        "see that the MAIL FROM domain is the domain's own, with its MX and SPF record; else find out who sent it",
        LOOK,
        see.GMX,
    ),
    Row(
        r"a problem occurred.{0,60}(?:postmaster|contact).{0,60}t-online|tosa@rx\.t-online",
        P,
        "T-Online does not know the sending IP address well enough, or has it on a list of its own (reputation)",
        "send again, which often leaves from another address; the address in the text answers questions",
        (METRICS,),
        see.REPORTS,
    ),
    Row(
        r"administrative prohibition|envelope blocked|blocked by (?:the )?(?:recipient|administrator)",
        P,
        "a rule of the recipient's administrator blocks this sender (Mimecast says it so)",
        "ask their administrator; nothing is wrong with the domain",
        (),
        see.REPORTS,
    ),
    Row(
        r"anti-?spoofing policy|header based anti",
        P,
        "Mimecast's anti-spoofing rule: the From has the recipient's own domain, or one that looks like it",
        "ask their administrator to put the sender on the list of allowed ones",
        (),
        see.REPORTS,
    ),
    Row(
        r"dmarc sender invalid|per sender'?s dmarc policy|(?:due to|because of|by|against|under|violates?|"
        r"fail\w*) .{0,60}\bdmarc|"
        r"dmarc (?:policy|check|evaluation|verification|fail\w*(?! reports?)|reject\w*|compliance)",
        P,
        _UNALIGNED,
        "see whether DKIM signs for the From domain, and who else sends as it",
        (*LOOK, DMARC),
        see.REPORTS,
    ),
    Row(
        r"spam ?url|url (?:in|is) .{0,30}(?:spam|blacklist|blocked|listed)|(?:link|url) .{0,30}in (?:the "
        r")?(?:content|body)|blacklisted (?:url|link)|uribl|surbl",
        P,
        "a link in the content is on a list of spam links",
        "use another link: the domain's own, no shortener",
        (),
        see.REPORTS,
    ),
    Row(
        r"sender (?:address|domain).{0,30}null ?mx|null ?mx.{0,40}sender",
        P,
        "the sending domain publishes a null MX (`0 .`), which says that it has no mail at all",
        "take the null MX away",
        LOOK,
        see.NULL_MX,
    ),
    Row(
        r"(?:sender(?: address)?|mail from|from) (?:rejected|verify failed|domain).{0,60}(?:domain not found|"
        r"does not exist|"
        r"does not resolve|must (?:exist|resolve)|no such domain|not found|nxdomain|unresolvable)|unable to "
        r"verify (?:the )?sender|"
        r"sender verif\w+ failed|" + exactly("5.1.8", "4.1.8"),
        Layer.DNS,
        "the MAIL FROM domain or the From domain does not exist in DNS as that server sees it: delegation, "
        "DNSSEC, or a "
        "missing record",
        "see whether the domain is delegated and its records are in public DNS",
        LOOK,
        see.REGISTRY,
    ),
)

ANY_SERVER: tuple[Row, ...] = (
    Row(
        r"(?:blocked|listed|rejected|found|blacklisted|denied)\b.{0,60}(?:dnsbl|rbl\b|\bbl\.|spamhaus|spamcop|"
        r"barracuda(?:central)?|sorbs|uceprotect|"
        r"proofpoint|block ?list|blacklist|black list|abusix|mailspike|psbl|invaluement)|(?:dnsbl|\brbl\b|"
        r"spamhaus|spamcop|uceprotect|"
        r"proofpoint|abusix)\b.{0,60}(?:block|list|reject)|blocked using|your ip (?:address )?(?:is|has been) "
        r"(?:black)?(?:listed|blocked)|"
        r"bad (?:ip )?reputation|poor reputation",
        P,
        "the sending IP address is on the block list that the text names; SES's addresses are shared, and AWS's "
        "to clear. Small "
        "lists matter little",
        _LISTED_REMEDY,
        (ACCOUNT,),
        see.BLOCKLISTS,
    ),
    Row(
        r"high probability of spam|(?:looks?|classified|identified|detected|considered|flagged|rejected|blocked|"
        r"suspected|refused)\W+(?:\w+ ){0,4}(?:spam|junk)\b"
        r"|spam (?:message|content|score|detected|rejected|filter)|spam-?like|content (?:rejected|filter|"
        r"denied)|(?:bad|prohibited) content"
        r"|message (?:looks like|contains) (?:spam|bad)|is spam\b|virus (?:detected|found)",
        P,
        "a filter of the recipient's takes the content for spam",
        "change the content: subject, links, pictures without text; send a test first",
        (SEND_TEST, METRICS),
        see.REPORTS,
    ),
    Row(
        r"(?:too many|rate|throttl|limit).{0,40}(?:messages|recipients|mails?|exceeded|limited)|rate limit|"
        r"sending too (?:fast|quickly|much)|"
        r"slow down|throttled",
        P,
        "more mail than that server takes from this sender for now (rate limit)",
        "slow down; SES tries again by itself",
        (METRICS,),
        see.REPLIES,
    ),
    Row(
        r"reject(?:ed)? (?:due to|for|by|because of) (?:\S+ )?polic|policy (?:restriction|violation|rejection|"
        r"reasons?)|refused by policy|"
        r"against (?:our|local) policy|blocked by (?:\S+ )?(?:admin\w*|policy)",
        P,
        "a rule of the recipient's rejects the mail (policy)",
        "see whether the mail is authenticated; when it is, ask their administrator",
        LOOK,
        see.REPORTS,
    ),
)
