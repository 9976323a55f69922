"""What every test may use."""

import functools
import signal

import hypothesis
import pytest
from botocore.loaders import JSONFileLoader
from costs import Costs
from fakes.world import World

# Started in the background of a script, we would inherit that SIGINT is ignored, and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says something about the machine, nothing about the program.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")

# Every new session of boto3 reads the same megabytes of JSON; here there are hundreds of sessions in one process.
JSONFileLoader.load_file = functools.cache(JSONFileLoader.load_file)


def pytest_configure(config: pytest.Config) -> None:
    """Say at the end what the tests cost."""
    config.pluginmanager.register(Costs())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("integration") is None)


@pytest.fixture
def world() -> World:
    """The world in memory."""
    return World()
