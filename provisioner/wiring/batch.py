"""What a batch reads and writes."""

from __future__ import annotations

from typing import Any

from provisioner.adapters.assets import find_assets
from provisioner.adapters.disk.batch_reports import BatchReports
from provisioner.adapters.disk.runs import DirectoryRuns
from provisioner.core.batch.manifest import Manifest
from provisioner.ports.batch import Runs
from provisioner.wiring.settings import Settings


def runs(settings: Settings) -> Runs:
    """Return the batch runs of the home."""
    return DirectoryRuns(settings.home)


def report_files() -> BatchReports:
    """Return the writer of batch reports."""
    return BatchReports(find_assets().templates)


def read_manifest(source: str) -> Manifest:
    """Return the manifest in a file, or on standard input for `-`; raises `InputError` with every fault at once."""
    from provisioner.adapters.manifest import file as manifest_file  # noqa: PLC0415 - pydantic is for those who have a manifest

    return manifest_file.read_manifest(source)


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema of a manifest."""
    from provisioner.adapters.manifest import model  # noqa: PLC0415 - pydantic is only for a schema or a manifest

    return model.manifest_schema()
