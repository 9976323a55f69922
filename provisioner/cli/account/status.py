"""`account status`."""

from __future__ import annotations

from provisioner.cli.account.text import status_text
from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.output import print_document, print_text
from provisioner.usecases.account.status import account_status

app = commands()


@command(
    app,
    "status",
    examples="""\
  provisioner account status
  provisioner account status --region eu-west-1 --json""",
)
def _status(common: Common) -> None:
    """Say where the account stands with SES in one region.

    Sandbox or production, the quota and what is used of it, reviews and pauses by AWS, what is suppressed, the rates of
    bounces and complaints against AWS's thresholds, how much there may still be, and the mail of the last 14 days.
    """
    status = account_status(common.account(), common.needed_region("whose account is looked at"))
    if common.as_json:
        print_document(status.to_document())
    else:
        print_text(status_text(status))
