"""Answers of recipients as they were found in bounces: who spoke; see `sending`."""

OF_RECIPIENTS = (
    (
        "The response from the remote server was: 550 5.1.1 The email account that you tried to reach does not exist.",
        "recipient_server",
        "",
    ),
    (
        "Delivery has failed to these recipients or groups: bob@contoso.com The email address you entered "
        "couldn't be found.",
        "recipient_server",
        "",
    ),
    (
        "bob@contoso.com Remote Server returned '550 5.7.708 Access denied, traffic not accepted from this "
        "IP. For more information please go to http://go.microsoft.com/fwlink/?LinkId=526653'",
        "recipient_policy",
        "",
    ),
    (
        "554 5.7.1 Service unavailable; Client host [54.240.9.1] blocked using zen.spamhaus.org",
        "recipient_policy",
        "",
    ),
    (
        "550 5.7.1 [54.240.9.1 12] Our system has detected that this message is likely suspicious due to "
        "the very low reputation of the sending IP address.",
        "recipient_policy",
        "",
    ),
    ("451 4.3.0 Mail server temporarily rejected message", "recipient_server", ""),
    ("550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found", "recipient_server", ""),
    ("550 5.1.1 <bob@x.de> User unknown; rejecting", "recipient_server", ""),
    ("550 sorry, no mailbox here by that name (#5.1.1)", "recipient_server", ""),
    (
        "450 4.2.0 <bob@x.de>: Recipient address rejected: Greylisted, see "
        "http://postgrey.schweikert.ch/help/x.de.html",
        "recipient_server",
        "",
    ),
    ("451 4.7.1 Greylisting in action, please come back later", "recipient_server", ""),
    (
        "421 RP-001 (BAY004) Unfortunately, some messages from 54.240.1.1 weren't sent. Please try again.",
        "recipient_policy",
        "",
    ),
    (
        "421 4.7.0 [TS03] All messages from 54.240.8.1 will be permanently deferred; Retrying will NOT succeed.",
        "recipient_policy",
        "",
    ),
    ("421 4.7.0 [TSS09] All messages from 1.2.3.4 will be permanently deferred", "recipient_policy", ""),
    ("550 5.7.1 Message rejected due to content restrictions", "recipient_policy", ""),
    ("554 5.7.1 Message blocked due to spam content in the message", "recipient_policy", ""),
    ("552 5.2.3 Message size exceeds fixed maximum message size", "recipient_server", ""),
    ("552 Requested mail action aborted: exceeded storage allocation", "recipient_server", ""),
    ("550 5.4.1 All recipient addresses rejected : Access denied", "recipient_server", ""),
    (
        "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery "
        "restriction check failed because the sender was not authenticated when sending to this group",
        "recipient_policy",
        "",
    ),
    (
        "550 5.7.509: Access denied, sending domain example.com does not pass DMARC verification and has a "
        "DMARC policy of reject.",
        "recipient_policy",
        "",
    ),
    (
        "550 5.7.515 Access denied, sending domain EXAMPLE.COM doesn't meet the required authentication "
        "level. The sender's domain in the 5322.From address doesn't meet the authentication requirements "
        "defined for the sender. Spf= Pass , Dkim= Fail , DMARC= Fail",
        "recipient_policy",
        "",
    ),
    ("5.7.26", "recipient_policy", ""),
    (
        "550 5.7.350 Remote server returned message detected as spam -> 550 5.7.1 Message rejected as spam",
        "recipient_policy",
        "",
    ),
    ("554 5.4.0 Error: too many hops", "recipient_server", ""),
    ("554 Too many hops 27 (25 max)", "recipient_server", ""),
    ("550 5.4.5 Daily user sending quota exceeded. p=DailySendLimit - gsmtp", "recipient_server", ""),
    ("454 4.7.1 <bob@x.net>: Relay access denied", "recipient_server", ""),
    (
        "Undelivered Mail Returned to Sender: <bob@gmial.con>: Host or domain name not found. Name service "
        "error for name=gmial.con type=AAAA: Host not found",
        "recipient_server",
        "",
    ),
    (
        "The domain gmial.con couldn't be found. DNS Error: 12345 DNS type 'mx' lookup of gmial.con "
        "responded with code NXDOMAIN Domain name not found: gmial.con",
        "recipient_server",
        "",
    ),
    ("550 5.4.4 Invalid domain name", "recipient_server", ""),
    ("550 5.1.2 Host unknown (Name server: gmial.con: host not found)", "recipient_server", ""),
    ("421 4.4.2 Connection dropped due to timeout", "recipient_server", ""),
    ("4.4.7 Message expired: unable to deliver in 840 minutes", "recipient_server", ""),
    (
        "smtp; 554 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.0 Unable to lookup DNS for x.y>",
        "recipient_server",
        "",
    ),
)
