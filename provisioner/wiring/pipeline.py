"""The audit pipeline of an account and region, and the Terraform that makes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from provisioner.adapters.assets import find_assets
from provisioner.adapters.aws.lending import lend_credentials
from provisioner.adapters.aws.pipeline import look_at
from provisioner.adapters.disk.pipelines import PipelineDirectories
from provisioner.adapters.lambda_zip import HANDLERS, build_zip
from provisioner.adapters.templates import RootTemplates
from provisioner.core.terraform.pipeline import Functions
from provisioner.core.terraform.sharing import Sharing
from provisioner.ports.audit_edges import Look, PipelineEdges
from provisioner.ports.edges import Edges
from provisioner.ports.progress import Progress
from provisioner.wiring.edges import edges_of
from provisioner.wiring.settings import Settings, backend_of
from provisioner.wiring.terraform import idle_terraform, open_terraform, terraform_settings


@contextmanager
def open_pipeline(settings: Settings, progress: Progress) -> Iterator[PipelineEdges]:
    """Return the real world of the pipeline.

    A state on S3 is locked by Terraform itself, in each plan and apply: a plan is stale when another came between.
    """
    session, assets = settings.aws(), find_assets()
    with lend_credentials(session, settings.environment) as environment:
        tools = terraform_settings(settings, environment)
        with (
            open_terraform(replace(tools, locks_state=True), Sharing.READS) as terraform,
            open_terraform(tools, Sharing.READS) as terraform_of_domains,
        ):
            yield PipelineEdges(
                domains=edges_of(settings, progress, session, terraform_of_domains),
                functions=lambda: Functions(build_zip(), HANDLERS["collector"]),
                progress=progress,
                templates=RootTemplates(assets.templates, assets.modules, backend_of(settings)),
                terraform=terraform,
                workspaces=PipelineDirectories(settings.home, progress.note),
            )


def open_status(settings: Settings, progress: Progress) -> tuple[Edges, Look]:
    """Return the home's domains, and what looks at a pipeline; nothing is asked yet."""
    session = settings.aws()
    return edges_of(settings, progress, session, idle_terraform(settings)), partial(look_at, session)
