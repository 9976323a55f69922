"""`drift`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from provisioner.cli.frame.common import Common, command, commands
from provisioner.cli.frame.machine import this_machine
from provisioner.cli.frame.options import Cold, Parallelism, parse_domain, sharing_of
from provisioner.cli.frame.output import print_document, print_text
from provisioner.cli.frame.signals import Signals
from provisioner.core.batch.parallelism import MOST_PARALLEL, usual_parallelism
from provisioner.core.findings import NOT_RUN
from provisioner.core.mail_domain.standing import standing_steps
from provisioner.core.terraform.differences import Difference
from provisioner.core.terraform.sharing import Sharing
from provisioner.core.values.hints import with_place
from provisioner.errors import NotDesired, ProvisionerError
from provisioner.usecases.drift import DomainDrift, drift
from provisioner.usecases.parallel.stopping import Stop, Urgency
from provisioner.usecases.parallel.workers import Workers

app = commands()


@command(
    app,
    "drift",
    examples="""\
  provisioner drift
  provisioner drift example.com example.org
  provisioner drift --json | jq '.domains[] | select(.drift)'""",
)
def _drift(
    common: Common,
    domains: Annotated[list[str] | None, typer.Argument(metavar="[DOMAIN]...", help="Default: every domain.")] = None,
    parallelism: Parallelism = None,
    cold: Cold = False,
) -> int:
    """Say what differs from what it should be; exit 3 on drift.

    Compares domains with what they should be, by a Terraform plan that is never applied, and looks at what Terraform
    does not see: the access keys of each SMTP user, whatever else it holds, DKIM signing, and what SES has given up on.

    Exit 3 when something differs, 1 when a domain could not be checked. A domain or sender that is paused is no drift,
    and is said.
    """
    from provisioner.wiring.worlds import open_drift  # noqa: PLC0415 - help is cheap

    names, progress = [parse_domain(domain) for domain in domains or []], common.progress()
    stop = Stop(first=Urgency.INTERRUPT)
    signals = Signals(stop, progress.note)
    usual = usual_parallelism(len(names) or MOST_PARALLEL, this_machine(), cold=cold, reads=True)
    sharing = sharing_of(None, cold=cold, usual=Sharing.ALWAYS)
    with open_drift(common.settings(), progress, sharing=sharing) as edges, signals.take_over():
        drifts = drift(edges, names, Workers(parallelism or usual, stop, signals.look))
    for error in (domain.error for domain in drifts if domain.error):
        error.hint = with_place(error.hint, ("--region",))
    if common.as_json:
        print_document({"domains": [domain.to_document() for domain in drifts]})
    else:
        print_text("\n".join(line for domain in drifts for line in _lines(domain)) or "no domains")
    return exit_code(drifts)


def exit_code(drifts: Sequence[DomainDrift]) -> int:
    """Fold the results: a failure outweighs drift, because nothing is known of that domain."""
    if any(domain.error for domain in drifts):
        return ProvisionerError.exit_code
    return NotDesired.exit_code if any(domain.drifted for domain in drifts) else 0


def _lines(domain: DomainDrift) -> Iterator[str]:
    if domain.error:
        yield f"{domain.domain}: not checked: {domain.error.message}"
        if domain.error.hint:
            yield f"  hint: {domain.error.hint}"
        return
    count = len(domain.differences) + sum(finding.id != NOT_RUN for finding in domain.findings)
    yield f"{domain.domain}: " + (f"{count} difference{'s' if count > 1 else ''}" if count else "no drift")
    for difference in domain.differences:
        yield f"  {_line(difference)}"
    for finding in domain.findings:
        yield f"  {finding.subject}: {finding.message}"
        yield f"    {finding.remedy}"
    for difference in domain.on_purpose:
        yield f"  {_line(difference)} (on purpose)"
    for step in standing_steps(domain.domain, domain.standing):
        yield f"  {step}"


def _line(difference: Difference) -> str:
    if difference.attribute is None:
        return f"{difference.what}: {'missing' if difference.missing else 'should not be there'}"
    expected, actual = json.dumps(difference.expected), json.dumps(difference.found)
    return f"{difference.what}: {difference.attribute} is {actual}, expected {expected}"
