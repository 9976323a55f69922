"""Diagnoses as text for people."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from provisioner.cli.doctor.senders_text import senders_text
from provisioner.cli.frame.changes import lines_of
from provisioner.cli.frame.layout import findings_text, indent
from provisioner.cli.frame.output import table
from provisioner.core.checks.diagnosis import Changes, Diagnosis, worst_first
from provisioner.core.findings import Finding, Severity
from provisioner.core.terraform.plan import describe_counts
from provisioner.usecases.mail_domain.new_domain import Planned


def shared_text(findings: Sequence[Finding], domains: int) -> str:
    """Return what was found of all domains alike."""
    return f"all {domains} domains:\n{indent(findings_text(findings))}"


def diagnosis_text(diagnosis: Diagnosis, without: Collection[Finding] = ()) -> str:
    """Return what was found of one domain, causes first; what is as it must be is only counted."""
    shown = [one for one in diagnosis.findings if one.severity is not Severity.OK and one not in without]
    senders = [indent(senders_text(diagnosis.domain, diagnosis.senders))] if diagnosis.senders else []
    return "\n".join([_headline(diagnosis), *([indent(findings_text(shown))] if shown else []), *senders])


def _headline(diagnosis: Diagnosis) -> str:
    good = diagnosis.count(Severity.OK)
    counts = [f"{diagnosis.count(severity)} {severity}" for severity in (Severity.ERROR, Severity.WARNING)]
    bad = ", ".join(one + ("" if one.startswith("1 ") else "s") for one in counts if not one.startswith("0 "))
    return f"{diagnosis.domain}: {bad or 'all is well'}" + (f" ({good} as it must be)" if good else "")


def changes_text(diagnosis: Diagnosis, changes: Changes) -> str:
    """Return what is new and what is mended since the look before."""
    lines = [f"{diagnosis.domain}: {len(changes.new)} new, {len(changes.mended)} mended"]
    lines += [indent(findings_text(changes.new))] if changes.new else []
    lines += [
        f"  mended   {verdict.subject}: {verdict.id}, known since {verdict.since:%Y-%m-%d %H:%M} UTC"
        for verdict in changes.mended
    ]
    return "\n".join(lines)


def overview(diagnoses: Sequence[Diagnosis]) -> str:
    """Return a table of all domains, the worst first, each with its first cause."""
    return table(("DOMAIN", "ERRORS", "WARNINGS", "FIRST OF ALL"), [_row(one) for one in worst_first(diagnoses)])


def _row(one: Diagnosis) -> tuple[str, str, str, str]:
    first = next((f"{finding.id}: {finding.subject}" for finding in one.bad), "-")
    return str(one.domain), str(one.count(Severity.ERROR)), str(one.count(Severity.WARNING)), first


def repair_question(diagnosis: Diagnosis, planned: Planned) -> str:
    """Return what a repair would put right, and by which changes."""
    return "\n".join(_repair_lines(diagnosis, planned))


def _repair_lines(diagnosis: Diagnosis, planned: Planned) -> Iterator[str]:
    yield f"{diagnosis.domain}: this can be repaired:"
    yield from (f"  {finding.subject}: {finding.message}" for finding in diagnosis.repairable)
    yield f"by `provisioner new-domain {diagnosis.domain}` ({describe_counts(planned.plan.counts) or 'in SES'}):"
    yield from lines_of(planned.actions)
