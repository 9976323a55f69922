"""What SES's SMTP endpoint says, in its own words.

Sources: SES developer guide, "Amazon SES SMTP issues" and "Amazon SES email sending errors"; texts that no page quotes
are from public reports, and say so.
"""

from __future__ import annotations

from provisioner.core.explain import references as see
from provisioner.core.explain.commands import (
    ACCOUNT,
    EXPORT,
    LOOK,
    METRICS,
    RESUME,
    SEND_TEST,
    STATUS,
    SUPPRESSED,
    UNSUPPRESS,
    VERIFY,
)
from provisioner.core.explain.explanation import Layer, Row

_ACCOUNT_PAUSED = (
    "sending is paused for the whole account in {region}, by AWS or by its owner: every customer is hit, and "
    "none is to "
    "blame by this alone"
)

SUPPRESSED_BY_SES: tuple[Row, ...] = (  # in the words of a recipient's server, with its codes
    Row(
        r"(?:on|from|in) the (?:account(?:-level)? )?suppression list(?: for your account)?|"
        r"suppressed.{0,40}account.{0,20}list",
        Layer.SES,
        "the address is on the account's suppression list, because it bounced or complained before; SES did not send",
        "do not send to it; when the mailbox works again, take it off the list",
        (SUPPRESSED, UNSUPPRESS),
        see.SUPPRESSION,
    ),
    Row(
        r"recent history of bouncing|suppressed sending to this address|global suppression list",
        Layer.SES,
        "the address is on SES's global suppression list, because it bounced for somebody lately (up to 14 "
        "days); SES did "
        "not send",
        "do not send to it",
        (SUPPRESSED,),
        see.GLOBAL_SUPPRESSION,
    ),
)

SMTP_REPLIES: tuple[Row, ...] = (
    Row(
        r"235 (?:2\.7\.0 )?(?:\w+ )?authentication suc",
        Layer.SMTP_ENDPOINT,
        "the login was accepted: the credential is right; it says nothing about what its user may send (IAM), "
        "nor about "
        "the identity",
        "send a message through it",
        (SEND_TEST,),
        see.SMTP,
    ),
    Row(
        r"250 ok:? 0[0-9a-f]{8,}-|message (?:accepted|sent).{0,40}0[0-9a-f]{15}-",
        Layer.SES,
        "SES accepted the message, which is not delivery: a suppressed address is accepted and dropped, a "
        "bounce comes "
        "later, and a spam folder tells nobody",
        "look whether the address is suppressed and what became of the domain's mail, and into the spam folder",
        (SUPPRESSED, METRICS),
        see.SUPPRESSION,
    ),
    Row(
        r"authentication credentials invalid",
        Layer.SMTP_ENDPOINT,
        "user name or password is wrong for this region: the secret key in place of the SMTP password, a password of "
        "another region, a key that is inactive or deleted, a blank or line feed in it, or a brand-new key",
        "let the stored credential be tried, which tells those apart; then copy it anew",
        (VERIFY, EXPORT),
        see.CREDENTIALS,
    ),
    Row(
        r"not subscribed to SES",
        Layer.SES,
        "the account that the key belongs to was never signed up for SES in that region, or it is another "
        "account's key",
        "open SES once in the console in that region, or use a key of the right account",
        (ACCOUNT,),
        see.SMTP,
    ),
    Row(
        r"too many (?:\w+ )?auth\w* failures|too many (?:failed )?log-?ins?\b|too many failed (?:auth|login)",
        Layer.SMTP_ENDPOINT,
        "not SES's words: the login goes to another server, which blocks the client's address after failed logins",
        "wait, then correct the password at that server, or enter SES's host and credential in its place",
        (VERIFY,),
        see.REPORTS,
    ),
    Row(
        r"530 (?:5\.\d\.\d )?(?:smtp )?authentication (?:is )?required|530 5\.7\.\d+ must issue a starttls|must "
        r"issue a starttls command",
        Layer.CLIENT,
        "mail was sent before a login: authentication is off in the client, it has no user and password for "
        "exactly this "
        "host and port, or it does not use TLS, without which no AUTH is offered",
        "switch authentication and STARTTLS on, and give the credential for this host and port (Postfix: sasl_passwd)",
        (EXPORT, VERIFY),
        see.SMTP,
    ),
    Row(
        r"too many concurrent smtp connections",
        Layer.SMTP_ENDPOINT,
        "more connections at once than SES allows this account",
        "use a pool of few connections, and retry",
        (),
        see.SMTP,
    ),
    Row(
        r"timeout waiting for data from client",
        Layer.CLIENT,
        "the client left the connection idle, or its packets do not arrive: an MTU over 1500",
        "close idle connections; lower the MTU of the host to 1500",
        (),
        see.SMTP,
    ),
    Row(
        r"daily (?:message|sending) quota exceeded|daily (?:message )?quota (?:was |is |has been )?exceeded",
        Layer.SES,
        "the quota of the account for 24 hours is used up; it counts recipients, not messages",
        "wait until the window has moved on, or ask for a higher quota",
        (ACCOUNT,),
        see.QUOTA_ERRORS,
    ),
    Row(
        r"maximum send(?:ing)? rate exceeded",
        Layer.SES,
        "more messages a second than the account's sending rate allows; it is said after DATA",
        "slow down, and retry with growing pauses",
        (ACCOUNT,),
        see.QUOTA_ERRORS,
    ),
    Row(
        r"454 .{0,10}throttling failure",
        Layer.SES,
        "the account is over its sending quota or rate",
        "slow down, and look at the quota",
        (ACCOUNT,),
        see.QUOTA_ERRORS,
    ),
    Row(
        r"temporary authentication failure",
        Layer.SMTP_ENDPOINT,
        "SES's side could not check the login for now; it is not a wrong password",
        "retry, with growing pauses",
        (VERIFY,),
        see.SMTP,
    ),
    Row(
        r"454 .{0,10}temporary service failure",
        Layer.SMTP_ENDPOINT,
        "the message did not arrive whole, or SES has a fault for now",
        "retry",
        (),
        see.SMTP,
    ),
    Row(
        r"451 .{0,10}temporary service failure|temporary service failure",
        Layer.SMTP_ENDPOINT,
        "a fault on SES's side, for now",
        "retry after 5, 10, 30 seconds, then after 20 minutes",
        (),
        see.SMTP,
    ),
    Row(
        r"552 (?:5\.\d\.\d )?message is too long",
        Layer.SMTP_ENDPOINT,
        "the message is too long: over 40 MB as it is sent, or 10 MB by the older API",
        "send it smaller, or a link",
        (),
        see.QUOTAS,
    ),
    Row(
        r"553 .{0,120}invalid e-?mail address",
        Layer.CLIENT,
        "the address of MAIL FROM is malformed",
        "send it in angle brackets, without blanks or a display name",
        (),
        see.SMTP,
    ),
    Row(
        r"553 .{0,120}address unknown",
        Layer.CLIENT,
        "the address of RCPT TO is malformed; it does not mean that the mailbox is unknown",
        "send it in angle brackets, without blanks or a display name",
        (),
        see.SMTP,
    ),
    Row(
        r"mail from parameters not recogni[sz]ed|smtputf8",
        Layer.CLIENT,
        "the client sends parameters with MAIL FROM that SES does not know, such as SMTPUTF8",
        "use ASCII addresses (the A-label of the domain), and switch SMTPUTF8 off",
        (),
        see.REPORTS,
    ),
    Row(
        r"sending (?:is |has been )?paused for (?:the |this )?configuration set:? ?<?(?P<set>[\w-]+)?|"
        r"configurationset\w*sendingpaused",
        Layer.SES,
        "sending is paused for the configuration set {set}: that domain or sender is paused, the account is not",
        "see who paused it and why, then let it send again",
        (STATUS, RESUME),
        see.REPORTS,
    ),
    Row(
        r"sending (?:is |has been |was )?paused for this account|account'?s? (?:ability to send|sending) "
        r".{0,30}paused",
        Layer.SES,
        _ACCOUNT_PAUSED,
        "read the mail of AWS in the account's inbox and answer it; stop what caused it first",
        (ACCOUNT,),
        see.PAUSING,
    ),
    Row(
        r"local address contains control or whitespace",
        Layer.CLIENT,
        "a display name or an address has a blank or brackets in the wrong place",
        "quote the display name, and put the address alone into angle brackets",
        (),
        see.REPORTS,
    ),
    Row(
        r"missing final '?@domain",
        Layer.CLIENT,
        "something without @ and domain, such as a user name, stands where a recipient's address belongs",
        "check the recipient field of the form or program",
        (),
        see.REPORTS,
    ),
    Row(
        r"address (?:is )?(?:blacklisted|blocklisted)",
        Layer.SES,
        "the address is on SES's global suppression list, because it bounced for somebody lately",
        "do not send to it; when it is known to work, try again after 14 days",
        (SUPPRESSED,),
        see.REPORTS,
    ),
    Row(
        r"email-smtp\.\S+ .{0,40}454 |554 transaction failed",
        Layer.SMTP_ENDPOINT,
        "SES's endpoint refused the message: the words behind it say which part of it",
        "correct what the text names; addresses and headers first",
        LOOK,
        see.SMTP,
    ),
)
