"""What programs say of a failure whose reason somebody else said: named as a second layer, or last of all."""

from __future__ import annotations

from provisioner.core.explain import references as see
from provisioner.core.explain.commands import EXPORT, EXPORT_POSTFIX, ONBOARD, SEND_TEST, VERIFY
from provisioner.core.explain.explanation import Layer, Row

C = Layer.CLIENT
_PORTS = "use port 587 or 2587 (465 or 2465 with TLS from the start); open them in the firewall of the host"

LAST_OF_CLIENTS: tuple[Row, ...] = (  # they say that something failed, and leave the reason to what stands beside it
    Row(
        r"^(?=.*(?:smtp|mail|plain\b|login\b|amazonaws)).*(?:could not authenticate|"
        r"authentifizierung.{0,40}fehlgeschlagen|nicht authentifizieren|"
        r"authentication (?:failed|unsuccessful|failure))|"
        r"failed to authenticate on smtp|invalid login: \d|\beauth\b|smtpauthenticationerror|"
        r"authenticationfailedexception|"
        r"login failed.{0,40}smtp|smtp.{0,40}(?:login|auth\w*) (?:failed|failure|error)",
        Layer.SMTP_ENDPOINT,
        "the login failed; behind it stands mostly a 535: user name or password is wrong for that region, or "
        "was rotated",
        "let the stored credential be tried; if it is good, copy it anew, with TLS switched on",
        (VERIFY, EXPORT),
        see.CREDENTIALS,
        (
            Row(
                "",
                C,
                "the server offered no AUTH because the connection had no TLS, or another server answered",
                "switch TLS on (STARTTLS on 587), and see that the host is SES's",
                (EXPORT,),
                see.PHPMAILER,
            ),
        ),
    ),
    Row(
        r"smtp connect\(\) failed|(?:could not|cannot|failed to|unable to) connect to (?:the )?smtp|smtp "
        r"connection failed|"
        r"verbindung zum smtp-?(?:host|server)|failed to connect to server",
        C,
        "no connection, or TLS failed: it is not a password",
        _PORTS + "; update the CA bundle",
        (EXPORT, VERIFY),
        see.PHPMAILER,
    ),
    Row(
        r"data not accepted|daten werden nicht akzeptiert|data command failed|data end command failed",
        C,
        "this alone says nothing of the reason: the server's reply stands in `Detail:`, or in the debug output",
        "switch the debug output of the plug-in on, and explain the text that it shows",
        (),
        see.PHPMAILER,
    ),
    Row(
        r"following from address failed|folgende absenderadresse|mail from command failed",
        C,
        "the server refused the envelope sender: the reason is the reply that follows it",
        "read the code behind it; see that the address is of the domain that the credential belongs to",
        (VERIFY, ONBOARD),
        see.PHPMAILER,
        (
            Row(
                "",
                Layer.SMTP_ENDPOINT,
                "SES refused MAIL FROM: no login before it, or another domain's address",
                "check the login and the sender's address",
                (VERIFY,),
                see.SMTP,
            ),
        ),
    ),
    Row(
        r"following recipients? failed|folgenden empf(?:ä|ae)nger|rcpt to command failed|all recipients (?:were "
        r")?(?:refused|rejected)",
        C,
        "the server refused the recipients: the reason is the reply that follows it",
        "switch the debug output on, and explain the text that it shows",
        (),
        see.PHPMAILER,
    ),
    Row(
        r"does not support (?:smtp )?auth|smtp auth extension not supported|auth\w* (?:is )?not (?:supported|"
        r"offered|advertised)",
        C,
        "the server offers no login on that connection: TLS is off, or it is not SES's host",
        "switch TLS on (STARTTLS on 587), and enter SES's host",
        (EXPORT,),
        see.CONNECTING,
    ),
)

WRAPPERS: tuple[Row, ...] = (  # named as a second layer where the cause stands inside of their text
    Row(
        (r"postfix/|status=(?:bounced|deferred)|\bsaid: \d", r"email-smtp\."),
        C,
        "Postfix hands on what SES's endpoint said to it: the cause is the text inside",
        "see that its relay map and its credential are the domain's",
        (EXPORT_POSTFIX,),
        see.POSTFIX,
    ),
    Row(
        r"postfix/smtp|status=(?:bounced|deferred)",
        C,
        "Postfix delivered it itself, to the recipient's server, if `relay=` does not name SES's endpoint: then "
        "SPF, DKIM "
        "and reputation are those of this host, not of SES",
        "let Postfix relay through SES",
        (EXPORT_POSTFIX,),
        see.POSTFIX,
    ),
    Row(
        r"phpmailer|smtp error:|smtp-fehler|smtp server error|additional smtp info|wp_mail",
        C,
        "PHPMailer (WordPress and others) hands on what the server said to it: the cause is the text inside",
        "correct that; then send a test",
        (SEND_TEST,),
        see.PHPMAILER,
    ),
    Row(
        r"expected response code|transportexception|swift_|nodemailer|smtplib\.|javax\.mail|jakarta\.mail|net::smtp|"
        r"mailkit|system\.net\.mail|msmtp:|exim|sendmail",
        C,
        "the sending program hands on what a server said to it: the cause is the text inside",
        "correct that; then send a test",
        (SEND_TEST,),
        see.CONNECTING,
    ),
)
