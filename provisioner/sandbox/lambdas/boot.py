"""What a function's process runs: it imports the handler from the zip, calls it, and writes down how that ended.

It is started by its path with an isolated interpreter, so it imports nothing but the standard library.
"""

import ctypes
import importlib
import json
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


class Context:
    """What a handler is told about its invocation."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self._end = time.monotonic() + asked["timeout"]
        self.function_name: str = asked["name"]
        self.function_version: str = asked["version"]
        self.invoked_function_arn: str = asked["arn"]
        self.memory_limit_in_mb: str = str(asked["memory"])
        self.aws_request_id: str = asked["request_id"]
        self.log_group_name: str = asked["log_group"]
        self.log_stream_name: str = asked["log_stream"]
        self.identity = self.client_context = None

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the handler may still take."""
        return max(0, int((self._end - time.monotonic()) * 1000))


def main() -> None:
    """Read what is asked from stdin, and write the ending to the file that it names."""
    _die_with_the_sandbox()
    asked = json.load(sys.stdin)
    sys.path[:0] = [asked["task"]]
    sys.path.append(asked["sdk"])
    ending = _ending(asked)
    Path(asked["out"]).write_text(json.dumps({**ending, "memory": _most_memory()}), encoding="utf-8")


def _die_with_the_sandbox() -> None:
    """Let the system end us when the sandbox is killed, where it can: nobody would watch our time any more."""
    try:
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    except (OSError, AttributeError):
        return  # not Linux


def _ending(asked: dict[str, Any]) -> dict[str, Any]:
    module, _, name = asked["handler"].rpartition(".")
    try:
        handler = getattr(importlib.import_module(module.replace("/", ".")), name, None)
    except Exception as error:  # noqa: BLE001 - whatever a module raises
        traceback.print_exc()
        kind = "Runtime.ImportModuleError" if isinstance(error, ImportError) else "Runtime.UserCodeSyntaxError"
        kind = kind if isinstance(error, ImportError | SyntaxError) else type(error).__name__
        return _failure(kind, f"Unable to import module '{module}': {error}")
    if handler is None:
        return _failure("Runtime.HandlerNotFound", f"Handler '{name}' missing on module '{module}'")
    try:
        result = handler(json.loads(asked["event"]), Context(asked))
    except Exception as error:  # noqa: BLE001 - whatever a handler raises
        traceback.print_exc()
        return _failure(type(error).__name__, str(error), traceback.format_tb(error.__traceback__)[1:])
    try:
        return {"payload": json.dumps(result), "failed": False}
    except (TypeError, ValueError) as error:
        return _failure("Runtime.MarshalError", f"Unable to marshal response: {error}")


def _failure(kind: str, message: str, stack: list[str] | None = None) -> dict[str, Any]:
    told = {"errorMessage": message, "errorType": kind, "stackTrace": stack or []}
    return {"payload": json.dumps(told), "failed": True}


def _most_memory() -> int | None:
    """Return the most memory that was used, in kB; what the system calls ru_maxrss begins with the parent's."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return None
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")), None)


if __name__ == "__main__":
    main()
