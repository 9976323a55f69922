"""The table of formats that credentials are exported in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from provisioner.core.credentials.credential import Login
from provisioner.core.credentials.forms.containers import docker_secret, k8s_secret
from provisioner.core.credentials.forms.dotenv_url import dotenv_url
from provisioner.core.credentials.forms.gmail import gmail
from provisioner.core.credentials.forms.plain import as_csv, as_env, as_json
from provisioner.core.credentials.forms.postfix import msmtp, postfix
from provisioner.core.credentials.forms.wordpress import fluent_smtp, wp_mail_smtp
from provisioner.errors import InputError


class Format(StrEnum):
    """What `credentials export` can write."""

    JSON = "json"
    ENV = "env"
    CSV = "csv"
    DOTENV_URL = "dotenv-url"
    WP_MAIL_SMTP = "wp-mail-smtp"
    FLUENT_SMTP = "fluent-smtp"
    POSTFIX = "postfix"
    MSMTP = "msmtp"
    GMAIL = "gmail"
    DOCKER_SECRET = "docker-secret"  # noqa: S105 - a word
    K8S_SECRET = "k8s-secret"  # noqa: S105 - a word


@dataclass(frozen=True, slots=True)
class Form:
    """How a consumer reads credentials; `write` takes as many as it is given, a form for `one` just that."""

    write: Callable[[Sequence[Login]], str]
    one: bool


def _of_one(write: Callable[[Login], str]) -> Form:
    return Form(lambda logins: write(logins[0]), one=True)


def _of_several(write: Callable[[Sequence[Login]], str]) -> Form:
    return Form(write, one=False)


FORMS: Mapping[Format, Form] = {
    Format.JSON: _of_several(as_json),
    Format.ENV: _of_one(as_env),
    Format.CSV: _of_several(as_csv),
    Format.DOTENV_URL: _of_one(dotenv_url),
    Format.WP_MAIL_SMTP: _of_one(wp_mail_smtp),
    Format.FLUENT_SMTP: _of_one(fluent_smtp),
    Format.POSTFIX: _of_one(postfix),
    Format.MSMTP: _of_several(msmtp),
    Format.GMAIL: _of_one(gmail),
    Format.DOCKER_SECRET: _of_one(docker_secret),
    Format.K8S_SECRET: _of_several(k8s_secret),
}
FORMATS = tuple(str(fmt) for fmt in FORMS)
_SEVERAL = ", ".join(fmt for fmt, form in FORMS.items() if not form.one)


def render(logins: Sequence[Login], fmt: str) -> str:
    """Return the credentials, passwords included, as text that ends with a line break.

    Raises `InputError` with the code `unknown_format`, `one_credential_only`, or one of the form's own.
    """
    if fmt not in FORMATS:
        raise InputError("unknown_format", f"{fmt!r} is not an export format", f"Use one of: {', '.join(FORMATS)}.")
    form = FORMS[Format(fmt)]
    if form.one and len(logins) != 1:
        message = f"{fmt} holds one credential, not {len(logins)}"
        raise InputError("one_credential_only", message, f"Name one domain, or use one of: {_SEVERAL}.")
    return form.write(logins)
