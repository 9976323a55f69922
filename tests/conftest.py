"""What every test may use."""

import functools
import os
import signal

import hypothesis
import pytest
from botocore.loaders import JSONFileLoader
from costs import Costs
from fakes.world import World
from times import seconds_by_file

# Started in the background of a script, we would inherit that SIGINT is ignored, and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["emulated_aws"]

# How long an example takes says something about the machine, nothing about the program.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")

# Every session of boto3 has a loader of its own, which reads the same megabytes of JSON; here there are hundreds of
# sessions in one process.
_load_file = JSONFileLoader.load_file
_load_file_once = functools.cache(lambda path: _load_file(JSONFileLoader(), path))
JSONFileLoader.load_file = lambda _loader, path: _load_file_once(path)


def pytest_configure(config: pytest.Config) -> None:
    """Say at the end what the tests cost."""
    config.pluginmanager.register(Costs())


def pytest_xdist_auto_num_workers() -> int:
    """Start two workers for each core: what needs no Terraform waits half of its time."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, so that no worker is left alone with one at the end."""
    seconds = seconds_by_file()
    items.sort(key=lambda item: -seconds.get(item.nodeid.partition("::")[0], 0))


@pytest.fixture
def world() -> World:
    """The world in memory."""
    return World()
