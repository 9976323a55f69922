"""The world of the commands on the account as a whole."""

from __future__ import annotations

from typing import Any

from provisioner.adapters.aws.cloudwatch import CloudWatchMetrics
from provisioner.adapters.aws.inventory import AwsInventory
from provisioner.adapters.aws.rates.limiter import CallLimiter
from provisioner.adapters.aws.sending import SesSending
from provisioner.adapters.aws.suppression import SesSuppressionList
from provisioner.core.account.rates import DOCUMENTED
from provisioner.ports.account import AccountEdges
from provisioner.ports.progress import Progress
from provisioner.wiring.edges import edges_of
from provisioner.wiring.settings import Settings
from provisioner.wiring.terraform import idle_terraform


def account_edges(settings: Settings, progress: Progress) -> AccountEdges:
    """Return the real world; once AWS throttles one of its services, that one is asked at the account's rate."""
    session, limiter = settings.aws(), CallLimiter(DOCUMENTED)
    if session.region:
        limiter.attach(session.client("sesv2", session.region))

    def open_client(service: str, region: str | None) -> Any:
        return limiter.attach(session.client(service, region) if region else session.client(service))

    return AccountEdges(
        edges=edges_of(settings, progress, session, idle_terraform(settings)),
        inventory=AwsInventory(open_client),
        metrics=CloudWatchMetrics(session),
        sending=SesSending(session),
        suppression=SesSuppressionList(session),
    )
