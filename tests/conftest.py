"""What every test may use."""

import hypothesis
import pytest
from fakes.world import World

pytest_plugins = ["emulated_aws"]

# How long an example takes says something about the machine, nothing about the program.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("integration") is None)


@pytest.fixture
def world() -> World:
    """The world in memory."""
    return World()
