"""Texts of recipients' servers; see `sending`."""

MAILBOXES = (
    (
        "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 "
        "double-checking the "
        "recipient's email address for typos or 550-5.1.1 unnecessary spaces. For more information, go to 550 5.1.1  "
        "https://support.google.com/mail/?p=NoSuchUser a1-2002.1 - gsmtp",
        "recipient_server",
        "no such address",
    ),
    (
        "550 5.2.1 The email account that you tried to reach is disabled. "
        "https://support.google.com/mail/?p=DisabledUser",
        "recipient_server",
        "disabled",
    ),
    (
        "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages "
        "from being delivered.",
        "recipient_server",
        "flooded",
    ),
    ("452 4.2.2 The email account that you tried to reach is over quota", "recipient_server", "full"),
    ("552 5.2.2 The email account that you tried to reach is over quota", "recipient_server", "full"),
    ("552 5.3.4 Your message exceeded Google's message size limits", "recipient_server", "size"),
    ("550 5.5.0 Requested action not taken: mailbox unavailable", "recipient_server", "no such address"),
    ("554 delivery error: dd This user doesn't have a yahoo.com account", "recipient_server", "no such address"),
    (
        "554 delivery error: dd Sorry your message to bob@yahoo.com cannot be delivered. This mailbox is "
        "disabled (554.30)",
        "recipient_server",
        "disabled",
    ),
    ("550 5.1.1 <bob@icloud.com>: user does not exist", "recipient_server", "no such address"),
    ("552 5.2.2 <bob@icloud.com>: user is overquota", "recipient_server", "full"),
    ("550 Requested action not taken: mailbox unavailable", "recipient_server", "no such address"),
    ("552 5.2.2 mailbox full", "recipient_server", "full"),
    (
        "554 5.2.122 The recipient has exceeded their limit for the number of messages they can receive per hour",
        "recipient_server",
        "limit",
    ),
    ("554 5.7.1 <bob@example.net>: Relay access denied", "recipient_server", "MX does not serve"),
    ("556 5.1.10 Recipient address has null MX", "recipient_server", "takes no mail"),
    ("550 5.4.310 DNS domain exampel.com does not exist", "recipient_server", "typing error"),
    ("554 5.4.14 Hop count exceeded - possible mail loop ATTR34", "recipient_server", "loop"),
    ("554 5.4.6 Hop count exceeded", "recipient_server", "loop"),
    (
        "450 4.7.1 <bob@example.net>: Recipient address rejected: Greylisted for 5 minutes",
        "recipient_server",
        "greylisting",
    ),
    ("421 4.3.2 The maximum number of concurrent connections has been exceeded", "recipient_server", "busy"),
    ("451 4.7.500 Server busy. Please try again later", "recipient_server", "busy"),
    ("DNS type 'mx' lookup of example.comn responded with code NXDOMAIN", "recipient_server+dns", "typing error"),
)

_BLOCKED = (
    "550-5.7.26 Your email has been blocked because the sender is unauthenticated. Gmail requires all senders to "
)
POLICIES = (
    (f"{_BLOCKED}authenticate with either SPF or DKIM.", "recipient_policy", "DKIM SPF MAIL FROM"),
    (
        "550-5.7.26 Unauthenticated email from example.com is not accepted due to domain's DMARC policy. "
        "https://support.google.com/mail/?p=DmarcRejection",
        "recipient_policy",
        "own DMARC policy",
    ),
    (
        "550-5.7.26 The MAIL FROM domain [bounce.example.com] has an SPF record with a hard fail policy (-all) "
        "but it "
        "fails to pass SPF checks with the ip: [192.0.2.1].",
        "recipient_policy",
        "another way than SES",
    ),
    (
        "421-4.7.26 This mail has been rate limited because it is unauthenticated.",
        "recipient_policy",
        "unauthenticated temporary",
    ),
    (
        "421-4.7.27 Your email has been rate limited because SPF authentication didn't pass for this message.",
        "recipient_policy",
        "bulk SPF",
    ),
    (
        "421-4.7.32 Your email has been rate limited because the From: header (RFC5322) in this message isn't "
        "aligned "
        "with either the authenticated SPF or DKIM organizational domain.",
        "recipient_policy",
        "alignment",
    ),
    ("451 4.7.24 The SPF record of the sending domain has one or more suspicious entries", "recipient_policy", "+all"),
    ("550 5.7.24 The SPF record of the sending domain has one or more suspicious entries", "recipient_policy", "+all"),
    ("550-5.7.25 The IP address sending this message does not have a PTR record", "recipient_policy", "PTR elsewhere"),
    (
        "421-4.7.0 This message is suspicious due to the very low reputation of the sending domain.",
        "recipient_policy",
        "reputation",
    ),
    ("550-5.7.1 ... due to the very low reputation of the sending domain", "recipient_policy", "reputation"),
    (
        "550-5.7.1 Our system has detected that this message is likely unsolicited mail. p=UnsolicitedMessageError",
        "recipient_policy",
        "content complaints",
    ),
    ("550-5.7.1 This message violates example.net email policy. -gcdp a1 - gsmtp", "recipient_policy", "administrator"),
    (
        "552-5.7.0 This message was blocked because its content presents a potential security issue.",
        "recipient_policy",
        "attachment",
    ),
    (
        "550 5.7.515 Access denied, sending domain example.com does not meet the required authentication level. "
        "Spf= Fail , Dkim= Pass , DMARC= Pass",
        "recipient_policy",
        "SPF failed",
    ),
    (
        "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service "
        "provider "
        "since part of their network is on our block list (S3150).",
        "recipient_policy",
        "shared block list",
    ),
    (
        "451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.",
        "recipient_policy",
        "reputation shared",
    ),
    ("550 5.7.606 Access denied, banned sending IP [192.0.2.1]", "recipient_policy", "list"),
    ("550 5.7.511 Access denied, banned sender [192.0.2.1]", "recipient_policy", "banned"),
    (
        "550 5.7.23 The message was rejected because of Sender Policy Framework violation",
        "recipient_policy",
        "SPF MAIL FROM",
    ),
    (
        "550 5.7.124 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required",
        "recipient_policy",
        "own organisation",
    ),
    ("550 5.7.129 RESOLVER.RST.RestrictedRecipient", "recipient_policy", "own organisation"),
    ("550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup", "recipient_policy", "own organisation"),
    ("550 5.7.134 RESOLVER.RST.SenderNotAuthenticatedForMailbox", "recipient_policy", "own organisation"),
    ("550 5.7.136 RESOLVER.RST.SenderNotAuthenticatedForMailUser", "recipient_policy", "own organisation"),
    (
        "550 5.7.1 TRANSPORT.RULES.RejectMessage; the message was rejected by organization policy",
        "recipient_policy",
        "transport rule",
    ),
    ("550 5.7.923 rejected", "recipient_policy", "transport rule"),
    ("550 5.7.64 TenantAttribution; Relay Access Denied", "recipient_policy", "connector"),
    (
        "550 5.7.520 Access denied, Your organization does not allow external forwarding.",
        "recipient_policy",
        "forwarding",
    ),
    (
        "550 5.7.1 Service unavailable, MailFrom domain is listed in Spamhaus",
        "recipient_policy",
        "domain itself DBL",
    ),
    (
        "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints",
        "recipient_policy",
        "complaints",
    ),
    ("554 5.7.9 Message not accepted for policy reasons", "recipient_policy", "DMARC content"),
    (
        "550 5.7.9 This mail has been blocked because the sender is unauthenticated. Yahoo requires all senders to "
        "authenticate with either SPF or DKIM.",
        "recipient_policy",
        "Yahoo unsigned",
    ),
    (
        "553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1, because the ip is in Spamhaus's list",
        "recipient_policy",
        "Spamhaus",
    ),
    ("554 5.7.1 [CS01] Message rejected due to local policy", "recipient_policy", "filter"),
    ("554 5.7.1 [HM08] Message rejected due to local policy", "recipient_policy", "filter"),
    (
        "550 5.7.1 Your message was rejected due to example.com's DMARC policy",
        "recipient_policy",
        "unaligned",
    ),
    ("421 4.7.1 Messages to bob@icloud.com deferred due to excessive volume", "recipient_policy", "rate"),
    ("550 Reject due to SPF policy", "recipient_policy", "-all"),
    ("550 Rejected by header based Anti-Spoofing policy", "recipient_policy", "own domain"),
    ("550 DMARC Sender Invalid - envelope rejected", "recipient_policy", "unaligned"),
    ("550 5.7.0 Email rejected per sender's DMARC policy", "recipient_policy", "unaligned"),
    (
        "550 5.7.1 Service unavailable; client [192.0.2.1] blocked using prs.proofpoint.com",
        "recipient_policy",
        "shared list",
    ),
    ("554 rejected due to spam URL in content", "recipient_policy", "link"),
    ("550 5.7.27 Sender address has null MX", "recipient_policy", "null MX"),
    ("550 5.1.8 Sender address rejected: Domain not found", "dns", "delegation DNSSEC"),
    (
        "521-5.7.1 Service unavailable; client [192.0.2.1] blocked using dnsbl.example.org",
        "recipient_policy",
        "list",
    ),
    ("550 High probability of spam", "recipient_policy", "content"),
)
