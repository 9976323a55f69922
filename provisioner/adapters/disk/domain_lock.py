"""A domain is worked on by one process at a time, and its Terraform, which may outlive it."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from provisioner.adapters.disk.files import in_our_words
from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError

_PATIENCE = 900.0  # seconds for the Terraform of a run that was killed: Route 53 may be long in sync
_PAUSE = 0.2


@contextmanager
def hold(path: Path, domain: DomainName | str, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the domain by a lock on the file `path` until the block ends; `say` hears why a run has to wait.

    What is no domain, such as the audit pipeline, is given by its name.
    Raises `ProvisionerError("domain_busy")` naming who holds it when another process does.
    """
    # The lock file stays: removing it would let two processes hold two different files of the same name.
    with in_our_words(path):
        stream = path.open("a+", encoding="utf-8")
    with stream:
        with in_our_words(path):
            _lock(stream, domain, say)
            _sign(stream)
        os.set_inheritable(stream.fileno(), True)  # a Terraform that outlives us still works on the domain
        try:
            yield
        finally:
            stream.truncate(0)
            # Closing is not enough: a Terraform of another domain may have inherited this file as well.
            fcntl.flock(stream, fcntl.LOCK_UN)


def _lock(stream: IO[str], domain: DomainName | str, say: Callable[[str], None]) -> None:
    """Take the lock; one that a dead run left to its Terraform is waited for."""
    end, said = time.monotonic() + _PATIENCE, False
    while not _take(stream):
        holder = _holder(stream)
        if not _is_dead(holder) or time.monotonic() > end:
            raise _busy(holder, domain)
        if not said:
            say(f"{domain}: an earlier run was killed; waiting until the Terraform that it started is done")
            said = True
        time.sleep(_PAUSE)


def _take(stream: IO[str]) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(stream: IO[str]) -> None:
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]]),
    }
    stream.truncate(0)
    stream.write(json.dumps(holder))
    stream.flush()


def _holder(stream: IO[str]) -> Mapping[str, Any]:
    stream.seek(0)
    try:
        holder = json.loads(stream.read())
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _is_dead(holder: Mapping[str, Any]) -> bool:
    """Say whether the run that took the lock is gone for sure; another machine's cannot be told."""
    if holder.get("host") != socket.gethostname() or not isinstance(holder.get("pid"), int):
        return False
    try:
        os.kill(holder["pid"], 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _busy(holder: Mapping[str, Any], domain: DomainName | str) -> ProvisionerError:
    who = "another process"
    if holder.keys() >= {"command", "pid", "host", "since"}:
        who = f"{holder['command']} (process {holder['pid']} on {holder['host']}, since {holder['since']})"
    what = "this domain" if isinstance(domain, DomainName) else "it"
    return ProvisionerError("domain_busy", f"{domain}: {who} works on {what}", "wait until it is done and repeat")
