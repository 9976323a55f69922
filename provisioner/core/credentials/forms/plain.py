"""Credentials in the forms that other programs read."""

import csv
import io
import json
import shlex
from collections.abc import Mapping, Sequence

from provisioner.core.credentials.credential import Login

COLUMNS = ("domain", "region", "host", "port", "security", "user_name", "password", "iam_user", "sender", "from")

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet evaluate a cell (OWASP, CSV injection)


def as_json(logins: Sequence[Login]) -> str:
    """Return an object with the list `credentials`, whatever their number."""
    return json.dumps({"credentials": [login.to_document() for login in logins]}, indent=2) + "\n"


def as_env(login: Login) -> str:
    """Return variables for a shell or for `docker --env-file`; From is among them where there is but one."""
    address = login.chosen_from or (login.sends_from if login.credential.sender is not None else None)
    return assignments({**variables(login), **({} if address is None else {"SMTP_FROM": address})})


def variables(login: Login) -> dict[str, str]:
    """Return the settings of a login, password included, by the names that they have as variables."""
    credential = login.credential
    return {
        "SMTP_HOST": credential.host,
        "SMTP_PORT": str(credential.port),
        "SMTP_SECURITY": credential.security,
        "SMTP_USERNAME": credential.user_name,
        "SMTP_PASSWORD": credential.password.reveal(),
        "SMTP_DOMAIN": credential.domain.ascii,
    }


def assignments(values: Mapping[str, str]) -> str:
    """Quote only what needs it: `docker --env-file` takes quotes literally, and no value that AWS gives needs any."""
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in values.items())


def as_csv(logins: Sequence[Login]) -> str:
    """Return RFC 4180 with a header; no cell is a formula."""
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
