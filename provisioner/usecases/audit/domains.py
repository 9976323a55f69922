"""The domains of this home in the account and region of an audit pipeline, and who of them publishes to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from provisioner.core.audit.names import EVENT_DESTINATION
from provisioner.core.terraform.pipeline import EVENTS, Pipeline
from provisioner.core.values.domain import DomainName
from provisioner.core.values.resource_names import configuration_set_name
from provisioner.errors import Interrupted, LoggedOut, ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.usecases.home import KnownDomain, list_domains


@dataclass(frozen=True, slots=True)
class Failure:
    """A domain whose event destination is not as it should be, and why."""

    domain: DomainName
    error: ProvisionerError

    def __str__(self) -> str:
        message = self.error.message
        return message if message.startswith(f"{self.domain}:") else f"{self.domain}: {message}"

    def to_document(self) -> dict[str, object]:
        """Return one entry of the list `failed`."""
        return {"domain": self.domain.ascii, "error": self.error.to_document()}


@dataclass(frozen=True, slots=True)
class Publishing:
    """Which domains publish to the pipeline; `remembering` do not, but this home believes that they do."""

    attached: Sequence[DomainName]
    unattached: Sequence[DomainName]
    remembering: Sequence[DomainName]


def publishing_to(edges: Edges, pipeline: Pipeline) -> Publishing:
    """Ask SES who of this home's domains publishes to the pipeline's topic."""
    attached, unattached, remembering = list[DomainName](), list[DomainName](), list[DomainName]()
    for known in _domains_of(edges, pipeline):
        if _publishes(edges, known.domain, pipeline):
            attached.append(known.domain)
        else:
            unattached.append(known.domain)
            remembering += [known.domain] if known.decisions and known.decisions.feedback_topic else []
    return Publishing(attached, unattached, remembering)


def with_each(
    edges: Edges, domains: Sequence[DomainName], act: Callable[[Edges, DomainName], None]
) -> Iterator[Failure]:
    """Act on one domain after the other; one that fails does not stop the others.

    An interrupt does, and credentials that have ended; a second run goes on where this one stopped.
    """
    for number, domain in enumerate(domains, 1):
        edges.progress.step(f"{domain}: its event destination ({number} of {len(domains)})")
        try:
            act(edges, domain)
        except (Interrupted, LoggedOut):
            raise
        except ProvisionerError as error:
            failure = Failure(domain, error)
            edges.progress.warn(str(failure))
            yield failure


def _domains_of(edges: Edges, pipeline: Pipeline) -> Iterator[KnownDomain]:
    """Go through the domains there; of those whose account nobody wrote down, SES knows those of this one."""
    for known in list_domains(edges):
        if known.request.region == pipeline.region and known.account in (pipeline.account, None):
            yield known


def _publishes(edges: Edges, domain: DomainName, pipeline: Pipeline) -> bool:
    listed = edges.identities.event_destinations(configuration_set_name(domain), pipeline.region)
    ours = (one for one in listed if one.name == EVENT_DESTINATION)
    return any(one.enabled and one.arn == pipeline.topic_arn and set(one.events) >= EVENTS for one in ours)
