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
    ("550-5.7.26 Your email has been blocked because the sender is unauthenticated.", "recipient_policy", ""),
    (
        "550-5.7.26 This mail is unauthenticated, which poses a security risk to the sender and Gmail "
        "users, and has been blocked. The sender must authenticate with at least one of SPF or DKIM.",
        "recipient_policy",
        "",
    ),
    (
        "550 5.7.26 This message does not pass authentication checks (SPF and DKIM both do not pass)",
        "recipient_policy",
        "",
    ),
    (
        "421-4.7.30 Your email has been rate limited because DKIM authentication didn't pass for this "
        "message. Gmail requires all bulk email senders to authenticate their email with DKIM.",
        "recipient_policy",
        "",
    ),
    ("550-5.7.30 Your email has been blocked because DKIM authentication didn't pass", "recipient_policy", ""),
    (
        "421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your DKIM "
        "domain [example.com 36]. To protect our users from spam, mail sent from your domain has been "
        "temporarily rate limited.",
        "recipient_policy",
        "",
    ),
    (
        "421-4.7.0 [54.240.27.1 15] Our system has detected that this message is suspicious due to the "
        "nature of the content and/or the links within.",
        "recipient_policy",
        "",
    ),
    (
        "550 5.7.1 The user or domain that you are sending to (or from) has a policy that prohibited the "
        "mail that you sent. p=PolicyRejection",
        "recipient_policy",
        "",
    ),
    ("552-5.7.0 Our system detected an illegal attachment on your message.", "recipient_policy", ""),
    (
        "452-4.2.2 The recipient's inbox is out of storage space. Please direct the recipient to "
        "https://support.google.com/mail/?p=OverQuotaTemp",
        "recipient_server",
        "",
    ),
    ("450-4.2.1 The user you are trying to contact is receiving mail too quickly.", "recipient_server", ""),
    ("550-5.2.1 The email account that you tried to reach is inactive.", "recipient_server", ""),
    ("551 5.7.1 user not local; please try another path", "recipient_policy", ""),
    (
        "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). "
        "[AM7EUR03FT034.eop-EUR03.prod.protection.outlook.com]",
        "recipient_server",
        "",
    ),
    (
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient bob@contoso.com not found by SMTP address lookup",
        "recipient_server",
        "",
    ),
    ("550 5.1.0 Recipient rejected", "recipient_server", ""),
    ("550 5.2.2 user quota exceeded", "recipient_server", ""),
    ("452 4.3.1 Insufficient system resources", "recipient_server", ""),
    ("421 4.4.5 Server busy, try again later. AS(780090)", "recipient_server", ""),
    ("432 4.3.2 STOREDRV.Deliver; recipient thread limit exceeded", "recipient_server", ""),
    (
        "550 5.7.1 Unfortunately, messages from [54.240.3.4] weren't sent. Please contact your Internet "
        "service provider since part of their network is on our block list (S3140). You can also refer "
        "your provider to http://mail.live.com/mail/troubleshooting.aspx#errors.",
        "recipient_policy",
        "",
    ),
    ("550 SC-001 (COL004) Unfortunately, messages from 54.240.3.4 weren't sent", "recipient_policy", ""),
    (
        "550 5.7.511 Access denied, banned sender[54.240.3.4]. To request removal from this list please "
        "forward this message to delist@microsoft.com",
        "recipient_policy",
        "",
    ),
    ("550 5.7.1 Recipient address rejected: policy", "recipient_policy", ""),
    ("550 5.7.134 RESOLVER.RST.SenderNotAuthenticatedForMailbox; authentication required", "recipient_policy", ""),
    (
        "Your message couldn't be delivered because the recipient's group only accepts messages from "
        "people in its organization",
        "recipient_policy",
        "",
    ),
    ("550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", "recipient_policy", ""),
    (
        "550 5.7.520 Access denied, Your organization does not allow external forwarding. AS(7555)",
        "recipient_policy",
        "",
    ),
    ("550 5.7.57 Client not authenticated to send mail.", "recipient_policy", ""),
    (
        "553 5.7.2 [TSS11] All messages from 54.240.3.4 will be permanently deferred; Retrying will NOT succeed.",
        "recipient_policy",
        "",
    ),
    (
        "421 4.16.55 [TSS05] Messages from 1.2.3.4 temporarily deferred due to excessive user complaints",
        "recipient_policy",
        "",
    ),
    (
        "554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes",
        "recipient_policy",
        "",
    ),
    (
        "554 30 Sorry, your message to x@yahoo.com cannot be delivered. This mailbox is disabled (554.30).",
        "recipient_server",
        "",
    ),
    ("552 1 Requested mail action aborted, mailbox not found", "recipient_server", ""),
    (
        "550 5.7.1 [HM07] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137",
        "recipient_policy",
        "",
    ),
    ("450 4.1.1 <x@icloud.com>: Recipient address rejected: unverified address", "recipient_server", ""),
    (
        "554-Transaction failed 554-Reject due to policy restrictions. 554 For explanation visit "
        "https://postmaster.gmx.net",
        "recipient_policy",
        "",
    ),
    ("550-Requested action not taken: mailbox unavailable 550-Reject due to SPF policy.", "recipient_policy", ""),
    ("421 GMX: too many connections", "recipient_server", ""),
    (
        "554 IP=54.240.1.2 - A problem occurred. (Ask your postmaster for help or to contact "
        "tosa@rx.t-online.de to clarify.)",
        "recipient_policy",
        "",
    ),
    ("550 Administrative prohibition - envelope blocked - https://community.mimecast.com", "recipient_policy", ""),
    (
        "550 Rejected by header based Anti-Spoofing policy: info@example.com - "
        "https://community.mimecast.com/docs/DOC-1369#550",
        "recipient_policy",
        "",
    ),
    ("550 5.7.1 Command rejected", "recipient_policy", ""),
    ("554 5.7.0 Reject, id=12345 - INFECTED", "recipient_policy", ""),
    ("550 5.7.1 This message contains a virus", "recipient_policy", ""),
    ("554 5.6.0 Lone CR or LF in body", "recipient_server", ""),
    ("550 5.6.0 Header size exceeds maximum permitted", "recipient_server", ""),
    ("523 5.7.10 Encryption Needed", "recipient_policy", ""),
    ("421 4.4.2 Timeout while waiting for client", "recipient_server", ""),
    ("554 Invalid domain name: '-foo.com'", "recipient_server", ""),
    ("Error: Can't send mail - all recipients were rejected: 550 5.1.1 user unknown", "recipient_server", ""),
    (
        "Fehler beim Senden der Nachricht. Der Server hat geantwortet: 5.1.1 <x@y.de>: Recipient address "
        "rejected: User unknown",
        "recipient_server",
        "",
    ),
    ("Mailbox full", "recipient_server", ""),
    ("User unknown", "recipient_server", ""),
    ("relay access denied", "recipient_server", ""),
    ("Address rejected: greylisted", "recipient_server", ""),
    ("bounceType Permanent bounceSubType NoEmail", "recipient_server", ""),
    ("Transient/General", "recipient_server", ""),
    ("Complaint: complaintFeedbackType=abuse", "recipient_policy", ""),
    ("complaintFeedbackType not-spam", "recipient_policy", ""),
    ("Complaint (fraud)", "recipient_policy", ""),
    ("DeliveryDelay IPFailure", "recipient_policy", ""),
    ("DeliveryDelay event, delayType TransientCommunicationFailure", "recipient_server", ""),
    ("SPF fails when mail is forwarded", "recipient_policy", ""),
    ("Fehler 550", "recipient_server", ""),
    ("error 421", "recipient_server", ""),
    ("SMTP 421", "recipient_server", ""),
    ("SMTP 554 error", "recipient_server", ""),
    ("mail error 552", "recipient_server", ""),
    ("550", "recipient_server", ""),
    (" 5.7.1 ", "recipient_policy", ""),
    ("5.7.1?", "recipient_policy", ""),
    ("What does 550 5.1.1 mean?", "recipient_server", ""),
    ("error 5.7.1 from a mail server", "recipient_policy", ""),
    ("bounce 5.2.2", "recipient_server", ""),
    ("status=4.2.2", "recipient_server", ""),
    ("SMTP Code: 550, Enhanced: 5.1.1", "recipient_server", ""),
    ("(#5.2.2)", "recipient_server", ""),
    ("#550 5.1.1", "recipient_server", ""),
)
