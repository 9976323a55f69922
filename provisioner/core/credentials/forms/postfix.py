"""Forms for mail programs of a server: Postfix as a relay, and msmtp in place of sendmail.

Source: postconf(5), SASL_README and regexp_table(5) of Postfix; msmtp(1).
"""

import re
from collections.abc import Sequence

from provisioner.core.credentials.credential import Login
from provisioner.core.credentials.forms.from_address import any_of_domain, from_address, reason, title
from provisioner.core.credentials.security import Security

# Postfix reads this kind of table as it is: without postmap, nothing stays behind when the password changes.
_PASSWORDS = "texthash:/etc/postfix/sasl_passwd"
_ONLY_FROM = "allow_from_override off"  # whatever address a program gives to sendmail
_FROM = "regexp:/etc/postfix/ses_from"

_HOW = r"""
As root, with the name of this file in $FILE:
  install -m 600 /dev/null /etc/postfix/sasl_passwd
  grep '^\[' "$FILE" > /etc/postfix/sasl_passwd
  sed -n '/^if /,$p' "$FILE" > /etc/postfix/ses_from
  grep '^[A-Za-z_]* = ' "$FILE" | while IFS= read -r line; do postconf -e "$line"; done
  postfix reload
Debian needs the package libsasl2-modules. Where the authorities are in another file, such as
/etc/pki/tls/certs/ca-bundle.crt, set smtp_tls_CAfile to it.
""".strip().splitlines()


def postfix(login: Login) -> str:
    """Return lines for main.cf, sasl_passwd and a table of senders, with the commands that put them there."""
    held = login.credential
    relay = f"[{held.host}]:{held.port}"
    settings = {
        "relayhost": relay,
        "smtp_sasl_auth_enable": "yes",
        "smtp_sasl_password_maps": _PASSWORDS,
        "smtp_sasl_security_options": "noanonymous",
        "smtp_sasl_tls_security_options": "noanonymous",
        "smtp_tls_security_level": "secure",
        "smtp_tls_wrappermode": "no" if held.security == Security.STARTTLS else "yes",
        "smtp_tls_CAfile": "/etc/ssl/certs/ca-certificates.crt",
        "sender_canonical_maps": _FROM,
        "sender_canonical_classes": "envelope_sender",
        "smtp_header_checks": _FROM,
    }
    lines = [
        *_comment([title(login, "Postfix"), *reason(login), *_HOW]),
        *_comment(["", "/etc/postfix/main.cf"]),
        *(f"{name} = {value}" for name, value in settings.items()),
        *_comment(["", "/etc/postfix/sasl_passwd"]),
        f"{relay} {held.user_name}:{held.password.reveal()}",
        *_comment(["", "/etc/postfix/ses_from: other senders and other From headers become this one"]),
        *_senders(login),
    ]
    return "\n".join(lines) + "\n"


def msmtp(logins: Sequence[Login]) -> str:
    """Return a configuration file with an account for each login, the first of them the default."""
    names = [login.credential.iam_user for login in logins]
    accounts = "\n".join(_account(login) for login in logins)
    # msmtp 1.8.23 does not hand allow_from_override on to an account that is made from another.
    default = f"\naccount default : {names[0]}\n{_ONLY_FROM}\n" if names else ""
    return f"# ~/.msmtprc or /etc/msmtprc; msmtp wants its mode to be 0600.\n\n{accounts}{default}"


def _account(login: Login) -> str:
    held = login.credential
    settings = {
        "account": held.iam_user,
        "host": held.host,
        "port": str(held.port),
        "tls": "on",
        "tls_starttls": "on" if held.security == Security.STARTTLS else "off",
        "tls_certcheck": "on",
        "auth": "on",
        "user": held.user_name,
        "password": held.password.reveal(),
        "from": from_address(login),
        "set_from_header": "on",
    }
    lines = [
        *_comment([title(login, "msmtp"), *reason(login)]),
        *(f"{name} {value}" for name, value in settings.items()),
        _ONLY_FROM,
    ]
    return "\n".join(lines) + "\n"


def _senders(login: Login) -> list[str]:
    """Return a table that Postfix asks twice: with a bare address of the envelope, and with a whole From header.

    The flag `i` makes a pattern heed the case, as IAM does.
    """
    address, domain = from_address(login), login.credential.domain.ascii
    allowed = _pattern(f"@{domain}") if any_of_domain(login) else f"(^|[[:space:]<:]){_pattern(address)}"
    given = address.replace("$", "$$")
    return [
        "if !/^[A-Za-z-]+:/",
        f"!/{allowed}$/i {given}",
        "endif",
        "if /^From:/",
        f"if !/{allowed}>?[[:space:]]*(\\([^()]*\\))?$/i",
        f"/^From:(.*)<[^<>]*>/ REPLACE From:${{1}}<{given}>",
        f"/^From:/ REPLACE From: {given}",
        "endif",
        "endif",
    ]


def _pattern(text: str) -> str:
    """Return a pattern for just this text: an extended regular expression between slashes."""
    return re.sub(r"[][\\.()*+?{}|^$/]", r"\\\g<0>", text)


def _comment(lines: Sequence[str]) -> list[str]:
    return [f"# {line}".rstrip() for line in lines]
