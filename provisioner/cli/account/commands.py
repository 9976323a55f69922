"""The group `account`."""

from __future__ import annotations

from provisioner.cli.account import bootstrap, request_production, status
from provisioner.cli.frame.common import commands, group

app = commands()
account = group(
    app,
    "account",
    "How the account stands with SES, production access, a bucket for states.",
    examples="""\
  provisioner account status --region eu-west-1
  provisioner account request-production --website https://example.com/ --dry-run
  provisioner account bootstrap --bucket example-states""",
)
for part in (status, request_production, bootstrap):
    account.add_typer(part.app)
