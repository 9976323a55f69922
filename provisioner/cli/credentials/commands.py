"""The group `credentials`."""

from __future__ import annotations

from provisioner.cli.credentials import derive, export, move, show
from provisioner.cli.frame.common import commands, group

app = commands()
credentials = group(
    app,
    "credentials",
    "Show, export, derive or move SMTP credentials.",
    examples="""\
  provisioner credentials show example.com
  provisioner credentials show example.com --sender shop
  provisioner credentials export example.com --format env
  provisioner credentials derive --region eu-west-1 < secret-access-key.txt
  provisioner credentials move --to secretsmanager""",
)
for part in (show, export, derive, move):
    credentials.add_typer(part.app)
