"""The graph of who imports whom, built once."""

from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def imports() -> grimp.ImportGraph:
    """Who imports whom, imports within functions and for type checking included."""
    return grimp.build_graph("provisioner", include_external_packages=True, cache_dir=None)
