"""Credentials in the forms that other programs read."""

import csv
import io
import json
import shlex
from collections.abc import Sequence

from provisioner.core.credentials.credential import Login
from provisioner.errors import InputError

FORMATS = ("json", "env", "csv")
COLUMNS = ("domain", "region", "host", "port", "security", "user_name", "password", "iam_user", "sender", "from")

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet evaluate a cell (OWASP, CSV injection)


def render(logins: Sequence[Login], fmt: str) -> str:
    """Return the credentials, passwords included, as text that ends with a line break.

    `json` is an object with the list `credentials`, whatever their number; `env` is for one only; `csv` is RFC 4180
    with a header. Raises `InputError` with the code `unknown_format` or `one_credential_only`.
    """
    renderers = {"json": _json, "env": _env, "csv": _csv}
    if fmt not in renderers:
        raise InputError("unknown_format", f"{fmt!r} is not an export format", f"Use one of: {', '.join(FORMATS)}.")
    return renderers[fmt](logins)


def _json(logins: Sequence[Login]) -> str:
    return json.dumps({"credentials": [login.to_document() for login in logins]}, indent=2) + "\n"


def _env(logins: Sequence[Login]) -> str:
    """Quote only what needs it: `docker --env-file` takes quotes literally, and no value that AWS gives needs any."""
    if len(logins) != 1:
        message = f"env holds one credential, not {len(logins)}: later lines would replace earlier ones"
        raise InputError("one_credential_only", message, "Name one domain, or use --format json or csv.")
    credential, sends_from = logins[0].credential, logins[0].sends_from
    lines = {
        "SMTP_HOST": credential.host,
        "SMTP_PORT": str(credential.port),
        "SMTP_SECURITY": credential.security,
        "SMTP_USERNAME": credential.user_name,
        "SMTP_PASSWORD": credential.password.reveal(),
        "SMTP_DOMAIN": credential.domain.ascii,
    }
    if credential.sender is not None and sends_from is not None:
        lines["SMTP_FROM"] = sends_from
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in lines.items())


def _csv(logins: Sequence[Login]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for login in logins:
        document = login.to_document()
        writer.writerow([_cell(document[column]) for column in COLUMNS])
    return text.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
