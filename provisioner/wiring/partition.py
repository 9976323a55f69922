"""Where the services of a whole partition are asked when nobody names a region."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from provisioner.adapters.aws.session import FALLBACK_REGION
from provisioner.adapters.disk.workspaces import DirectoryWorkspaces
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError


def region_of_home(home: Path) -> str:
    """Return a region of the partition that all domains of a home are in; of the usual one when they are in several."""
    found = FALLBACK_REGION
    for region in _regions(home):
        if region.partition == "aws":
            return FALLBACK_REGION
        found = region.name
    return found


def _regions(home: Path) -> Iterator[Region]:
    for workspace in DirectoryWorkspaces(home).all():
        try:
            remembered = workspace.recall()
        except ProvisionerError:
            continue  # the command that needs it says so
        if remembered is not None:
            yield remembered.request.region
