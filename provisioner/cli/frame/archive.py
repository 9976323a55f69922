"""The archive that a command line means."""

from __future__ import annotations

from typing import Annotated

import typer

from provisioner.cli.frame.common import Common
from provisioner.ports.audit import Archive, AuditEdges

Place = Annotated[
    str | None,
    typer.Option(
        "--archive",
        metavar="PLACE",
        help="A directory or s3://BUCKET/PREFIX (default: that of the account and region).",
    ),
]

_PURPOSE = "whose events are meant"


def world_of(common: Common) -> AuditEdges:
    """Return the real world of the audit commands."""
    from provisioner.wiring.audit import audit_edges  # noqa: PLC0415 - the help does not pay for the adapters

    return audit_edges(common.settings(), common.progress())


def archive_of(common: Common, world: AuditEdges, place: str | None) -> Archive:
    """Return the archive at the place, or that of the region."""
    return world.archive(lambda: common.needed_region(_PURPOSE), place)
