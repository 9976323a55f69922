"""The zip of the Lambda functions: our own code as far as they need it, the same bytes from the same source."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import provisioner

# Folders are taken whole. No library of others is among it: the runtime brings boto3, and nothing else is imported.
SHIPPED = (
    "adapters/aws/audit",
    "core/audit",
    "core/values",
    "errors.py",
    "lambdas",
    "ports/audit.py",
    "ports/progress.py",
    "usecases/audit/collect.py",
    "usecases/audit/keep.py",
)
HANDLERS = {"collector": "provisioner.lambdas.collector.handler"}

_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold
_UNIX = 3
_MODE = 0o644 << 16


def build_zip() -> bytes:
    """Return the zip; its files are stored as they are, since what compresses them differs from machine to machine."""
    package = Path(provisioner.__file__).parent
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(set(_files(package))):
            entry = zipfile.ZipInfo((Path(package.name) / path).as_posix(), _DATE)
            entry.create_system, entry.external_attr = _UNIX, _MODE
            archive.writestr(entry, (package / path).read_bytes())
    return packed.getvalue()


def _files(package: Path) -> Iterator[Path]:
    """Yield the files, relative to the package, with the `__init__.py` of every folder above them."""
    for name in SHIPPED:
        found = package / name
        for path in [found] if found.is_file() else found.glob("*.py"):
            yield from (above / "__init__.py" for above in path.relative_to(package).parents)
            yield path.relative_to(package)
