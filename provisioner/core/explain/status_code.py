"""Enhanced status codes and reply codes: what the registry says of them, for texts that no table knows.

Sources: RFC 3463, RFC 5248 and IANA's registry of SMTP enhanced status codes (with RFC 4954, 6710, 7293, 7372, 7505,
8689); RFC 5321 section 4.2.3, RFC 4954 and RFC 7504 for reply codes.
"""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.core.explain.commands import LOOK, VERIFY
from provisioner.core.explain.explanation import Layer, Row
from provisioner.core.explain.references import REGISTRY, REPLIES

R, P, T, C, D = (
    Layer.RECIPIENT_SERVER,
    Layer.RECIPIENT_POLICY,
    Layer.SMTP_ENDPOINT,
    Layer.CLIENT,
    Layer.DNS,
)
_LOGIN_REPLIES = (534, 535, 538)
_OWN_OF_MICROSOFT = range(500, 1000)

REGISTERED = {
    "0.0": "other undefined status",
    "1.0": "other address status",
    "1.1": "bad destination mailbox address",
    "1.2": "bad destination system address",
    "1.3": "bad destination mailbox address syntax",
    "1.4": "destination mailbox address ambiguous",
    "1.5": "destination address valid",
    "1.6": "destination mailbox has moved, no forwarding address",
    "1.7": "bad sender's mailbox address syntax",
    "1.8": "bad sender's system address",
    "1.9": "message relayed to non-compliant mailer",
    "1.10": "recipient address has null MX",
    "2.0": "other or undefined mailbox status",
    "2.1": "mailbox disabled, not accepting messages",
    "2.2": "mailbox full",
    "2.3": "message length exceeds administrative limit",
    "2.4": "mailing list expansion problem",
    "3.0": "other or undefined mail system status",
    "3.1": "mail system full",
    "3.2": "system not accepting network messages",
    "3.3": "system not capable of selected features",
    "3.4": "message too big for system",
    "3.5": "system incorrectly configured",
    "3.6": "requested priority was changed",
    "4.0": "other or undefined network or routing status",
    "4.1": "no answer from host",
    "4.2": "bad connection",
    "4.3": "directory server failure",
    "4.4": "unable to route",
    "4.5": "mail system congestion",
    "4.6": "routing loop detected",
    "4.7": "delivery time expired",
    "5.0": "other or undefined protocol status",
    "5.1": "invalid command",
    "5.2": "syntax error",
    "5.3": "too many recipients",
    "5.4": "invalid command arguments",
    "5.5": "wrong protocol version",
    "5.6": "authentication exchange line is too long",
    "6.0": "other or undefined media error",
    "6.1": "media not supported",
    "6.2": "conversion required and prohibited",
    "6.3": "conversion required but not supported",
    "6.4": "conversion with loss performed",
    "6.5": "conversion failed",
    "6.6": "message content not available",
    "6.7": "non-ASCII addresses not permitted for that sender or recipient",
    "6.8": "UTF-8 string reply is required, but not permitted by the SMTP client",
    "6.9": "UTF-8 header message cannot be transferred to one or more recipients",
    "6.10": "UTF-8 string reply is required, but not permitted by the SMTP client",
    "7.0": "other or undefined security status",
    "7.1": "delivery not authorized, message refused",
    "7.2": "mailing list expansion prohibited",
    "7.3": "security conversion required but not possible",
    "7.4": "security features not supported",
    "7.5": "cryptographic failure",
    "7.6": "cryptographic algorithm not supported",
    "7.7": "message integrity failure",
    "7.8": "authentication credentials invalid",
    "7.9": "authentication mechanism is too weak",
    "7.10": "encryption needed",
    "7.11": "encryption required for requested authentication mechanism",
    "7.12": "a password transition is needed",
    "7.13": "user account disabled",
    "7.14": "trust relationship required",
    "7.15": "priority level is too low",
    "7.16": "message is too big for the specified priority",
    "7.17": "mailbox owner has changed",
    "7.18": "domain owner has changed",
    "7.19": "RRVS test cannot be completed",
    "7.20": "no passing DKIM signature found",
    "7.21": "no acceptable DKIM signature found",
    "7.22": "no valid author-matched DKIM signature found",
    "7.23": "SPF validation failed",
    "7.24": "SPF validation error",
    "7.25": "reverse DNS validation failed",
    "7.26": "multiple authentication checks failed",
    "7.27": "sender address has null MX",
    "7.28": "mail flood detected",
    "7.29": "ARC validation failure",
    "7.30": "REQUIRETLS support required",
}
_SUBJECTS = {
    "0": (R, "something that no subject of the registry fits", "read the words behind the code"),
    "1": (R, "an address", "check the recipient's address and its domain; take it off the list when it is wrong"),
    "2": (R, "the recipient's mailbox", "only the recipient can change that; write by another way when it matters"),
    "3": (R, "the recipient's mail system", "their administrator has to look at it"),
    "4": (R, "network and routing on the way to it", "check the recipient's domain for typing errors, and wait"),
    "5": (
        R,
        "the SMTP protocol between the two servers",
        "read the words behind the code; the message may be at fault",
    ),
    "6": (R, "the content or its form", "change the content: attachments, encoding, characters"),
    "7": (P, "security or a policy", "read the words behind the code; check that the domain's mail is authenticated"),
}
_CREDENTIALS = (T, "the login", "check user name and password of the SMTP login")
_AUTHENTICATED = (
    P,
    "how the mail is authenticated",
    "check DKIM, SPF at the MAIL FROM domain, and DMARC of the domain",
)
_DETAILS = {  # where the subject alone says too little, or another spoke
    "1.7": (C, "the sender's address", "correct the sender's address: its syntax is refused"),
    "1.8": (D, "the sender's domain", "see that the MAIL FROM domain and the From domain exist in public DNS"),
    "1.10": (R, "the recipient's domain", "the domain takes no mail at all (RFC 7505): take the address off the list"),
    **dict.fromkeys(("7.8", "7.9", "7.11", "7.12", "7.13"), _CREDENTIALS),
    **dict.fromkeys(("7.20", "7.21", "7.22", "7.23", "7.24", "7.26"), _AUTHENTICATED),
    "7.25": (P, "the sender's IP address", "SES's own addresses have a PTR record: the mail was sent by another way"),
    "7.27": (P, "the sender's domain", "take the null MX (`0 .`) away from the domain: it says that it has no mail"),
}
_CLASSES = {
    2: ("done", ""),
    4: ("for now", "SES tries again by itself for hours"),
    5: ("for good", "the same message will not be accepted as it is"),
}
_LOOKS = {T: (VERIFY,), D: LOOK, P: LOOK}


@dataclass(frozen=True, slots=True)
class Enhanced:
    """An enhanced status code, e.g. 5.1.1."""

    kind: int
    subject: str
    detail: str

    def row(self, reply: int | None) -> Row:
        """Return what is said of the code; it decides, whatever the reply code in front of it says."""
        key = f"{self.subject}.{self.detail}"
        by_reply = _CREDENTIALS if reply in _LOGIN_REPLIES else None
        layer, about, remedy = by_reply or _DETAILS.get(key) or _SUBJECTS.get(self.subject) or _SUBJECTS["0"]
        when, then = _CLASSES[self.kind]
        cause = f"{self.kind}.{key}: {REGISTERED.get(key) or self._unregistered()}; it is about {about}, {when}"
        against = reply and reply // 100 != self.kind
        cause += f" (the enhanced code decides, not the {reply} in front of it)" if against else ""
        return Row("", layer, cause, "; ".join(filter(None, (remedy, then))), _LOOKS.get(layer, ()), REGISTRY)

    def _unregistered(self) -> str:
        if self.subject == "7" and int(self.detail) in _OWN_OF_MICROSOFT:
            return "a code of Microsoft's own, for a policy of theirs"
        return "not in the registry, so that its subject alone is known"


_REPLIES: tuple[tuple[tuple[int, ...], Layer, str, str, tuple[str, ...]], ...] = (
    ((421,), R, "the server is closing the connection, for now: busy, limited or shutting down", "wait", ()),
    ((450,), R, "the mailbox is not available for now: busy, or held back by greylisting or a limit", "wait", ()),
    ((451,), R, "the server had to give up for now, for a reason of its own", "wait", ()),
    ((452,), R, "the server or the mailbox has no room for now", "wait", ()),
    (
        (454,),
        T,
        "the login or the service is not available for now",
        "wait, then try again; it is no wrong password",
        (),
    ),
    (
        (455, 555),
        C,
        "parameters of the command are not known to the server",
        "set the client to plain SMTP commands",
        (),
    ),
    (tuple(range(500, 505)), C, "a command or its syntax is not accepted", "look at what the client sends", ()),
    ((521,), R, "the host takes no mail at all (RFC 7504)", "check the recipient's domain", ()),
    ((523, 552), R, "the message or the mailbox is over a limit: too big, or full", "send less, or a link", ()),
    ((530,), C, "the server wants a login first, over TLS", "switch authentication and STARTTLS on", (VERIFY,)),
    ((534, 535, 538), T, "the login was refused: user name, password or mechanism", "check the login", (VERIFY,)),
    (
        (550, 551),
        R,
        "refused for good: mostly no such mailbox, else a rule of the recipient's",
        "check the address",
        (),
    ),
    ((553,), R, "the name of a mailbox is not allowed, or an address is malformed", "check the addresses", ()),
    ((541, 554, 557, 571, 572), R, "the whole transaction was refused for good", "read the words behind the code", ()),
    ((556,), R, "the recipient's domain takes no mail (null MX)", "take the address off the list", ()),
)
_BY_REPLY = {code: entry for entry in _REPLIES for code in entry[0]}
KNOWN_REPLIES = frozenset(_BY_REPLY)


def row_of_reply(code: int) -> Row:
    """Return what is said of a reply code that stands alone; `code` is one of `KNOWN_REPLIES`."""
    _, layer, cause, remedy, commands = _BY_REPLY[code]
    again = "; SES tries again by itself for hours" if code // 100 == 4 and layer is R else ""  # noqa: PLR2004 - 4yz
    return Row("", layer, f"{code}: {cause}", remedy + again, commands, REPLIES)
