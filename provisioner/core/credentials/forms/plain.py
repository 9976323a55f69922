"""Credentials in the forms that other programs read."""

import csv
import io
import json
import shlex
from collections.abc import Sequence

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.errors import InputError

FORMATS = ("json", "env", "csv")
COLUMNS = ("domain", "region", "host", "port", "security", "user_name", "password", "iam_user", "sender")

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet evaluate a cell (OWASP, CSV injection)


def render(credentials: Sequence[SmtpCredential], fmt: str) -> str:
    """Return the credentials, passwords included, as text that ends with a line break.

    `json` is one object for one credential and a list otherwise; `env` is for one only; `csv` is RFC 4180 with a
    header. A sender's credential names it in `sender`, which in JSON no other has. Raises `InputError` with the code
    `unknown_format` or `one_credential_only`.
    """
    renderers = {"json": _json, "env": _env, "csv": _csv}
    if fmt not in renderers:
        raise InputError("unknown_format", f"{fmt!r} is not an export format", f"Use one of: {', '.join(FORMATS)}.")
    return renderers[fmt](credentials)


def _fields(credential: SmtpCredential) -> dict[str, object]:
    document = credential.to_document()
    return {column: document[column] for column in COLUMNS if column in document}


def _json(credentials: Sequence[SmtpCredential]) -> str:
    documents = [_fields(credential) for credential in credentials]
    return json.dumps(documents[0] if len(documents) == 1 else documents, indent=2) + "\n"


def _env(credentials: Sequence[SmtpCredential]) -> str:
    """Quote only what needs it: `docker --env-file` takes quotes literally, and no value that AWS gives needs any."""
    if len(credentials) != 1:
        message = f"env holds one credential, not {len(credentials)}: later lines would replace earlier ones"
        raise InputError("one_credential_only", message, "Name one domain, or use --format json or csv.")
    credential = credentials[0]
    lines = {
        "SMTP_HOST": credential.host,
        "SMTP_PORT": str(credential.port),
        "SMTP_SECURITY": credential.security,
        "SMTP_USERNAME": credential.user_name,
        "SMTP_PASSWORD": credential.password.reveal(),
        "SMTP_DOMAIN": credential.domain.ascii,
    }
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in lines.items())


def _csv(credentials: Sequence[SmtpCredential]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for credential in credentials:
        writer.writerow({column: _cell(str(value)) for column, value in _fields(credential).items()})
    return text.getvalue()


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
