"""What SES's events mean, by type: bounces, complaints, rejects, delays and the rest.

Sources: SES developer guide, "Contents of event data that Amazon SES publishes" and "Notification contents".
"""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.core.explain import references as see
from provisioner.core.explain.commands import ACCOUNT, LOOK, METRICS, PAUSE, SUPPRESSED, UNSUPPRESS
from provisioner.core.explain.explanation import Layer, Row

R, P, S, D = Layer.RECIPIENT_SERVER, Layer.RECIPIENT_POLICY, Layer.SES, Layer.DNS
_LATER = "SES has given up on this message; a later one may arrive"


def _row(layer: Layer, cause: str, remedy: str, *commands: str, reference: str = see.EVENTS) -> Row:
    return Row("", layer, cause, remedy, commands, reference)


NO_MAILBOX = _row(
    R,
    "hard bounce: there is no such mailbox; SES does not send to the address from now on (suppression list)",
    "take the address off the list",
    SUPPRESSED,
)
BOUNCES: Mapping[tuple[str, str], Row] = {
    ("permanent", "general"): _row(
        R,
        "hard bounce: the recipient's server refused it for good; SES does not send to the address from now on "
        "(suppression list)",
        "take the address off the list",
        SUPPRESSED,
    ),
    ("permanent", "noemail"): _row(
        R,
        "hard bounce: the address does not exist (another page of AWS says: the bounce does not name the address)",
        "take the address off the list",
        SUPPRESSED,
    ),
    ("permanent", "suppressed"): _row(
        S,
        "the address is on SES's global suppression list, because it bounced for somebody lately (up to 14 "
        "days); it was "
        "not sent, and counts in the bounce rate",
        "do not send to it",
        SUPPRESSED,
        reference=see.GLOBAL_SUPPRESSION,
    ),
    ("permanent", "onaccountsuppressionlist"): _row(
        S,
        "the address is on the account's suppression list, because it bounced or complained before; it was not "
        "sent, and "
        "does not count in the bounce rate",
        "do not send to it; when the mailbox works again, take it off the list",
        SUPPRESSED,
        UNSUPPRESS,
        reference=see.SUPPRESSION,
    ),
    ("permanent", "ontenantsuppressionlist"): _row(
        S,
        "the address is on the tenant's suppression list; it was not sent, and does not count in the bounce rate",
        "do not send to it; the list of the tenant has the reason",
        reference=see.SUPPRESSION,
    ),
    ("permanent", "emailvalidationsuppressed"): _row(
        S,
        "SES's address validation held it back: the address is below the validation threshold that is set",
        "check the address; the threshold is a setting of the account or configuration set",
        reference=see.SUPPRESSION,
    ),
    ("permanent", "unsubscribedrecipient"): _row(
        S,
        "the recipient has unsubscribed from that contact list",
        "respect it: do not send to them",
        reference=see.NOTICES,
    ),
    ("transient", "general"): _row(
        R,
        "soft bounce: the recipient's server did not take it this time; an out-of-office reply is one too",
        f"nothing for one of them; {_LATER}",
        reference=see.NOTICES,
    ),
    ("transient", "mailboxfull"): _row(R, "soft bounce: the mailbox is full", f"try later; {_LATER}"),
    ("transient", "messagetoolarge"): _row(
        R, "the message is too large: over the size limit of the recipient's server", "send it smaller, or a link"
    ),
    ("transient", "contentrejected"): _row(
        P, "a content filter of the recipient's rejected the message", "change the content: subject, links, pictures"
    ),
    ("transient", "attachmentrejected"): _row(
        P, "the recipient's server does not take that type of attachment", "send a link in its place"
    ),
    ("transient", "customtimeoutexceeded"): _row(
        S,
        "the time that the sender gave for delivery (maximum delivery seconds) is over",
        "send it again, or give more time",
    ),
    ("undetermined", "undetermined"): _row(
        R,
        "undetermined: the bounce message of the recipient's server has no code that SES can read",
        "read the bounce message itself; it goes to the envelope sender",
        METRICS,
    ),
}
COMPLAINTS: Mapping[str, Row] = {
    "abuse": _row(
        P,
        "complaint: a recipient marked the mail as spam (abuse); the recipients named are candidates only, some "
        "providers "
        "hide which it was",
        "take them off the list, and never write to them to say so",
        METRICS,
        SUPPRESSED,
    ),
    "not-spam": _row(
        P, "not a complaint: a recipient said that it is not spam (not-spam)", "nothing; do not suppress the address"
    ),
    "auth-failure": _row(
        P,
        "the mail failed authentication there (auth-failure): forged, or unaligned mail of the domain",
        "see whether the domain's mail is authenticated, and who else sends as it",
        *LOOK,
    ),
    "fraud": _row(
        P,
        "the mail was reported as fraud or phishing: forged, or from a site that was broken into",
        "see who sends as the domain; pause it when the mail is ours",
        *LOOK,
        PAUSE,
    ),
    "virus": _row(P, "a virus was found in the mail by the recipient's server", "clean the site; pause it", PAUSE),
    "other": _row(P, "a complaint of a kind that has no name", "take the recipients off the list", METRICS),
    "": _row(
        P,
        "complaint: a recipient marked the mail as spam; the provider does not say of which kind",
        "take the recipients off the list, and never write to them to say so",
        METRICS,
    ),
    "suppressed": _row(
        S,
        "the address is on the suppression list because of an earlier complaint; the mail was not sent",
        "do not send to it",
        SUPPRESSED,
        reference=see.SUPPRESSION,
    ),
}
DELAYS: Mapping[str, Row] = {
    "transientcommunicationfailure": _row(
        R,
        "the connection to the recipient's server failed; SES retries until expirationTime",
        "wait; check the spelling of the domain when it lasts",
    ),
    "mailboxfull": _row(R, "delayed: the mailbox is full; SES retries until expirationTime", "wait"),
    "spamdetected": _row(
        P,
        "delayed: the recipient's provider takes a lot of this mail for spam, and defers it",
        "slow down (rate), and look at content and addresses",
        METRICS,
    ),
    "internalfailure": _row(S, "delayed by a fault inside SES; it retries", "wait"),
    "recipientservererror": _row(R, "delayed: the recipient's server has a fault; SES retries", "wait"),
    "ipfailure": _row(
        P, "delayed: the recipient's provider limits or blocks the sending IP address; SES retries", "wait", METRICS
    ),
    "byoiphostnamelookupunavailable": _row(
        D, "SES could not look up the host name of your own IP addresses (BYOIP)", "see whether their reverse DNS works"
    ),
    "sendingdeferral": _row(S, "delayed by SES itself, which holds mail back for a while (deferral)", "wait", ACCOUNT),
    "general": _row(R, "delayed, for a reason that the recipient's server does not tell; SES retries", "wait"),
    "undetermined": _row(R, "delayed, for a reason that SES could not determine; it retries", "wait"),
}
NOT_FINAL = _row(
    R,
    "delayed, not final: the mail was not refused, and is tried again",
    "nothing; a second notice follows if it fails",
)
OTHERS: Mapping[str, Row] = {
    "reject": _row(
        S,
        "SES rejected the message after it had taken it: it found a virus (bad content), and sent nothing",
        "clean the site or program that sent it; pause the domain until then",
        PAUSE,
        METRICS,
    ),
    "renderingfailure": _row(
        S,
        "the template could not be rendered: the data of the message lacks a value that the template names",
        "give every value that the template names, then send again",
    ),
    "delivery": _row(
        R,
        "delivered: the recipient's server has accepted the mail; what it does with it (a spam folder) it tells nobody",
        "nothing; let the recipient look into the spam folder",
        METRICS,
    ),
    "send": _row(S, "SES accepted the message and will try to deliver it", "wait for the next event", METRICS),
    "open": _row(R, "the recipient, or a program of theirs, loaded the picture that counts opens", "nothing"),
    "click": _row(R, "the recipient, or a program that checks links, followed a link", "nothing"),
    "subscription": _row(S, "the recipient changed what they are subscribed to", "respect it"),
}
TEST_MESSAGE = _row(
    S,
    "SES's first message to a topic, which says that it may publish there; it is no event",
    "nothing: ignore it",
)
