"""The group `account`."""

from __future__ import annotations

from provisioner.cli.account import bootstrap, status
from provisioner.cli.frame.common import commands, group

app = commands()
account = group(
    app,
    "account",
    "Where the account stands with SES, and the bucket for states.",
    examples="""\
  provisioner account status --region eu-west-1
  provisioner account bootstrap --bucket example-states""",
)
for part in (status, bootstrap):
    account.add_typer(part.app)
