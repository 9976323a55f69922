"""Constants for the SMTP plugins of WordPress: a PHP file for wp-config.php to require, or to be pasted into it.

The constants are those of the plugins' own documents. An SMTP plugin wants the derived password; the constants of the
plugins' Amazon SES mailers, which want the secret key, are not among them.
"""

from collections.abc import Mapping

from provisioner.core.credentials.credential import Login
from provisioner.core.credentials.forms.from_address import from_address, reason, title
from provisioner.core.credentials.security import Security

USUAL = "wordpress"  # what WordPress itself puts before the @
_WHERE = (
    'Require this file in wp-config.php, above "That\'s all, stop editing", or paste what is below this comment there.',
    "Keep it where the web server does not serve it.",
)


def wp_mail_smtp(login: Login) -> str:
    """Return the constants of WP Mail SMTP, its mailer "Other SMTP"."""
    held = login.credential
    constants: Mapping[str, str | int] = {
        "WPMS_ON": True,
        "WPMS_MAILER": "smtp",
        "WPMS_MAIL_FROM": from_address(login, USUAL),
        "WPMS_MAIL_FROM_FORCE": True,
        "WPMS_SET_RETURN_PATH": True,
        "WPMS_SMTP_HOST": held.host,
        "WPMS_SMTP_PORT": held.port,
        "WPMS_SSL": _encryption(login),
        "WPMS_SMTP_AUTH": True,
        "WPMS_SMTP_AUTOTLS": True,
        "WPMS_SMTP_USER": held.user_name,
        "WPMS_SMTP_PASS": held.password.reveal(),
    }
    return _php([title(login, "WP Mail SMTP"), *_WHERE, *reason(login, USUAL)], constants)


def fluent_smtp(login: Login) -> str:
    """Return the constants of FluentSMTP, its provider "Other SMTP"; whatever has none is to be set on its page."""
    held = login.credential
    constants = {"FLUENTMAIL_SMTP_USERNAME": held.user_name, "FLUENTMAIL_SMTP_PASSWORD": held.password.reveal()}
    settings = {
        "Provider": "Other SMTP",
        "From Email": from_address(login, USUAL),
        "Force From Email": "on",
        "Set the return-path to match the From Email": "on",
        "SMTP Host": held.host,
        "SMTP Port": str(held.port),
        "Encryption": _encryption(login).upper(),
        "Use Auto TLS": "on",
        "Authentication": "on",
        "Access Keys Storage": "in config file",
    }
    page = [
        "Settings > FluentSMTP > Add Another Connection:",
        *(f"  {name}: {value}" for name, value in settings.items()),
    ]
    return _php([title(login, "FluentSMTP"), *_WHERE, *reason(login, USUAL), *page], constants)


def _encryption(login: Login) -> str:
    """Return the plugins' word, which is PHPMailer's: `tls` is STARTTLS, `ssl` TLS from the first octet on."""
    return "tls" if login.credential.security == Security.STARTTLS else "ssl"


def _php(comment: list[str], constants: Mapping[str, str | int]) -> str:
    """Return the file; an address may hold what ends a comment in `/*`, but nothing that ends one behind `//`."""
    said = "".join(f"// {line}\n" for line in comment)
    defined = "".join(f"define( '{name}', {_literal(value)} );\n" for name, value in constants.items())
    return f"<?php\n{said}{defined}"


def _literal(value: str | int) -> str:
    """Return the value as PHP source; between single quotes PHP reads nothing but these two escapes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
