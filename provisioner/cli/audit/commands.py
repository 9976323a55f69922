"""The group `audit`."""

from __future__ import annotations

from provisioner.cli.audit import collect, deploy, query, status, take_in
from provisioner.cli.frame.common import commands, group

app = commands()
audit = group(
    app,
    "audit",
    "Keep every bounce and complaint, and ask what happened.",
    examples="""\
  provisioner audit deploy --operator ops@example.com
  provisioner audit status
  provisioner audit collect
  provisioner audit query bounces
  provisioner audit query suppressed --domain example.com --format csv
  provisioner audit import s3://old-events/ses/""",
)
for part in (deploy, status, collect, query, take_in):
    audit.add_typer(part.app)
