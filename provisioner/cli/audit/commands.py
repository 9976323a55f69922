"""The group `audit`."""

from __future__ import annotations

from provisioner.cli.audit import collect, query, take_in
from provisioner.cli.frame.common import commands, group

app = commands()
audit = group(
    app,
    "audit",
    "Keep every bounce and complaint, and ask what happened.",
    examples="""\
  provisioner audit collect
  provisioner audit query bounces
  provisioner audit query suppressed --domain example.com --format csv
  provisioner audit import s3://old-events/ses/""",
)
for part in (collect, query, take_in):
    audit.add_typer(part.app)
