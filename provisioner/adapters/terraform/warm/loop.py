"""The event loop in which gRPC's objects live, in a thread of its own, for the threads that have none."""

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import TypeVar

T = TypeVar("T")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    # One for the life of the process: gRPC has one poller for all loops and stumbles over each that was closed.
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="warm-provider", daemon=True).start()
    return loop


def run(coroutine: Coroutine[object, object, T], patience: float) -> T:
    """Run it in the loop and return its result; raises `TimeoutError` after `patience` seconds, and cancels it then."""
    future = asyncio.run_coroutine_threadsafe(coroutine, _loop())
    try:
        return future.result(patience)
    finally:
        future.cancel()
