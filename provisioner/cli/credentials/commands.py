"""The group `credentials`."""

from __future__ import annotations

from provisioner.cli.credentials import derive, export, move, rotate, show, verify
from provisioner.cli.frame.common import commands, group

app = commands()
credentials = group(
    app,
    "credentials",
    "Show, export, verify, rotate, move or derive SMTP credentials.",
    examples="""\
  provisioner credentials show example.com
  provisioner credentials show example.com --sender shop
  provisioner credentials export example.com --format env
  provisioner credentials verify example.com
  provisioner credentials rotate example.com --prepare
  provisioner credentials move --to secretsmanager
  provisioner credentials derive --region eu-west-1 < secret-access-key.txt""",
)
for part in (show, export, verify, rotate, move, derive):
    credentials.add_typer(part.app)
