"""Go through the entries of one domain in the archive, without an engine."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from provisioner.core.account.metrics import Metric
from provisioner.core.audit.archive import Known, fields_of, lines_in
from provisioner.core.audit.classify import Kind, is_complaint
from provisioner.core.values.domain import DomainName
from provisioner.ports.audit import Archive, AuditEdges
from provisioner.usecases.audit.gather import Span, gather

_BY_TYPE = {"send": Metric.SENDS, "delivery": Metric.DELIVERIES, "reject": Metric.REJECTS}
_BOUNCED = (Kind.HARD, Kind.SOFT, Kind.UNKNOWN)


def read_entries(world: AuditEdges, archive: Archive, domain: DomainName, span: Span) -> Iterator[Mapping[str, Any]]:
    """Yield the domain's entries of these days, each once, without the events themselves; damage is a warning."""
    gathered = gather(archive, world.copies(archive), span, world.progress)
    for damage in gathered.damaged:
        world.progress.warn(f"{damage.object} is left out: {damage.reason}")
    known, wanted = Known(), f'"domain":{json.dumps(domain.ascii)}'.encode()
    for file in gathered.files:
        for line in lines_in(Path(file).read_bytes()):
            if wanted in line and (entry := fields_of(line))["domain"] == domain.ascii and known.add(entry["id"]):
                yield entry


def count_days(
    world: AuditEdges, archive: Archive, domain: DomainName, first: date, last: date
) -> Mapping[Metric, Mapping[date, float]]:
    """Return how much mail there was by day, a recipient each; what was not sent at all is no bounce."""
    counts: dict[Metric, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for entry in read_entries(world, archive, domain, Span(first, last)):
        if metric := _metric(entry):
            counts[metric][date.fromisoformat(entry["at"][:10])] += 1
    return counts


def recipients_not_to_mail(world: AuditEdges, archive: Archive, domain: DomainName) -> set[str]:
    """Return, in lower case, to whom the domain's mail bounced for good, who complained, and who was suppressed."""
    return {
        str(entry["recipient"]).lower()
        for entry in read_entries(world, archive, domain, Span())
        if entry["recipient"] and (entry["kind"] in (Kind.HARD, Kind.SUPPRESSED) or _complained(entry))
    }


def _metric(entry: Mapping[str, Any]) -> Metric | None:
    if entry["type"] == "bounce":
        return Metric.BOUNCES if entry["kind"] in _BOUNCED else None
    return Metric.COMPLAINTS if _complained(entry) else _BY_TYPE.get(entry["type"])


def _complained(entry: Mapping[str, Any]) -> bool:
    return is_complaint(entry["type"], entry["kind"], entry["feedback"])
