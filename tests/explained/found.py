"""Texts of clients as they were found in logs and trackers: who spoke; see `sending`."""

OF_CLIENTS = (
    ("501 5.1.7 Bad sender address syntax", "client", ""),
    (
        "<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code><Message>The request "
        "signature we calculated does not match the signature you "
        "provided.</Message></Error></ErrorResponse>",
        "client",
        "",
    ),
    (
        "An error occurred (InvalidSignatureException) when calling the SendEmail operation: Signature "
        "expired: 20260101T000000Z is now earlier than 20260101T001000Z",
        "client",
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
        "Net::OpenTimeout: execution expired connecting to email-smtp.us-east-1.amazonaws.com:25",
        "client",
        "",
    ),
    (
        'Errno::ECONNREFUSED: Connection refused - connect(2) for "email-smtp.us-east-1.amazonaws.com" port 587',
        "client",
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
        "postfix/smtp[12]: certificate verification failed for "
        "email-smtp.eu-west-1.amazonaws.com[1.2.3.4]:587: untrusted issuer",
        "client",
        "",
    ),
    ("530 5.7.0 Must issue a STARTTLS command first", "client", ""),
    ("501 Invalid RCPT TO address provided", "client", ""),
    ("501 Invalid MAIL FROM address provided", "client", ""),
    ("500 Error: command not implemented", "client", ""),
    ("503 Error: need MAIL command", "client", ""),
    ("451 4.4.2 Timeout waiting for data from client.", "client", ""),
    (
        "The difference between the request time and the current time is too large. (RequestTimeTooSkewed)",
        "client",
        "",
    ),
    ("SignatureDoesNotMatch: Signature expired: 20260101T010101Z is now earlier than", "client", ""),
    ("IncompleteSignature: Authorization header requires 'Credential' parameter", "client", ""),
    (
        'Could not connect to the endpoint URL: "https://email.eu-centrl-1.amazonaws.com/v2/email/outbound-emails"',
        "client",
        "",
    ),
    ("getaddrinfo ENOTFOUND email.eu-central1.amazonaws.com", "client", ""),
    ("getaddrinfo EAI_AGAIN email-smtp.eu-west-1.amazonaws.com", "client", ""),
    ("smtplib.SMTPSenderRefused: (530, b'Authentication required', 'info@example.com')", "client", ""),
    ("smtplib.SMTPNotSupportedError: SMTP AUTH extension not supported by server.", "client", ""),
    ("smtplib.SMTPServerDisconnected: please run connect() first", "client", ""),
    (
        "socket.gaierror: [Errno -2] Name or service not known: email-smtp.eu-wst-1.amazonaws.com",
        "client",
        "",
    ),
    (
        "TimeoutError: [Errno 110] Connection timed out (email-smtp.eu-west-1.amazonaws.com:25)",
        "client",
        "",
    ),
    (
        "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: "
        "Hostname mismatch, certificate is not valid for 'smtp.example.com'.",
        "client",
        "",
    ),
    ('Error: Missing credentials for "PLAIN"', "client", ""),
    ("Error: self signed certificate in certificate chain", "client", ""),
    ("Error: Greeting never received", "client", ""),
    (
        "Error [ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match certificate's altnames: Host: "
        "smtp.example.com. is not in the cert's altnames",
        "client",
        "",
    ),
    ("Error: Mail command failed: 530 Authentication required", "client", ""),
    ("Mailer Error: SMTP connect() failed.", "client", ""),
    ("SMTP -> ERROR: Failed to connect to server: Connection refused (111)", "client", ""),
    ("2026-11-28 SMTP Error: Could not connect to SMTP host.", "client", ""),
    (
        "Outlook: Task 'x' reported error (0x800CCC78): 'Cannot send the message. Verify the email address "
        "in your account properties. The server responded: 530 Authentication required'",
        "client",
        "",
    ),
    (
        'Server returned error: "Couldn\'t reach server. Please double-check the server and port number."',
        "gmail_alias",
        "",
    ),
    (
        'Server returned error: "TLS Negotiation failed, the certificate doesn\'t match the host., code: 0"',
        "gmail_alias",
        "",
    ),
    ("We never get the Gmail verification code for adding the alias", "gmail_alias", ""),
    ("Recipients see my mail as sent on behalf of", "gmail_alias", ""),
    ('Empfänger sehen "über gmail.com"', "gmail_alias", ""),
    ('Outlook shows "xyz@gmail.com on behalf of info@example.com"', "gmail_alias", ""),
    ("SMTP relay is misconfigured or out of date", "gmail_alias", ""),
)
