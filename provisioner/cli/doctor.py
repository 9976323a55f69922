"""`doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.layout import findings_text
from provisioner.cli.frame.options import parse_domain
from provisioner.cli.frame.output import print_document, print_text
from provisioner.core.checks.catalogue import CHECKS
from provisioner.core.findings import Severity
from provisioner.errors import NotDesired
from provisioner.usecases.doctor.diagnosis import Diagnosis, diagnosed

app = commands()


@command(
    app,
    "doctor",
    examples="""\
  provisioner doctor example.com
  provisioner doctor example.com --json | jq '.domains[].findings[] | select(.severity == "error")'""",
)
def _doctor(
    common: Common,
    domains: Annotated[list[str], typer.Argument(metavar="DOMAIN...", help="Which domains to look at.")],
) -> int:
    """Find the one cause why mail of a domain does not arrive; exit 3 when there is an error."""
    names, world = [parse_domain(domain) for domain in domains], common.doctor()
    looked = [diagnosed(world, name, CHECKS) for name in names]
    if common.as_json:
        print_document({"domains": [one.to_document() for one in looked]})
    else:
        print_text("\n\n".join(_text(one) for one in looked))
    return 0 if all(one.healthy for one in looked) else NotDesired.exit_code


def _text(diagnosis: Diagnosis) -> str:
    shown = [finding for finding in diagnosis.findings if finding.severity is not Severity.OK]
    return f"{diagnosis.domain}\n{findings_text(shown)}" if shown else f"{diagnosis.domain}: all is well"
