"""What every test may use."""

import pytest
from fakes import World


@pytest.fixture
def world() -> World:
    """The world in memory."""
    return World()
