"""Texts of every family with who spoke and words of the cause; a further text is one row.

The layer in front is the first explanation's; layers behind a `+` have to be among the others. A cause is known by all
of the words, in any case.
"""

GMAIL = "You're sending this from a different address or alias using the 'Send mail as' feature. The settings "
"for your "
GMAIL += "'Send mail as' account are misconfigured or out of date. Check those settings and try resending."
SAID = f"{GMAIL} Learn more here: https://support.google.com/mail/?p=CustomFromDenied The response was: "
VERIFIED = "Email address is not verified. The following identities failed the check in region"
USER = "554 Access denied: User `arn:aws:iam::123456789012:user/example.com' is not authorized to perform "
USER += "`ses:SendRawEmail' on resource `arn:aws:ses:eu-west-1:123456789012:"

ALIAS = (
    (GMAIL, "gmail_alias", "rotated"),
    (f"{GMAIL} (support.google.com/mail/?p=CustomFromDenied)", "gmail_alias", "rotated"),
    (f"{SAID}535 Authentication Credentials Invalid", "smtp_endpoint+gmail_alias", "password region"),
    (f"{SAID}535 5.7.0 Too many authentication failures", "smtp_endpoint+gmail_alias", "another server blocks"),
    (f"{SAID}554 Message rejected: {VERIFIED} EU-WEST-1: info@example.com", "ses+gmail_alias", "not verified region"),
    (f"{SAID}{USER}identity/example.com'", "iam+gmail_alias", "policy another domain"),
    ("TLS Negotiation failed, the certificate doesn't match the host.", "gmail_alias", "host name alias certificate"),
    ("SMTP relay misconfigured or out of date", "gmail_alias", "rotated"),
    ("Authentication failed. Please check your username/password", "gmail_alias+smtp_endpoint", "secret key pasted"),
    (
        "Couldn't reach server. Please double-check the server and port number",
        "gmail_alias",
        "wrong region port 25",
    ),
    ("confirmation code for the alias never arrives", "gmail_alias", "no mailbox"),
    ('recipients see "via gmail.com" / "on behalf of"', "gmail_alias", "through Gmail's servers"),
)

CLIENTS = (
    ("SMTP connect() failed. https://github.com/PHPMailer/PHPMailer/wiki/Troubleshooting", "client", "connection TLS"),
    ("SMTP Error: Could not authenticate.", "smtp_endpoint+client", "535"),
    ("SMTP Error: data not accepted.", "client", "says nothing"),
    ("The following From address failed: x : MAIL FROM command failed,...", "client+smtp_endpoint", "envelope sender"),
    (
        f"SimpleEmailService::sendRawEmail(): Sender - MessageRejected: {VERIFIED} AP-SOUTHEAST-2: "
        "Ann <ann@example.com>, ann@example.com",
        "ses",
        "not verified region AP-SOUTHEAST-2",
    ),
    (
        f"SimpleEmailService::sendRawEmail(): Sender - MessageRejected: {VERIFIED} AP-SOUTHEAST-2: bob@gmail.com",
        "ses",
        "sandbox",
    ),
    ("Credential Verification Failed. Please check your inputs", "client+iam", "secret access key IAM"),
    ("Email address is not verified: visitor@gmail.com (WP Offload SES log)", "ses", "contact form visitor"),
    (
        "Unable to send an email: Missing Authentication Token (code MissingAuthenticationTokenException)",
        "client",
        "no key",
    ),
    ("AWSSESErrorDomain error 4", "ses", "MessageRejected"),
    (
        "smtplib.SMTPAuthenticationError: (535, b'Authentication Credentials Invalid')",
        "smtp_endpoint",
        "password region",
    ),
    ("smtplib.SMTPServerDisconnected: Connection unexpectedly closed", "client", "465 idle"),
    ("ssl.SSLError: [SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1131)", "client", "STARTTLS"),
    (
        "connect to email-smtp.us-east-1.amazonaws.com[54.243.71.143]:25: Connection timed out",
        "client",
        "port 25 blocked",
    ),
    ("getaddrinfo ENOTFOUND email-smtp.eu-south-1.amazonaws.com", "client+dns", "region no SMTP endpoint"),
    (
        'Could not connect to the endpoint URL: "https://email.us-east1.amazonaws.com/"',
        "client",
        "region misspelt",
    ),
    ("said: 530 Authentication required (in reply to MAIL FROM command)", "client", "user and password TLS"),
    (
        "SASL authentication failed; cannot authenticate to server email-smtp.us-east-1.amazonaws.com[1.2.3.4]: "
        "no mechanism available",
        "client",
        "SASL TLS",
    ),
    ("Could not instantiate mail function.", "client", "mail() plug-in"),
    (f"554 Message rejected: {VERIFIED} EU-WEST-1: wordpress@www.example.com", "ses+client", "WordPress"),
    (
        "535-5.7.8 Username and Password not accepted. For more information, go to 535 5.7.8  "
        "https://support.google.com/mail/?p=BadCredentials a1-2002 - gsmtp",
        "client",
        "Gmail not SES",
    ),
    ("535 5.7.8 Username and Password not accepted", "client", "Gmail not SES"),
    ("CERTIFICATE_VERIFY_FAILED: unable to get local issuer certificate", "client", "CA bundle old"),
)

ENDPOINT = (
    ("235 Authentication successful", "smtp_endpoint", "credential right"),
    ("250 Ok 0100018f2e3c4d5e-1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d-000000", "ses", "accepted suppressed"),
    ("535 Authentication Credentials Invalid", "smtp_endpoint", "secret key region inactive blank brand-new"),
    ("535 Account not subscribed to SES", "ses", "never signed up region"),
    ("530 Authentication required", "client", "login"),
    ("421 Too many concurrent SMTP connections", "smtp_endpoint", "connections"),
    ("451 Temporary service failure", "smtp_endpoint", "SES's side"),
    ("451 Timeout waiting for data from client", "client", "idle MTU"),
    ("454 Throttling failure: Daily message quota exceeded", "ses", "24 hours recipients"),
    ("454 Throttling failure: Maximum sending rate exceeded", "ses", "rate second"),
    ("454 Temporary authentication failure", "smtp_endpoint", "not a wrong password"),
    ("454 Temporary service failure", "smtp_endpoint", "did not arrive whole"),
    ("552 Message is too long.", "smtp_endpoint", "40 MB"),
    ("553 <info@> Invalid email address", "client", "MAIL FROM malformed"),
    ("553 <bob example.com> address unknown", "client", "RCPT TO does not mean mailbox"),
    ("555 MAIL FROM parameters not recognized or not implemented", "client", "SMTPUTF8"),
    (f"{USER}identity/example.com'", "iam", "From policy letter case"),
    (f"{USER}identity/bob@example.net'", "iam", "recipient verified identity"),
    (f"{USER}configuration-set/example-com'", "iam", "configuration set example-com"),
    (f"554 Message rejected: {VERIFIED} EU-WEST-1: a@example.com, example.com", "ses", "not verified EU-WEST-1"),
    (f"554 Message rejected: {VERIFIED} EU-WEST-1: a@example.com, b@example.com, ...", "ses", "more addresses failed"),
    (
        "554 Message rejected: Sending paused for this account. For more information, please check the inbox of the "
        "email address associated with your AWS account.",
        "ses",
        "account paused",
    ),
    ("554 Message rejected: Sending paused for configuration set example-com", "ses", "configuration set paused"),
    ("554 Transaction failed: Local address contains control or whitespace", "client", "display name blank"),
    ("554 Transaction failed: Missing final '@domain'", "client", "user name recipient"),
    ("554 Message rejected: Address blacklisted.", "ses", "global suppression list"),
)

_SEND = "User: arn:aws:iam::123456789012:user/example.com is not authorized to perform: ses:SendRawEmail on "
"resource: "
_SEND += "arn:aws:ses:eu-west-1:123456789012:identity/example.com "
KEYS = (
    (f"{_SEND}because no identity-based policy allows the ses:SendRawEmail action", "iam", "no statement allows From"),
    (f"{_SEND}with an explicit deny in an identity-based policy", "iam", "Deny"),
    (f"{_SEND}with an explicit deny in a service control policy", "iam", "organisation"),
    (f"{_SEND}because no permissions boundary allows the ses:SendRawEmail action", "iam", "boundary"),
    (f"{_SEND}because no VPC endpoint policy allows the ses:SendEmail action", "iam", "VPC endpoint"),
    ("InvalidClientTokenId: The security token included in the request is invalid.", "iam", "key deleted partition"),
    (
        "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check "
        "your AWS Secret Access Key and signing method.",
        "client+iam",
        "SMTP password secret key",
    ),
    ("InvalidSignatureException: Signature not yet current: 20260101T000000Z is later than", "client", "clock"),
    ("ExpiredToken: The security token included in the request is expired", "iam", "session over"),
    ("NoSuchEntity: The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found.", "iam", "deleted by hand"),
    ("EntityAlreadyExists: User with name example.com already exists.", "iam", "another tool"),
    (
        "AccessDenied: User: arn:aws:iam::123456789012:user/example.com is not authorized to perform: ses:GetAccount",
        "iam",
        "plug-in",
    ),
)

API = (
    ("MessageRejected", "ses", "not verified paused content"),
    ("SendingPausedException", "ses", "paused account set"),
    ("AccountSendingPausedException", "ses", "paused account"),
    ("AccountSuspendedException", "ses", "restricted permanently"),
    ("MailFromDomainNotVerifiedException", "ses+dns", "MX MAIL FROM"),
    ("MAIL FROM domain is not verified", "ses+dns", "MX MAIL FROM"),
    (
        "Provided MAIL-FROM domain <mail.example.com> or its parents are not verified for identity <example.com>.",
        "ses",
        "before the identity verified",
    ),
    (
        "Provided MAIL-FROM domain <mail.example.net> is not subdomain of the domain of the identity <example.com>.",
        "ses",
        "subdomain",
    ),
    ("ConfigurationSetDoesNotExist", "ses", "deleted region"),
    ("Configuration set <example-com> does not exist.", "ses", "example-com deleted region"),
    ("TooManyRequestsException: Rate exceeded", "ses", "one request a second"),
    ("Throttling: Maximum sending rate exceeded", "ses", "rate second"),
    (
        "LimitExceededException when calling the CreateEmailIdentity operation: too many identities",
        "ses",
        "10,000 identities",
    ),
    ("AlreadyExistsException: Email identity example.com already exist", "ses", "adopted"),
    ("BadRequestException: the DKIM private key is invalid", "ses", "header line breaks PKCS#1"),
    ("PutSuppressedDestination is not available for accounts in the sandbox", "ses", "sandbox"),
    ("ConcurrentModificationException (500)", "ses", "two runs"),
    (
        "Your Amazon SES account: sending has been put on probation because of its bounce rate",
        "ses",
        "review",
    ),
)

EVENTS = (
    (
        '"bounceType":"Permanent","bounceSubType":"General","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 '
        'user unknown"',
        "recipient_server",
        "no such mailbox exist",
    ),
    ('"bounceType":"Permanent","bounceSubType":"NoEmail"', "recipient_server", "address does not exist"),
    ('"bounceType":"Permanent","bounceSubType":"Suppressed"', "ses", "global suppression 14 days rate"),
    ('"bounceType":"Permanent","bounceSubType":"OnTenantSuppressionList"', "ses", "tenant's not count"),
    ('"bounceType":"Permanent","bounceSubType":"EmailValidationSuppressed"', "ses", "validation threshold"),
    ('"bounceType":"Permanent","bounceSubType":"UnsubscribedRecipient"', "ses", "contact list"),
    (
        '"bounceType":"Transient","bounceSubType":"MailboxFull","status":"4.2.2","diagnosticCode":"smtp; 452 '
        '4.2.2 Mailbox full"',
        "recipient_server",
        "full",
    ),
    ('"bounceType":"Transient","bounceSubType":"MessageTooLarge"', "recipient_server", "size limit"),
    ('"bounceType":"Transient","bounceSubType":"ContentRejected"', "recipient_policy", "content filter"),
    ('"bounceType":"Transient","bounceSubType":"AttachmentRejected"', "recipient_policy", "attachment"),
    (
        '"bounceType":"Transient","bounceSubType":"General","status":"5.4.4","diagnosticCode":"smtp; 550 5.4.4 '
        'Invalid domain"',
        "recipient_server+dns",
        "domain does not exist",
    ),
    ('"bounceType":"Undetermined","bounceSubType":"Undetermined"', "recipient_server", "no code"),
    (
        '{"bounceType":"Transient","bouncedRecipients":[{"emailAddress":"bob@example.net","action":"delayed"}]}',
        "recipient_server",
        "not final",
    ),
    ('"complaintFeedbackType": "abuse"', "recipient_policy", "spam candidates"),
    ('"complaintFeedbackType": "not-spam"', "recipient_policy", "not a complaint"),
    ('"complaintFeedbackType": "auth-failure"', "recipient_policy", "forged"),
    ('"complaintFeedbackType": "fraud"', "recipient_policy", "forged"),
    ('"reject":{"reason":"Bad content"}', "ses", "virus"),
    (
        '"delayType": "TransientCommunicationFailure", "diagnosticCode": "smtp; 421 4.4.1 Unable to connect to '
        'remote host"',
        "recipient_server",
        "expirationTime",
    ),
    ('"delayType": "SpamDetected"', "recipient_policy", "spam"),
    ('"delayType": "MailboxFull"', "recipient_server", "full"),
    ('"delayType": "InternalFailure"', "ses", "inside SES"),
    ('"delayType": "IPFailure"', "recipient_policy", "IP address"),
    ("Successfully validated SNS topic for Amazon SES event publishing.", "ses", "first message no event"),
    ("Bounce Permanent/OnAccountSuppressionList", "ses", "account's suppression list"),
    ("DeliveryDelay SpamDetected", "recipient_policy", "spam"),
    ("Bounce Undetermined", "recipient_server", "undetermined"),
    ("Bounce with action: delayed", "recipient_server", "not final"),
    ("Complaint abuse", "recipient_policy", "spam"),
)
