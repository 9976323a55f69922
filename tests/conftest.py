"""What every test may use."""

import functools
import gc
import inspect
import os
import signal
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
from botocore import hooks
from botocore.client import ClientCreator
from botocore.hooks import EventAliaser
from botocore.loaders import JSONFileLoader, Loader
from botocore.model import ServiceModel
from costs import Costs
from fakes.world import World
from times import seconds_by_file

# Started in the background of a script, we would inherit that SIGINT is ignored, and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Modules, tests and examples by the thousand stay: looking for garbage among them took a tenth of the CPU.
gc.set_threshold(100_000, 50, 100)

pytest_plugins = ["emulated_aws"]

# How long an example takes says something about the machine, nothing about the program.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")

# Every new session of boto3 looks through the same folders and reads the same megabytes of JSON, and there are hundreds
# in one process.
list_services = functools.cache(functools.partial(Loader.list_available_services, Loader()))
Loader.list_available_services = lambda _, type_name: list_services(type_name)
# The model of S3 is read anew all the same, since botocore rewrites its paths in place.
load = functools.partial(JSONFileLoader.load_file, JSONFileLoader())
load_once = functools.cache(load)
JSONFileLoader.load_file = lambda _, path: (load if "/s3/" in Path(path).as_posix() else load_once)(path)

# Each new session registers handlers under old names of events: what these are called today is worked out once.
alias = functools.cache(EventAliaser(None)._alias_event_name)
EventAliaser._alias_event_name = lambda _, name: alias(name)
# So is whether a handler takes any argument: a method as its function does, which keeps no client alive.
plain_accepts_kwargs = functools.cache(hooks.accepts_kwargs)
accepts_kwargs = hooks.accepts_kwargs


def handler_accepts_kwargs(handler: Callable[..., object]) -> object:
    """Look at each function once."""
    function = getattr(handler, "__func__", handler)
    return plain_accepts_kwargs(function) if inspect.isfunction(function) else accepts_kwargs(handler)


hooks.accepts_kwargs = handler_accepts_kwargs

# A client's hundred methods are made of nothing but their names, anew for each of hundreds of clients.
create_methods = ClientCreator._create_methods
methods_by_service: dict[str, dict[str, object]] = {}


def methods_of(creator: ClientCreator, service_model: ServiceModel) -> dict[str, object]:
    """Make the methods of a service's clients once."""
    service = service_model.service_name
    if service not in methods_by_service:
        methods_by_service[service] = create_methods(creator, service_model)
    return dict(methods_by_service[service])


ClientCreator._create_methods = methods_of


def pytest_configure(config: pytest.Config) -> None:
    """Say at the end what the tests cost."""
    config.pluginmanager.register(Costs())


def pytest_collection_finish() -> None:
    """Keep the garbage collector away from the thousands of tests, which stay."""
    gc.freeze()


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
