"""What programs, libraries and plug-ins say before a server has spoken: connection, TLS, name, missing settings.

Sources: the texts of PHPMailer, Symfony Mailer, nodemailer, smtplib, Jakarta Mail, Go's net, Postfix and OpenSSL.
"""

from __future__ import annotations

from provisioner.core.explain import references as see
from provisioner.core.explain.commands import EXPORT, EXPORT_POSTFIX, EXPORT_WORDPRESS
from provisioner.core.explain.explanation import Layer, Row

C = Layer.CLIENT
_ENDPOINT = r"email-smtp|amazonses|amazonaws|smtp|:(?:25|465|587|2465|2587)\b|port:? ?(?:25|465|587)|\bmail"
_PORTS = "use port 587 or 2587 (465 or 2465 with TLS from the start); open them in the firewall of the host"

CLIENTS: tuple[Row, ...] = (
    Row(
        r"gsmtp.{0,300}(?:535|username and password not accepted|badcredentials)|badcredentials|"
        r"username and password not accepted",
        C,
        "the server that answered is Gmail, not SES: the host name in the client is smtp.gmail.com",
        "enter SES's host, port and credential",
        (EXPORT,),
        see.CONNECTING,
    ),
    Row(
        r"no mechanism available|no worthy mechs? found|sasl authentication failed; cannot authenticate to server",
        C,
        "Postfix lacks the SASL plain module, or TLS is off, so that no login is offered",
        "install the plain module (libsasl2-modules, cyrus-sasl-plain) and set smtp_tls_security_level=encrypt",
        (EXPORT_POSTFIX,),
        see.POSTFIX,
    ),
    Row(
        r"wrong[_ ]version[_ ]number|first record does not look like a tls handshake|unknown protocol.{0,40}ssl"
        r"|ssl23_get_server_hello|packet length too long|unrecognized ssl message",
        C,
        "TLS from the first byte against a port that begins in plain text (STARTTLS): 587, 2587 or 25",
        "use port 465 or 2465 for it, or STARTTLS on 587 (starttls(), `secure: false`, encryption tls)",
        (EXPORT,),
        see.CONNECTING,
    ),
    Row(
        r"certificate[_ ]verify[_ ]failed|certificate verification failed|untrusted issuer|unable to get local "
        r"issuer certificate|signed by unknown authority"
        r"|self[- ]signed certificate in certificate chain|pkix path building failed|unable to find valid "
        r"certification path",
        C,
        "the CA bundle of the host is old or missing, or a proxy puts its own certificate in between: TLS is "
        "not trusted",
        "update the CA certificates of the host or of its PHP, Java or Python; never switch verification off",
        (),
        see.CONNECTING,
    ),
    Row(
        (
            r"certificate|hostname|peer name",
            r"hostname mismatch|did not match expected|does(?:n't| not) match (?:the )?(?:host|target)|"
            r"not valid for|hostname/ip does(?:n't| not) match|altnames",
        ),
        C,
        "the host name in the client is not in SES's certificate: an alias (CNAME) of the endpoint, an address, or a "
        "provider that redirects port 25 or 587 to its own server",
        "enter the host email-smtp.REGION.amazonaws.com itself",
        (EXPORT,),
        see.CONNECTING,
    ),
    Row(
        (
            r"enotfound|getaddrinfo|name or service not known|no such host|could not resolve|nodename nor servname|"
            r"name resolution|unknown ?host|eai_again|php_network_getaddresses|host (?:or domain )?name (?:not "
            r"found|lookup)",
            r"email-smtp\.(?P<region>[a-z0-9-]+)\.amazonaws",
        ),
        C,
        "the host name does not exist or cannot be looked up: that region ({region}) has no SMTP endpoint, the "
        "name is "
        "mistyped, or the host has no working resolver",
        "take the host of the export; where the region has no SMTP endpoint use the API or another region",
        (EXPORT,),
        see.REGIONS,
        (Row("", Layer.DNS, "the resolver of that host does not answer", "try another resolver", (), see.REGIONS),),
    ),
    Row(
        r"could not connect to the endpoint url.{0,12}https?://(?:email|iam|route53|sts)[\w.-]*"
        r"|(?:enotfound|no such host|could not resolve|getaddrinfo).{0,80}\bemail\.[\w-]+\.(?:amazonaws|api\.aws)"
        r"|\bemail\.[\w-]+\.amazonaws\.com.{0,80}(?:enotfound|no such host|could not resolve)|unknownendpoint",
        C,
        "the region is misspelt (there is no such endpoint), or SES is not offered there",
        "write the region as AWS does, for example us-east-1",
        (),
        see.REGIONS,
    ),
    Row(
        (
            r":25\b|port:?,? (?:25\b|.{0,30}, 25;)|, 25; timeout",
            r"timed? ?out|timeout|etimedout|unreachable|could(?:n't| not) connect",
        ),
        C,
        "port 25 is blocked or throttled on the way out, as it is from EC2 and most hosts: the connection times out",
        _PORTS,
        (EXPORT,),
        see.CONNECTING,
    ),
    Row(
        (
            r"connection unexpectedly closed|server ?disconnected|econnreset|connection reset by peer|"
            r"unexpected eof|disconnected before secure|\beof sending|lost connection|broken pipe",
            r"smtp|email-smtp|mail|:(?:465|587|2465|2587)\b",
        ),
        C,
        "the server closed the connection: plain SMTP to port 465, which begins with TLS, or a connection that "
        "was left idle "
        "for more than ten seconds",
        "use TLS from the start for 465 (SMTP_SSL), STARTTLS for 587; close connections that wait",
        (EXPORT,),
        see.SMTP,
    ),
    Row(
        r"greeting never received|smtp.{0,30}greeting.{0,20}timeout",
        C,
        "no greeting came: plain SMTP to port 465, which begins with TLS, or a firewall in between",
        "use TLS from the start for 465 (`secure: true`), STARTTLS for 587",
        (EXPORT,),
        see.CONNECTING,
    ),
    Row(
        (
            r"timed? ?out|etimedout|esocket|opentimeout|timeout error|i/o timeout|network is unreachable|no "
            r"route to host|"
            r"connection refused|econnrefused|could(?:n't| not) connect|unable to connect|failed to connect|"
            r"connection could not be established|keine verbindung",
            r"email-smtp|amazonses|amazonaws|smtp(?:[-_ ](?:host|server|connect)|exception|\.)|:(?:465|587|2465|"
            r"2587)\b|mailconnect",
        ),
        C,
        "no connection to the SMTP server: the host's firewall or provider blocks outgoing SMTP, or host or "
        "port is wrong",
        _PORTS,
        (EXPORT,),
        see.CONNECTING,
    ),
    Row(
        r"could not convert socket to tls|unable to (?:start|establish) (?:a )?tls|starttls (?:is )?(?:failed|"
        r"required|not)|"
        r"failed to enable crypto|tls negotiation failed|cannot start tls|must issue a starttls",
        C,
        "TLS could not be started: protocols before TLS 1.2, an old CA bundle, or a proxy in between",
        "let the client use TLS 1.2 or newer, and update its CA certificates",
        (EXPORT,),
        see.CONNECTING,
    ),
    Row(
        r"missing credentials for|no credentials|smtp server requires a secure connection or the client was not "
        r"authenticated",
        C,
        "the client sends mail without a login, or without TLS, so that no login is offered",
        "give it user name and password, and switch TLS (STARTTLS on 587) on",
        (EXPORT,),
        see.SMTP,
    ),
    Row(
        r"credential verification failed\.? please check your inputs",
        C,
        "the plug-in's API connection wants a secret access key, and more IAM rights than an SMTP user has",
        "use the plug-in's SMTP connection, with the constants of the export",
        (EXPORT_WORDPRESS,),
        see.REPORTS,
        (
            Row(
                "",
                Layer.IAM,
                "the key may not list identities or read quotas, which the plug-in asks for",
                "use the SMTP connection",
                (EXPORT_WORDPRESS,),
                see.REPORTS,
            ),
        ),
    ),
    Row(
        r"could not instantiate mail function|mail-funktion konnte nicht initialisiert|call to undefined "
        r"function mail\b",
        C,
        "PHP's own mail() is used, and the host has none: no SMTP plug-in is active",
        "activate the SMTP plug-in and enter the domain's credential",
        (EXPORT_WORDPRESS,),
        see.PHPMAILER,
    ),
    Row(
        r"no such user here.{0,40}localhost|sendmail: (?:command )?not found|sendmail_path",
        C,
        "the program hands mail to a local mail server that is not there",
        "let it send by SMTP, with the domain's credential",
        (EXPORT,),
        see.CONNECTING,
    ),
)
