"""What every test may use."""

import hypothesis
import pytest
from fakes import World

# How long an example takes says something about the machine, nothing about the program.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")


@pytest.fixture
def world() -> World:
    """The world in memory."""
    return World()
