"""What recipients' servers say about a mailbox or about themselves: facts, not judgements.

Sources: the codes of Gmail, Exchange Online, Outlook.com, Yahoo, iCloud and GMX as their help pages quote them.
"""

from __future__ import annotations

from provisioner.core.explain import references as see
from provisioner.core.explain.commands import METRICS, SUPPRESSED
from provisioner.core.explain.explanation import Layer, Row, exactly

R = Layer.RECIPIENT_SERVER
_REMOVE = "take the address off the list; SES suppresses it after a hard bounce"
_WAIT = "wait: SES tries again by itself for hours"

MAILBOXES: tuple[Row, ...] = (
    Row(
        r"is receiving (?:e-?)?mail (?:at a rate|too quickly)|receiving (?:e-?)?mail at a rate that",
        R,
        "the mailbox is flooded with mail: its provider holds further mail back for a while",
        "try later; see whether a script signed the address up somewhere",
        (METRICS,),
        see.GMAIL_CODES,
    ),
    Row(
        exactly("5.2.122") + r"|exceeded (?:their|the) limit for the number of messages they can receive",
        R,
        "the recipient has reached their limit of messages an hour",
        "try later",
        (),
        see.MICROSOFT,
    ),
    Row(
        r"disableduser|(?:e-?mail )?(?:account|mailbox)(?: that you tried to reach)? (?:is|has been|was) "
        r"(?:disabled|inactive|deactivated|suspended)"
        r"|mailbox (?:is )?(?:disabled|inactive)|account (?:is )?disabled|\(554\.30\)",
        R,
        "the mailbox is disabled: it exists and takes no mail",
        _REMOVE,
        (SUPPRESSED,),
        see.GMAIL_CODES,
    ),
    Row(
        r"over ?quota|quota (?:is )?(?:exceeded|full)|exceed\w* (?:its |the |storage |mailbox |disk )*quota|"
        r"mail ?box (?:is |size )?(?:full|limit exceeded)"
        r"|mailbox has exceeded|out of storage|inbox is (?:full|out of)|insufficient (?:system )?storage|"
        r"postfach (?:ist )?voll|overquotatemp|overquotaperm"
        r"|quotaexceeded|user'?s (?:disk )?quota",
        R,
        "the mailbox is full (over quota)",
        "try later; reach the recipient by another way when it matters",
        (),
        see.GMAIL_CODES,
    ),
    Row(
        r"message size (?:limits?|exceeds)|exceed\w* (?:\S+ ){0,4}(?:size limits?|maximum (?:message )?size)|"
        r"message (?:is )?too (?:big|large)"
        r"|size (?:limit )?exceed|maximum allowable (?:size|length)|maxsize",
        R,
        "the message is over the size limit of the recipient's server",
        "send it smaller, or a link",
        (),
        see.GMAIL_CODES,
    ),
    Row(
        r"null ?mx",
        R,
        "the recipient's domain has a null MX: it takes no mail at all",
        _REMOVE,
        (),
        see.NULL_MX,
    ),
    Row(
        exactly("5.4.310") + r"|dns domain '?\"?\S+ does(?:n't| not) exist|domain\S* (?:\S+ )?does(?:n't| not) exist|"
        r"recipient address rejected: domain not found|(?:invalid|unknown|no such|non-?existent) domain\b|bad "
        r"destination (?:system|host)"
        r"|(?:mx|a|aaaa)'? lookup of \S+ (?:responded|failed|returned).{0,30}nxdomain|host (?:or domain name "
        r")?not found"
        r"|unrouteable (?:mail )?(?:domain|address)|domain (?:name )?(?:\S+ )?not found.{0,20}type=(?:mx|a)\b",
        R,
        "the recipient's domain does not exist: a typing error in the address",
        "correct the domain of the address, or take it off the list",
        (),
        see.MICROSOFT,
        (
            Row(
                "",
                Layer.DNS,
                "the domain has no MX and no address in public DNS",
                "look at the domain's spelling",
                (),
                see.REPLIES,
            ),
        ),
    ),
    Row(
        exactly("5.4.14", "5.4.6") + r"|hop count exceeded|(?:mail|routing) loop|too many hops",
        R,
        "mail goes in a loop at the recipient's side: a forwarding leads back to itself",
        "their administrator has to end the loop",
        (),
        see.MICROSOFT,
    ),
    Row(
        r"gr[ae]y-?list",
        R,
        "greylisting: the server takes mail of an unknown sender only at the second try",
        "wait: SES tries again by itself",
        (),
        see.REPLIES,
    ),
    Row(
        r"recipientnotfound|recipient not found|no ?such ?user|nosuchuser|user (?:is )?(?:unknown|not found|"
        r"does(?:n't| not) exist|not exist)"
        r"|unknown (?:local )?(?:user|recipient|mailbox|account)|(?:account|address|mailbox|recipient|"
        r"user)\b(?: \S+){0,8} do(?:es)?(?:n't| not) (?:exist|have a)"
        r"|(?:mailbox|user|recipient|account)(?: \S+)? (?:was |is |could )?(?:unavailable|not (?:be )?found|"
        r"unknown|invalid|not known|not available)"
        r"|invalid (?:recipient|mailbox|user)|no (?:such )?mailbox|address unknown|not a valid (?:mailbox|"
        r"recipient|user)|user doesn't have"
        r"|unknown or illegal|addressee unknown|empf(?:ä|ae)nger(?:adresse)? (?:ist )?unbekannt|user account is "
        r"unavailable|nosuchrecipient"
        r"|recipient address rejected: (?:user|undeliverable|unverified|access denied)|undeliverable address|"
        r"(?:adresse|empf(?:ä|ae)nger|konto|postfach)\b.{0,60}nicht (?:gefunden|vorhanden)|"
        r"address(?: \S+){0,4} (?:could(?:n't| not)|can(?:'t|not)) be found|address (?:was |is )?not found|"
        r"was(?:n't| not) found at \S+",
        R,
        "there is no such address: the mailbox does not exist",
        _REMOVE,
        (SUPPRESSED,),
        see.REPLIES,
    ),
    Row(
        r"relay(?:ing)? (?:access )?(?:denied|not (?:permitted|allowed))|unable to relay|not permitted to relay|"
        r"we do not relay",
        R,
        "the recipient's MX does not serve that domain: it was moved, and its MX record still names this host",
        "tell the recipient by another way",
        (),
        see.REPLIES,
    ),
    Row(
        r"maximum number of concurrent|thread limit|too many (?:concurrent )?(?:connections|sessions)|"
        r"connection limit",
        R,
        "the recipient's server is busy: more connections at once than it takes",
        _WAIT,
        (),
        see.REPLIES,
    ),
    Row(
        exactly("4.7.500") + r"|server (?:is )?(?:too )?busy|system (?:is )?busy",
        R,
        "the recipient's server is busy, or slows this sender down for a while",
        _WAIT,
        (),
        see.MICROSOFT,
    ),
    Row(
        r"unable to connect to remote host|no answer from host|(?:delivery|message) time expired|connection dropped",
        R,
        "the recipient's server does not answer, or the connection broke off",
        _WAIT + "; check the spelling of the domain when it lasts",
        (),
        see.REGISTRY,
    ),
)
