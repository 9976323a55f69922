"""Put the reports of all shards of a batch together, once it is certain that they are all of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from provisioner.core.batch.report import BatchReport
from provisioner.core.batch.shards import shard_of
from provisioner.core.values.documents import WrongShapeError
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError, NotDesired, ProvisionerError
from provisioner.ports.batch import Runs
from provisioner.usecases.batch.run import REPORT


def merge(runs: Runs, names: Sequence[str]) -> BatchReport:
    """Return the one report of all shards; `names` are runs, their directories, or report files.

    Raises `InputError` for reports that are not the shards of one batch, `NotDesired` when a shard is missing or has
    not come to its end.
    """
    reports = sorted(
        (load_report(runs, name) for name in names), key=lambda report: report.shard.index if report.shard else -1
    )
    _refuse_strangers(reports)
    _refuse_gaps(reports)
    _refuse_overlap(reports)
    return _together(reports)


def load_report(runs: Runs, name: str) -> BatchReport:
    """Return the report of a run; raises `InputError("no_report")`."""
    document = runs.load(name, REPORT)
    if document is None:
        raise InputError(
            "no_report", f"{name}: there is no report of such a run", "name a run, its directory, or a report file"
        )
    try:
        return BatchReport.from_document(document)
    except WrongShapeError as error:
        raise ProvisionerError(
            "corrupt_report", f"{name}: not a report of a batch: {error}", "run that shard again"
        ) from None


def _refuse_strangers(reports: Sequence[BatchReport]) -> None:
    whole = [report.run for report in reports if report.shard is None]
    if whole:
        raise InputError("not_a_shard", f"run {whole[0]} is a whole batch, not a shard", "merge shards only")
    batches = {(replace(report.part, shard=None), report.shard and report.shard.total) for report in reports}
    if len(batches) > 1:
        listed = ", ".join(f"{report.run}: shard {report.shard} of {report.part.digest[:12]}" for report in reports)
        raise InputError(
            "different_batches",
            f"these are not shards of one manifest: {listed}",
            "run all shards with the same manifest and total",
        )


def _refuse_gaps(reports: Sequence[BatchReport]) -> None:
    shards = [report.shard for report in reports if report.shard]
    total, seen = shards[0].total, Counter(shard.index for shard in shards)
    twice = [index for index, times in seen.items() if times > 1]
    if twice:
        raise InputError("shard_twice", f"shard {twice[0]}/{total} is there twice", "name each shard's last run")
    missing = [str(index) for index in range(total) if index not in seen]
    unfinished = [str(report.shard) for report in reports if not report.complete]
    faults = []
    if missing:
        faults.append(f"missing: {', '.join(missing)} of {total}")
    if unfinished:
        faults.append(f"not at their end: {', '.join(unfinished)}")
    if faults:
        hint = "run those shards (again) with the same --run, then merge"
        raise NotDesired("shards_incomplete", f"shards {'; '.join(faults)}", hint)


def _refuse_overlap(reports: Sequence[BatchReport]) -> None:
    for report in reports:
        for outcome in report.outcomes:
            if report.shard and shard_of(DomainName.of_ascii(outcome.domain), report.shard.total) != report.shard.index:
                raise InputError(
                    "foreign_domain",
                    f"run {report.run}: {outcome.domain} is not of shard {report.shard}",
                    "run that shard again",
                )
    count = sum(len(report.outcomes) for report in reports)
    if count != reports[0].part.domains:
        message = f"the shards hold {count} domains, the manifest {reports[0].part.domains}"
        raise InputError("domains_missing", message, "run all shards again with the same manifest")


def _together(reports: Sequence[BatchReport]) -> BatchReport:
    return BatchReport(
        run="+".join(report.run for report in reports),
        part=replace(reports[0].part, shard=None),
        started=min(report.started for report in reports),
        ended=max(report.ended for report in reports),
        seconds=max(report.seconds for report in reports),
        parallelism=sum(report.parallelism for report in reports),
        outcomes=tuple(outcome for report in reports for outcome in report.outcomes),
    )
