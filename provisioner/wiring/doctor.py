"""The world of the commands that diagnose."""

from __future__ import annotations

from provisioner.adapters.aws.cloudwatch import CloudWatchMetrics
from provisioner.adapters.dns.questions import DnsQuestions
from provisioner.adapters.dns.resolver import DnsResolver
from provisioner.ports.doctor import DoctorEdges
from provisioner.ports.progress import Progress
from provisioner.wiring.edges import edges_of
from provisioner.wiring.settings import Settings
from provisioner.wiring.terraform import idle_terraform


def doctor_edges(settings: Settings, progress: Progress) -> DoctorEdges:
    """Return the real world as the settings describe it; nothing outside is asked yet."""
    session, server = settings.aws(), settings.value("PROVISIONER_DNS_SERVER")
    return DoctorEdges(
        edges=edges_of(settings, progress, session, idle_terraform(settings)),
        questions=DnsQuestions(DnsResolver(server), server),
        metrics=CloudWatchMetrics(session),
    )
