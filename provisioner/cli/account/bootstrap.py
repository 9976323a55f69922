"""`account bootstrap`."""

from __future__ import annotations

from typing import Annotated

import typer

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.options import DryRun, code_of_dry_run
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.states.bucket import bucket_name
from provisioner.usecases.account.bootstrap import Bootstrapped, bootstrap

app = commands()


@command(
    app,
    "bootstrap",
    examples="""\
  provisioner account bootstrap --bucket example-states --region eu-west-1
  provisioner account bootstrap --bucket example-states --dry-run""",
)
def _bootstrap(
    common: Common,
    bucket: Annotated[str, typer.Option("--bucket", metavar="NAME", help="The bucket, unique in all of AWS.")],
    dry_run: DryRun = False,
) -> int:
    """Make the S3 bucket for Terraform states, or set up one that is ours: private, encrypted, versioned, TLS only.

    In the same region it lets bounces and complaints both put addresses on the account's suppression list. A second run
    changes nothing. Then set PROVISIONER_STATE as it says, and move existing states with `state migrate`.
    """
    from provisioner.wiring.states import state_buckets  # noqa: PLC0415 - the help does not pay for the adapters

    name = bucket_name(bucket)
    region = common.needed_region("for the bucket")
    done = bootstrap(common.account(), state_buckets(common.settings()), name, region, dry_run=dry_run)
    if common.as_json:
        print_document(done.to_document())
    else:
        print_text(_text(done, dry_run=dry_run))
    return code_of_dry_run(changes=dry_run and bool(done.changes))


def _text(done: Bootstrapped, *, dry_run: bool) -> str:
    changed = "would be changed" if dry_run else "changed"
    head = f"{done.bucket} ({done.region}): {changed if done.of_bucket else 'no changes'}"
    lines = [head, *(f"  {change}" for change in done.of_bucket)]
    of_ses = done.suppression.changes if done.suppression else ()
    lines += [f"{'would be changed: ' if dry_run else 'changed: '}{change}" for change in of_ses]
    return "\n".join([*lines, "", "Keep states there with:", f"  export PROVISIONER_STATE='{done.state}'"])
