"""Variables for frameworks that read the whole mail server from one URL, and Laravel's, which are several.

Source: nodemailer.com, "SMTP transport"; symfony.com/doc, "Sending Emails with Mailer"; laravel.com/docs, "Mail". A URL
requires TLS: without that, both send the password in the clear to a server that does not offer STARTTLS.
"""

from urllib.parse import quote

from provisioner.core.credentials.credential import Login
from provisioner.core.credentials.forms.from_address import from_address, reason, title
from provisioner.core.credentials.forms.plain import assignments
from provisioner.core.credentials.security import Security


def dotenv_url(login: Login) -> str:
    """Return `SMTP_URL` (Nodemailer), `MAILER_DSN` (Symfony) and `MAIL_*` (Laravel) for a file `.env`.

    A URL is never quoted, for `docker --env-file` takes quotes literally; percent-encoded, it needs none.
    """
    held = login.credential
    starttls = held.security == Security.STARTTLS
    scheme = "smtp" if starttls else "smtps"
    user, password = (quote(text, safe="") for text in (held.user_name, held.password.reveal()))
    url = f"{scheme}://{user}:{password}@{held.host}:{held.port}"
    laravel = {
        "MAIL_MAILER": "smtp",
        "MAIL_SCHEME": scheme,  # since Laravel 11
        "MAIL_ENCRYPTION": "tls" if starttls else "ssl",  # up to Laravel 10
        "MAIL_HOST": held.host,
        "MAIL_PORT": str(held.port),
        "MAIL_USERNAME": held.user_name,
        "MAIL_PASSWORD": held.password.reveal(),
        "MAIL_FROM_ADDRESS": from_address(login),
    }
    return (
        "".join(f"# {line}\n" for line in (title(login, "Nodemailer, Symfony, Laravel"), *reason(login)))
        + f"SMTP_URL={url}{'?requireTLS=true' if starttls else ''}\n"
        + f"MAILER_DSN={url}{'?require_tls=true' if starttls else ''}\n"
        + assignments(laravel)
    )
