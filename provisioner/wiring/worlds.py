"""Edges for one kind of work each: a single domain, a drift over many, a batch."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

from provisioner.adapters.aws.inventory import AwsInventory
from provisioner.adapters.aws.lending import lend_credentials
from provisioner.adapters.aws.rates.limiter import CallLimiter
from provisioner.adapters.aws.rates.relay import open_relay
from provisioner.core.account.rates import DOCUMENTED, Rate
from provisioner.core.terraform.sharing import Sharing
from provisioner.ports.batch import BatchEdges
from provisioner.ports.edges import Edges
from provisioner.ports.progress import Progress
from provisioner.wiring.batch import runs
from provisioner.wiring.edges import edges_of
from provisioner.wiring.settings import Settings
from provisioner.wiring.terraform import open_terraform, terraform_settings, timeouts_within


@contextmanager
def open_domain(settings: Settings, progress: Progress, *, sharing: Sharing) -> Iterator[Edges]:
    """Return the real world for a single domain, whose runs of Terraform share a provider as `sharing` says."""
    session = settings.aws()
    with (
        lend_credentials(session, settings.environment) as environment,
        open_terraform(terraform_settings(settings, environment), sharing) as terraform,
    ):
        yield edges_of(settings, progress, session, terraform)


@contextmanager
def open_drift(settings: Settings, progress: Progress, *, sharing: Sharing) -> Iterator[Edges]:
    """Return the real world for reading many domains, whose Terraform is kept to the account's rates."""
    session = settings.aws()
    with (
        lend_credentials(session, settings.environment) as environment,
        open_relay(session, CallLimiter(DOCUMENTED)) as ses,
        open_terraform(terraform_settings(settings, {**environment, **ses}), sharing) as terraform,
    ):
        yield edges_of(settings, progress, session, terraform)


@contextmanager
def open_batch(
    settings: Settings, progress: Progress, *, rates: Mapping[str, Rate], timeout: timedelta, sharing: Sharing
) -> Iterator[BatchEdges]:
    """Return the world of a batch: its threads share the AWS clients, which are kept to `rates`.

    `timeout` is that of a domain; no command of its Terraform takes longer.
    """
    # Threads share a client's connections; one more than fit is closed after use, which is no news to a user.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    session, limiter = settings.aws(), CallLimiter(rates)

    def open_client(service: str, region: str | None) -> Any:
        return limiter.attach(session.client(service, region) if region else session.client(service))

    with ExitStack() as stack:
        environment = stack.enter_context(lend_credentials(session, settings.environment))
        ses = stack.enter_context(open_relay(session, limiter))
        tools = terraform_settings(settings, {**environment, **ses}, timeouts_within(timeout))
        terraform = stack.enter_context(open_terraform(tools, sharing))
        edges = edges_of(settings, progress, session, terraform)
        yield BatchEdges(edges, AwsInventory(open_client), runs(settings))
