"""What `batch` prints: the preflight, the table of what became of each domain, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.cli.batch.view import duration
from provisioner.cli.frame.changes import lines_of
from provisioner.cli.frame.output import table
from provisioner.core.account.stock import Room
from provisioner.core.batch.preflight import Preflight
from provisioner.core.batch.report import BatchReport, Outcome, Status


def preflight(ahead: Preflight) -> str:
    """Return what a batch will need, a few lines."""
    known = f", {ahead.known} of them provisioned already" if ahead.known else ""
    calls = ", ".join(f"{count} {service}" for service, count in ahead.estimate.calls.items())
    lines = [
        f"{_number(ahead.domains, 'domain')}{known}: about {_number(ahead.estimate.minutes, 'minute')} at AWS's "
        f"documented rates; API calls: {calls}; ${ahead.estimate.monthly_dollars:.2f} a month for new hosted zones",
        *(_room(room) for room in ahead.rooms if room.stock.used is not None),
        *(f"note: {note}" for note in ahead.notes),
    ]
    return "\n".join(lines)


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _room(room: Room) -> str:
    stock = room.stock
    where = f" in {stock.region}" if stock.region else ""
    kind = "default limit" if stock.assumed else "limit"
    return f"  {stock.kind}{where}: {stock.used} there, {room.adds} to add, {kind} {stock.limit}"


def report(done: BatchReport) -> str:
    """Return the table of all domains, the failures in full, and the counts."""
    rows = [(o.domain, o.status.replace("_", " "), _took(o), _zone(o), " ".join(o.name_servers)) for o in done.outcomes]
    parts = [table(("DOMAIN", "STATUS", "TOOK", "ZONE", "NAME SERVERS"), rows)] if rows else []
    return "\n\n".join([*parts, *_paused(done), *_failures(done), _counts(done)])


def plans(done: BatchReport, *, in_full: bool) -> str:
    """Return what `--dry-run` would do: a line per domain, and below the table what changes with its values.

    Of domains where things are only made, which the counts say, the resources are listed `in_full` only.
    """
    columns = ("add", "change", "destroy", "import")
    rows = [(o.domain, *(str(o.changes.get(name, "-")) for name in columns), _zone(o)) for o in done.outcomes]
    head = ("DOMAIN", *(name.upper() for name in columns), "ZONE")
    listed = [o for o in done.outcomes if o.plan and (in_full or not _only_makes(o))]
    changes = ["\n".join([o.domain, *lines_of(o.plan)]) for o in listed]
    return "\n\n".join([table(head, rows), *changes, *_paused(done), *_failures(done), _counts(done)])


def _paused(done: BatchReport) -> Iterator[str]:
    lines = [f"{outcome.domain}: {step}" for outcome in done.outcomes for step in outcome.paused]
    if lines:
        yield "\n".join(lines)


def _only_makes(outcome: Outcome) -> bool:
    """Say whether the counts of the table tell all."""
    return bool(outcome.changes.get("add")) and all(action["action"] == "create" for action in outcome.plan)


def _failures(done: BatchReport) -> Iterator[str]:
    for outcome in done.failed:
        error = outcome.error or {}
        message = error.get("message", "").removeprefix(f"{outcome.domain}: ")
        hint = error.get("hint")
        yield f"{outcome.domain} FAILED: {message}" + (f"\n  hint: {hint}" if hint else "")


def _counts(done: BatchReport) -> str:
    counted = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in done.counts.items() if count)
    shard = f", shard {done.shard}" if done.shard else ""
    return f"run {done.run}{shard}: {counted or 'no domains'} in {duration(done.seconds)}"


def _took(outcome: Outcome) -> str:
    return "-" if outcome.status is Status.NOT_STARTED else duration(outcome.seconds)


def _zone(outcome: Outcome) -> str:
    if not outcome.zone_mode:
        return "-"
    return outcome.zone_mode + (" (not delegated)" if outcome.delegated is False else "")
