"""`audit status`."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.layout import findings_text
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.findings import any_failed
from provisioner.errors import NotDesired
from provisioner.usecases.audit.status import Status, status

app = commands()


@command(
    app,
    "status",
    examples="""\
  provisioner audit status
  provisioner audit status --region eu-west-1 --json""",
)
def _status(common: Common) -> int:
    """Say how the way of SES's events into the archive stands, hop by hop, and which domains publish to it.

    Exit 3 when something of it is missing or broken, or a domain of this home does not publish to it.
    """
    from provisioner.wiring.pipeline import open_status  # noqa: PLC0415 - help is cheap

    region = common.needed_region("to look in")
    found = status(*open_status(common.settings(), common.progress()), region)
    if common.as_json:
        print_document(found.to_document())
    else:
        print_text("\n".join(_lines(found)))
    return NotDesired.exit_code if any_failed(found.findings) else 0


def _lines(found: Status) -> Iterator[str]:
    place = f"audit pipeline of {found.pipeline.region}, account {found.pipeline.account}"
    document = found.to_document()
    if not found.hops.deployed:
        yield f"{place}: not deployed"
        return
    yield f"{place}: {'something is wrong' if any_failed(found.findings) else 'as it should be'}"
    yield f"  domains       {len(document['attached'])} publish to it, {len(document['unattached'])} do not"
    yield f"  queue         {document['waiting']} messages wait, {document['dead']} dead letters"
    yield f"  archive       {document['bucket'] or 'missing'}"
    yield f"  last written  {document['last_collected'] or 'not in the past two weeks'}"
    if found.findings:
        yield findings_text(found.findings)
