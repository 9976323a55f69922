"""Texts of AWS as they were found in logs and trackers: who spoke; see `sending`."""

OF_AWS = (
    ("550-Verification failed for <info@example.com> 550 Sender verify failed", "dns", ""),
    ("451 4.1.8 Domain of sender address bounce@bounce.example.com does not resolve", "dns", ""),
    ("553 5.1.8 Domain of sender address info@example.com does not exist", "dns", ""),
    ("550 Sender rejected: domain not found", "dns", ""),
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
        "org.springframework.mail.MailAuthenticationException: Authentication failed; nested exception is "
        "javax.mail.AuthenticationFailedException: 535 Authentication Credentials Invalid",
        "smtp_endpoint",
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
    (
        "SASL authentication failed; server email-smtp.eu-west-1.amazonaws.com[1.2.3.4] said: 535 "
        "Authentication Credentials Invalid",
        "smtp_endpoint",
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
    ("534 5.7.9 Application-specific password required", "smtp_endpoint", ""),
    ("535 5.7.3 Authentication unsuccessful", "smtp_endpoint", ""),
    (
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant",
        "smtp_endpoint",
        "",
    ),
    ("454 4.7.0 Temporary authentication failure", "smtp_endpoint", ""),
    (
        "Message rejected: Sending paused for this account. For more information, please check the inbox",
        "ses",
        "",
    ),
    ("554 Message rejected: Sending is paused for configuration set 'shop-example-com'.", "ses", ""),
    ("Sending paused for the configuration set my-config", "ses", ""),
    (
        "ConfigurationSetSendingPausedException: Email sending is disabled for configuration set example-com",
        "ses",
        "",
    ),
    ("Configuration set my-set doesn't exist", "ses", ""),
    ("554 Configuration set 'x' does not exist.", "ses", ""),
    ("554 Message rejected: Domain example.com is not verified.", "ses", ""),
    ("554 Transaction failed: Invalid domain name: 'example..com'.", "smtp_endpoint", ""),
    ("554 Transaction failed: Duplicate header 'From'.", "smtp_endpoint", ""),
    ("554 Transaction failed: Expected disposition, got null", "smtp_endpoint", ""),
    ("554 Transaction failed: User name is missing: '@example.com'.", "smtp_endpoint", ""),
    ("554 Transaction failed: Illegal address", "smtp_endpoint", ""),
    (
        "554 Access denied: User `arn:aws:iam::1:user/a' is not authorized to perform `ses:SendRawEmail' "
        "on resource `arn:aws:ses:us-east-1:1:identity/customer@gmail.com'",
        "iam",
        "",
    ),
    (
        "User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: ses:SendEmail on resource: "
        "arn:aws:ses:us-east-1:1:identity/example.com with an explicit deny in a permissions boundary",
        "iam",
        "",
    ),
    (
        "is not authorized to perform: ses:SendEmail on resource ... with an explicit deny in a VPC endpoint policy",
        "iam",
        "",
    ),
    (
        "is not authorized to perform: route53:ChangeResourceRecordSets on resource: "
        "arn:aws:route53:::hostedzone/Z1 because no identity-based policy allows",
        "iam",
        "",
    ),
    (
        "User is not authorized to perform: iam:CreateAccessKey because no permissions boundary allows the "
        "iam:CreateAccessKey action",
        "iam",
        "",
    ),
    (
        "The AWS Access Key Id you provided does not exist in our records (InvalidAccessKeyId)",
        "iam",
        "",
    ),
    (
        "An error occurred (OptInRequired) when calling the SendEmail operation: The AWS Access Key Id "
        "needs a subscription for the service",
        "iam",
        "",
    ),
    ("Error: Message failed: 454 Throttling failure: Maximum sending rate exceeded.", "ses", ""),
    (
        "wp_mail() returned false: SMTP Error: The following recipients failed: a@b.de: Message rejected: "
        "Email address is not verified",
        "ses",
        "",
    ),
    ("SMTP-Fehler: Konnte nicht authentifizieren.", "smtp_endpoint", ""),
    ("Die Authentifizierung am SMTP-Server ist fehlgeschlagen", "smtp_endpoint", ""),
    ("Fehler beim Senden: Der Server antwortete: 535 Authentication Credentials Invalid", "smtp_endpoint", ""),
    (
        "Senden der Nachricht fehlgeschlagen. Der Mail-Server antwortete: Email address is not verified.",
        "ses",
        "",
    ),
    (
        "An error occurred while sending mail. The mail server responded: Message rejected: Email address "
        "is not verified.",
        "ses",
        "",
    ),
    (
        "Gmail: Your message wasn't delivered. You're sending this from a different address using \"Send "
        'mail as". Response: 554 Message rejected: Email address is not verified.',
        "ses",
        "",
    ),
    (
        "Nachricht nicht zugestellt. Sie versenden diese Nachricht über eine andere Adresse oder einen "
        'Alias ("Senden als"). Die Einstellungen sind falsch konfiguriert. Die Antwort lautete: 554 Access '
        "denied: User `arn:aws:iam::1:user/x' is not authorized to perform `ses:SendRawEmail' on resource "
        "`arn:aws:ses:eu-west-1:1:identity/example.com'",
        "iam",
        "",
    ),
    (
        'Authentication failed. Please check your username/password. Server returned error: "535 '
        'Authentication Credentials Invalid, code: 535"',
        "smtp_endpoint",
        "",
    ),
    ("OnAccountSuppressionList", "ses", ""),
    ('"bounceSubType": "OnAccountSuppressionList"', "ses", ""),
    ("Permanent bounce, sub type Suppressed", "ses", ""),
    ("SES Reject event: Bad content", "ses", ""),
    ("Rendering Failure: Attribute 'name' is not present in the rendering data.", "ses", ""),
    ("daily sending quota exceeded on SES", "ses", ""),
    ("SMTP authentication failure", "smtp_endpoint", ""),
    ("our service gets an SMTP auth failure", "smtp_endpoint", ""),
)
