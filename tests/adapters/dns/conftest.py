"""Name servers to ask; without NSD its tests are left out on a developer's machine, and fail where CI is set."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fakes.nsd import FIRST, Serve, free_port, running


@pytest.fixture
def nsd() -> str:
    found = shutil.which("nsd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        missing = "NSD is not installed: `apt-get install -y nsd`"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    return str(found)


@pytest.fixture
def serve(nsd: str, tmp_path: Path) -> Iterator[Serve]:
    """Serve zones (name -> text of the file) at an address and return the port; the same one if it is given."""
    with ExitStack() as stack:

        def start(address: str = FIRST, port: int = 0, **zones: str) -> int:
            port = port or free_port()
            stack.enter_context(running(nsd, tmp_path, address, port, zones))
            return port

        yield start
