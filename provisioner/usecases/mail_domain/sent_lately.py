"""Whether a domain is in use: what it sent in the last days."""

from __future__ import annotations

from datetime import timedelta

from provisioner.core.mail_domain.spec import MailDomain
from provisioner.errors import Refused
from provisioner.ports.edges import Edges

LATELY = timedelta(days=7)


def sent_lately(edges: Edges, spec: MailDomain) -> float | None:
    """Return how many messages went out in the last seven days, None when CloudWatch has no such metric."""
    return edges.metrics.sent(spec.configuration_set, spec.region, edges.clock.now() - LATELY)


def refuse_if_in_use(edges: Edges, spec: MailDomain, *, anyway: bool) -> None:
    """Raise `Refused("sends_mail")` when the domain sent mail lately, unless the user says that it may go `anyway`."""
    if anyway:
        return
    count = sent_lately(edges, spec)
    if count:
        raise Refused(
            "sends_mail",
            f"{spec.domain} sent {count:.0f} messages in the last {LATELY.days} days (CloudWatch, configuration set "
            f"{spec.configuration_set}); nothing was touched",
            "move its mail elsewhere first, or give --yes-it-sends",
        )
