"""Texts as they are found: wrapped by clients and logs, broken into lines, in other cases; see `sending`."""

_FAILED = "Email address is not verified. The following identities failed the check in region"

WRAPPED = (
    (
        "You're sending this from a different address or alias using the \u2018Send mail as\u2019 feature.\nThe "
        "settings for "
        "your \u2018Send mail as\u2019 account are misconfigured or\nout of date. Check those settings and try "
        "resending.\n"
        "Learn more here: https://support.google.com/mail/?p=CustomFromDenied\nThe response was:\n\n"
        "535 Authentication Credentials Invalid\n",
        "smtp_endpoint+gmail_alias",
        "password",
    ),
    (
        "Sie senden diese Nachricht von einer anderen Adresse oder einem anderen Alias mithilfe der Funktion "
        "\u201eSenden als\u201c. Die Einstellungen f\u00fcr Ihr \u201eSenden als\u201c-Konto sind falsch "
        "konfiguriert oder "
        "veraltet. Weitere Informationen: https://support.google.com/mail/?p=CustomFromDenied Die Antwort war: "
        "535 Authentication Credentials Invalid",
        "smtp_endpoint+gmail_alias",
        "password",
    ),
    (
        "Die Nachricht wurde nicht zugestellt. Die Einstellungen f\u00fcr Ihr \u201eSenden als\u201c-Konto sind "
        "nicht korrekt.",
        "gmail_alias",
        "rotated",
    ),
    (
        "** Message not delivered ** You're sending this from a different address or alias using the 'Send mail as' "
        "feature. The response was: Unspecified Error (SENT_SECOND_EHLO): Smtp server does not advertise AUTH "
        "capability",
        "gmail_alias",
        "login",
    ),
    (
        "SMTP Error: Could not authenticate. SMTP server error: Detail: Authentication Credentials Invalid SMTP "
        "code: 535",
        "smtp_endpoint+client",
        "password",
    ),
    (
        "SMTP Error: data not accepted.SMTP server error: DATA END command failed Detail: Message rejected: "
        f"{_FAILED} EU-CENTRAL-1: shop@example.de SMTP code: 554",
        "ses+client",
        "not verified eu-central-1",
    ),
    (
        "SMTP Error: The following recipients failed: bob@example.net: user unknown SMTP code: 550 Additional SMTP "
        "info: 5.1.1",
        "recipient_server+client",
        "no such address",
    ),
    (
        "SMTP-Fehler: Authentifizierung fehlgeschlagen.",
        "smtp_endpoint+client",
        "535",
    ),
    ("SMTP-Fehler: Daten werden nicht akzeptiert.", "client", "says nothing"),
    ("SMTP-Fehler: Konnte keine Verbindung zum SMTP-Host herstellen.", "client", "connection"),
    ("Mail-Funktion konnte nicht initialisiert werden.", "client", "mail()"),
    (
        "Nov 28 05:12:01 mx postfix/smtp[1234]: 4F3C2: to=<bob@example.net>, relay=email-smtp.eu-west-1.amazonaws.com"
        "[52.1.2.3]:587, delay=0.5, delays=0.1/0/0.3/0.1, dsn=5.0.0, status=bounced (host email-smtp.eu-west-1."
        f"amazonaws.com[52.1.2.3] said: 554 Message rejected: {_FAILED} EU-WEST-1: root@web1.example.org "
        "(in reply to end of DATA command))",
        "ses+client",
        "not verified",
    ),
    (
        "postfix/smtp[99]: 9A1B: to=<bob@example.net>, relay=mx.example.net[192.0.2.9]:25, dsn=5.1.1, status=bounced "
        "(host mx.example.net[192.0.2.9] said: 550 5.1.1 <bob@example.net>: Recipient address rejected: User "
        "unknown in "
        "virtual mailbox table (in reply to RCPT TO command))",
        "recipient_server+client",
        "no such address",
    ),
    (
        "postfix/smtp[99]: 9A1B: to=<bob@example.net>, relay=none, dsn=4.4.1, status=deferred (connect to "
        "email-smtp.eu-west-1.amazonaws.com[52.1.2.3]:25: Connection timed out)",
        "client",
        "port 25",
    ),
    (
        "host aspmx.l.google.com[142.250.1.27] said: 421-4.7.0 This message is suspicious due to the very low\n"
        "421-4.7.0 reputation of the sending domain. To best protect our users from\n421-4.7.0 spam, the "
        "message has been "
        "blocked. 421 4.7.0 https://support.google.com/mail/answer/188131 x7-2002 - gsmtp",
        "recipient_policy",
        "reputation",
    ),
    (
        "botocore.errorfactory.MessageRejected: An error occurred (MessageRejected) when calling the SendEmail "
        f"operation: {_FAILED} US-EAST-1: info@example.org",
        "ses",
        "not verified us-east-1",
    ),
    (
        "An error occurred (AccessDenied) when calling the SendRawEmail operation: User "
        "`arn:aws:iam::123456789012:user/ses/example.org' is not authorized to perform `ses:SendRawEmail' on "
        "resource "
        "`arn:aws:ses:us-east-1:123456789012:identity/example.com'",
        "iam",
        "policy",
    ),
    (
        "An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity operation: The security token "
        "included in the request is invalid.",
        "iam",
        "deleted",
    ),
    (
        "An error occurred (Throttling) when calling the ChangeResourceRecordSets operation (reached max "
        "retries: 4): "
        "Rate exceeded",
        "dns",
        "Route 53",
    ),
    (
        "smtplib.SMTPDataError: (554, b'Message rejected: Sending paused for this account. For more "
        "information, please "
        "check the inbox of the email address associated with your AWS account.')",
        "ses",
        "account",
    ),
    (
        "smtplib.SMTPRecipientsRefused: {'bob@example.net': (550, b'5.1.1 <bob@example.net>: user unknown')}",
        "recipient_server",
        "no such address",
    ),
    (
        "Error: Invalid login: 535 Authentication Credentials Invalid\n    at SMTPConnection._formatError "
        "(/app/node_modules/nodemailer/lib/smtp-connection/index.js:790:19) { code: 'EAUTH', responseCode: 535, "
        "command: 'AUTH PLAIN' }",
        "smtp_endpoint+client",
        "password",
    ),
    (
        "Error: connect ETIMEDOUT 52.1.2.3:587 { code: 'ESOCKET', command: 'CONN' }",
        "client",
        "no connection",
    ),
    (
        "Error: 140735:error:1408F10B:SSL routines:ssl3_get_record:wrong version number",
        "client",
        "STARTTLS",
    ),
    (
        "com.amazonaws.services.simpleemail.model.MessageRejectedException: "
        f"{_FAILED} EU-WEST-1: info@example.org (Service: AmazonSimpleEmailService; Status Code: 400; Error Code: "
        "MessageRejected; Request ID: 1a2b)",
        "ses",
        "not verified",
    ),
    (
        "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid",
        "smtp_endpoint+client",
        "password",
    ),
    (
        "com.sun.mail.util.MailConnectException: Couldn't connect to host, port: "
        "email-smtp.eu-west-1.amazonaws.com, 25; "
        "timeout -1",
        "client",
        "port 25",
    ),
    (
        "operation error SESv2: SendEmail, https response error StatusCode: 400, RequestID: 1a2b, MessageRejected: "
        f"{_FAILED} EU-NORTH-1: info@example.org",
        "ses",
        "not verified",
    ),
    ("dial tcp: lookup email-smtp.eu-south-9.amazonaws.com: no such host", "client", "region"),
    ("tls: first record does not look like a TLS handshake", "client", "STARTTLS"),
    ("x509: certificate signed by unknown authority", "client", "CA bundle"),
    (
        "Symfony\\Component\\Mailer\\Exception\\TransportException: Failed to authenticate on SMTP server with "
        "username "
        '"AKIAIOSFODNN7EXAMPLE" using the following authenticators: "LOGIN", "PLAIN". Authenticator "LOGIN" returned '
        '"Expected response code "235" but got code "535", with message "535 Authentication Credentials Invalid".".',
        "smtp_endpoint+client",
        "password",
    ),
    (
        'Expected response code "250" but got code "554", with message "554 Transaction failed: Missing final '
        "'@domain'\".",
        "client",
        "recipient",
    ),
    (
        'Aws\\Ses\\Exception\\SesException: Error executing "SendRawEmail" on '
        '"https://email.eu-west-1.amazonaws.com"; '
        "AWS HTTP error: Client error: `POST` resulted in a `403 Forbidden` response: SignatureDoesNotMatch "
        "(client): The "
        "request signature we calculated does not match the signature you provided.",
        "client+iam",
        "SMTP password",
    ),
    ("botocore.exceptions.NoCredentialsError: Unable to locate credentials", "client", "no key"),
    ("CredentialsProviderError: Could not load credentials from any providers", "client", "no key"),
    ("msmtp: server message: 535 Authentication Credentials Invalid", "smtp_endpoint+client", "password"),
    (
        "SMTP error from remote mail server after RCPT TO:<bob@example.net>: 550 No such user here",
        "recipient_server",
        "no such address",
    ),
    (
        "Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address "
        "lookup'",
        "recipient_server",
        "no such address",
    ),
    (
        "550 5.4.1 Recipient address rejected: Access denied. AS(201806281) "
        "[DB5EUR.eurprd02.prod.protection.outlook.com]",
        "recipient_server",
        "no such address",
    ),
    ("net::SMTPAuthenticationError: 535 Authentication Credentials Invalid", "smtp_endpoint", "password"),
    (
        "The SMTP server requires a secure connection or the client was not authenticated. The server response was: "
        "Authentication required",
        "client",
        "login",
    ),
)

MESSAGES = (
    (
        "Reporting-MTA: dns; a1-23.smtp-out.eu-west-1.amazonses.com\n\nFinal-Recipient: rfc822; bob@example.net\n"
        "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550-5.1.1 The email account that you tried to "
        "reach does\n"
        " not exist. Please try\n",
        "recipient_server",
        "no such address",
    ),
    (
        "Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.7.26\n"
        "Diagnostic-Code: smtp; 550-5.7.26 Unauthenticated email from example.com is not accepted due to\n"
        "    550-5.7.26 domain's DMARC policy.\n",
        "recipient_policy",
        "DMARC",
    ),
    ("Final-Recipient: rfc822; bob@example.net\nAction: failed\nStatus: 5.2.2\n", "recipient_server", "full"),
    (
        "Final-Recipient: rfc822; bob@example.net\nAction: delayed\nStatus: 4.4.1\n"
        "Diagnostic-Code: smtp; 421 4.4.1 Unable to connect to remote host\n",
        "recipient_server",
        "not final",
    ),
)

LINES = (
    (
        "550-5.7.26 Your email has been blocked because the sender is\n550-5.7.26 unauthenticated. Gmail "
        "requires all "
        "senders to authenticate\n550-5.7.26 with either SPF or DKIM.\n550-5.7.26\n550-5.7.26  Authentication "
        "results:\n"
        "550-5.7.26  DKIM = did not pass\n550-5.7.26  SPF [bounce.example.com] with ip: [192.0.2.1] = did not pass\n"
        "550 5.7.26  https://support.google.com/mail/answer/81126#authentication a1-2002 - gsmtp",
        "recipient_policy",
        "unauthenticated",
    ),
    (
        "550-Requested action not taken: mailbox unavailable\n550-For explanation visit\n550 "
        "https://postmaster.gmx.net/en/error-messages?ip=192.0.2.1",
        "recipient_server",
        "no such address",
    ),
    ("554 MESSAGE REJECTED:\n EMAIL ADDRESS IS NOT VERIFIED", "ses", "not verified"),
    ("> 535 Authentication\n> Credentials Invalid", "smtp_endpoint", "password"),
    ("550&#x20;5.7.1 &lt;bob@example.net&gt;: Relay access denied", "recipient_server", "MX"),
    ("550 #5.1.1 Addressee unknown, relay=[192.0.2.1]", "recipient_server", "no such address"),
)

WORDS = (
    ("our newsletter lands in the junk folder", "recipient_policy", "alignment"),
    ("mails of the shop end up in spam", "recipient_policy", "alignment"),
    ("customers say that our emails are in their spam folder", "recipient_policy", "alignment"),
    ("Unsere Mails landen im Spam", "recipient_policy", "alignment"),
    ("Unsere E-Mails kommen nicht an", "ses", "sandbox"),
    ("our emails never arrive", "ses", "sandbox"),
    ("the bounce rate went up to 8 %", "ses", "bounces"),
    ("sudden spike of complaints", "ses", "complaints"),
    ("we have reached our daily sending quota", "ses", "recipients"),
    ("SMTP login fails since this morning", "smtp_endpoint", "password"),
    ("identity stuck in PENDING since yesterday", "dns", "delegated"),
    ("Gmail says the mail came via amazonses.com", "dns", "aligned"),
    ("test mail to myself works, customers get nothing", "ses", "sandbox"),
    ("sending works locally but not on the production server", "client", "port 25"),
    ("DKIM fails for our domain", "dns", "CNAME"),
    ("every notification arrives twice", "client", "plug-ins"),
)
