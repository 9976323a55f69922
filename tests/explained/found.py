"""Texts as they were found in logs and trackers: who spoke; see `sending`."""

OF_SENDERS = (
    ("550-Verification failed for <info@example.com> 550 Sender verify failed", "dns", ""),
    ("451 4.1.8 Domain of sender address bounce@bounce.example.com does not resolve", "dns", ""),
    ("553 5.1.8 Domain of sender address info@example.com does not exist", "dns", ""),
    ("550 Sender rejected: domain not found", "dns", ""),
    ("501 5.1.7 Bad sender address syntax", "client", ""),
    ("Error: Message failed: 554 Message rejected: Email address is not verified.", "ses", ""),
    (
        "MessageRejected: Email address is not verified. The following identities failed the check in "
        "region US-WEST-2: no-reply@example.io at Request.extractError "
        "(/app/node_modules/aws-sdk/lib/protocol/json.js:51:27)",
        "ses",
        "",
    ),
    (
        '{"__type":"com.amazonaws.ses#MessageRejected","message":"Email address is not verified. The '
        'following identities failed the check in region EU-WEST-1: a@example.com"}',
        "ses",
        "",
    ),
    (
        "<ErrorResponse "
        'xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>MessageRejected</'
        "Code><Message>Email address is not verified. The following identities failed the check in region "
        "US-EAST-1: a@example.com</Message></Error></ErrorResponse>",
        "ses",
        "",
    ),
    (
        "<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>The request "
        "signature we calculated does not match the signature you "
        "provided.</Message></Error></ErrorResponse>",
        "client",
        "",
    ),
    (
        "An error occurred (AccountSendingPausedException) when calling the SendEmail operation: Sending "
        "paused for this account.",
        "ses",
        "",
    ),
    (
        "An error occurred (ConfigurationSetDoesNotExist) when calling the SendRawEmail operation: "
        "Configuration set <my-set> does not exist.",
        "ses",
        "",
    ),
    (
        "An error occurred (MailFromDomainNotVerifiedException) when calling the SendRawEmail operation:",
        "ses",
        "",
    ),
    (
        "An error occurred (TooManyRequestsException) when calling the GetEmailIdentity operation (reached "
        "max retries: 4): Too Many Requests",
        "ses",
        "",
    ),
    (
        "An error occurred (LimitExceededException) when calling the CreateEmailIdentity operation: "
        "Maximum number of identities reached",
        "ses",
        "",
    ),
    (
        "An error occurred (AlreadyExistsException) when calling the CreateEmailIdentity operation: Email "
        "identity example.com already exist.",
        "ses",
        "",
    ),
    (
        "An error occurred (NoSuchEntity) when calling the UpdateAccessKey operation: The Access Key with "
        "id AKIAXXXXXXXXEXAMPLE cannot be found.",
        "iam",
        "",
    ),
    (
        "An error occurred (EntityAlreadyExists) when calling the CreateUser operation: User with name "
        "example.com already exists.",
        "iam",
        "",
    ),
    (
        "An error occurred (ExpiredTokenException) when calling the GetAccount operation: The security "
        "token included in the request is expired",
        "iam",
        "",
    ),
    (
        "An error occurred (UnrecognizedClientException) when calling the GetAccount operation: The "
        "security token included in the request is invalid.",
        "iam",
        "",
    ),
    (
        "An error occurred (AccessDeniedException) when calling the GetAccount operation: User: "
        "arn:aws:iam::123456789012:user/x is not authorized to perform: ses:GetAccount on resource: * "
        "because no identity-based policy allows the ses:GetAccount action",
        "iam",
        "",
    ),
    (
        "An error occurred (InvalidSignatureException) when calling the SendEmail operation: Signature "
        "expired: 20260101T000000Z is now earlier than 20260101T001000Z",
        "client",
        "",
    ),
    (
        "An error occurred (BadRequestException) when calling the PutEmailIdentityDkimSigningAttributes "
        "operation: Invalid DKIM private key",
        "ses",
        "",
    ),
    (
        "An error occurred (BadRequestException) when calling the PutSuppressedDestination operation: not "
        "allowed for sandbox accounts",
        "ses",
        "",
    ),
    (
        "An error occurred (ConcurrentModificationException) when calling the CreateEmailIdentity operation:",
        "ses",
        "",
    ),
    ("aws-sdk: ThrottlingException: Maximum sending rate exceeded.", "ses", ""),
    ("SES said: 454 4.7.0 Throttling failure: Maximum sending rate exceeded", "ses", ""),
    (
        'Expected response code 250 but got code "454", with message "454 Throttling failure: Daily '
        'message quota exceeded."',
        "ses",
        "",
    ),
    (
        'Connection could not be established with host "ssl://email-smtp.eu-west-1.amazonaws.com:587": '
        "stream_socket_client(): SSL operation failed with code 1. OpenSSL Error messages: "
        "error:0A00010B:SSL routines::wrong version number",
        "client",
        "",
    ),
    (
        'Connection could not be established with host "email-smtp.eu-west-1.amazonaws.com:587": '
        "stream_socket_client(): Unable to connect to email-smtp.eu-west-1.amazonaws.com:587 (Connection "
        "timed out)",
        "client",
        "",
    ),
    (
        "stream_socket_enable_crypto(): SSL operation failed with code 1. OpenSSL Error messages: "
        "error:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed",
        "client",
        "",
    ),
    (
        "stream_socket_enable_crypto(): Peer certificate CN=`*.hoster.example' did not match expected "
        "CN=`email-smtp.eu-west-1.amazonaws.com'",
        "client",
        "",
    ),
    (
        "PHPMailer\\PHPMailer\\Exception: SMTP Error: Could not connect to SMTP host. Failed to connect to "
        "server in /var/www/html",
        "client",
        "",
    ),
    ("SMTP ERROR: Failed to connect to server: Connection timed out (110)", "client", ""),
    (
        "SMTP ERROR: Failed to connect to server: php_network_getaddresses: getaddrinfo failed: Name or "
        "service not known (0)",
        "client",
        "",
    ),
    (
        "javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid "
        "certification path to requested target",
        "client",
        "",
    ),
    ("com.sun.mail.smtp.SMTPSendFailedException: 530 Authentication required", "client", ""),
    ("jakarta.mail.MessagingException: Could not convert socket to TLS", "client", ""),
    (
        "org.springframework.mail.MailAuthenticationException: Authentication failed; nested exception is "
        "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid",
        "smtp_endpoint",
        "",
    ),
    (
        "Net::OpenTimeout: execution expired connecting to email-smtp.us-east-1.amazonaws.com:25",
        "client",
        "",
    ),
    (
        'Errno::ECONNREFUSED: Connection refused - connect(2) for "email-smtp.us-east-1.amazonaws.com" port 587',
        "client",
        "",
    ),
    ("Net::SMTPFatalError: 554 Message rejected: Email address is not verified.", "ses", ""),
    ("MailKit.Security.AuthenticationException: 535: Authentication Credentials Invalid", "smtp_endpoint", ""),
    (
        "MailKit.Net.Smtp.SmtpCommandException: Message rejected: Email address is not verified.",
        "ses",
        "",
    ),
    (
        "gomail: could not send email 1: 554 Message rejected: Email address is not verified. The "
        "following identities failed the check in region US-EAST-1: me@example.com",
        "ses",
        "",
    ),
    ("dial tcp 3.1.2.3:587: i/o timeout", "client", ""),
    ("EOF sending to email-smtp.us-east-1.amazonaws.com:465", "client", ""),
    (
        "Lost connection with email-smtp.eu-west-1.amazonaws.com[1.2.3.4] while receiving the initial server greeting",
        "client",
        "",
    ),
    ("warning: SASL authentication failure: No worthy mechs found", "client", ""),
    (
        "SASL authentication failed; server email-smtp.eu-west-1.amazonaws.com[1.2.3.4] said: 535 "
        "Authentication Credentials Invalid",
        "smtp_endpoint",
        "",
    ),
    (
        "postfix/smtp[12]: certificate verification failed for "
        "email-smtp.eu-west-1.amazonaws.com[1.2.3.4]:587: untrusted issuer",
        "client",
        "",
    ),
    ("Temporary authentication failure", "smtp_endpoint", ""),
    (
        "Message rejected: Email address is not verified. The following identities failed the check in "
        'region EU-WEST-1: "WordPress" <wordpress@shop.example.de>',
        "ses",
        "",
    ),
    ("Absender wordpress@example.de: Email address is not verified", "ses", ""),
    ("Amazon SES has temporarily suspended our ability to send email from your account", "ses", ""),
    ("We are placing your Amazon SES account under review", "ses", ""),
    ("Your sending has been paused by Amazon SES", "ses", ""),
    (
        "Amazon SES did not send the message to this address because it is on the suppression list for your account.",
        "ses",
        "",
    ),
    (
        "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as "
        "an invalid address.",
        "ses",
        "",
    ),
    (
        "smtp; 550 5.1.1 Amazon SES did not send the message to this address because it is on the "
        "suppression list for your account. For more information about removing addresses from the "
        "suppression list, see the Amazon SES Developer Guide",
        "ses",
        "",
    ),
    (
        "smtp; 5.1.1 - Amazon SES has suppressed sending to this address because it has a recent history "
        "of bouncing as an invalid address.",
        "ses",
        "",
    ),
    ("smtp authentication error from our ERP", "smtp_endpoint", ""),
)
