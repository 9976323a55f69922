"""How the audit pipeline of an account and region stands, and which domains of this home publish to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.core.audit.names import COLLECTOR
from provisioner.core.findings import Finding
from provisioner.core.terraform.hops import Hops, findings_of
from provisioner.core.terraform.pipeline import Pipeline
from provisioner.core.values.region import Region
from provisioner.ports.audit_edges import Look
from provisioner.ports.edges import Edges
from provisioner.usecases.audit.domains import Publishing, publishing_to


@dataclass(frozen=True, slots=True)
class Status:
    """What was found; nobody is attached, and nothing wrong, where no pipeline is deployed."""

    pipeline: Pipeline
    hops: Hops
    publishing: Publishing

    @property
    def findings(self) -> Sequence[Finding]:
        """What is wrong."""
        unattached = [domain.ascii for domain in self.publishing.unattached]
        return list(findings_of(self.hops, self.pipeline.bucket, unattached))

    def to_document(self) -> dict[str, Any]:
        """Return the document of `audit status --json`; null for what does not exist."""
        hops, pipeline = self.hops, self.pipeline
        return {
            "deployed": hops.deployed,
            "region": pipeline.region.name,
            "topic_arn": pipeline.topic_arn if hops.topic else None,
            "queue_url": hops.queue.url if hops.queue else None,
            "dead_letter_queue_url": hops.dead_letters.url if hops.dead_letters else None,
            "bucket": pipeline.bucket if hops.archive else None,
            "collector": COLLECTOR if hops.collector else None,
            "attached": [domain.ascii for domain in self.publishing.attached],
            "unattached": [domain.ascii for domain in self.publishing.unattached],
            "waiting": hops.queue.messages if hops.queue else 0,
            "dead": hops.dead_letters.messages if hops.dead_letters else 0,
            "last_collected": hops.last_collected.isoformat() if hops.last_collected else None,
            "findings": [finding.to_document() for finding in self.findings],
        }


def status(edges: Edges, look: Look, region: Region) -> Status:
    """Look at each hop, and ask SES of each domain of this home there whether it publishes."""
    pipeline = Pipeline(edges.account.caller().account, region)
    return Status(pipeline, look(pipeline), publishing_to(edges, pipeline))
