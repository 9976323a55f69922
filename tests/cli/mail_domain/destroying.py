"""`destroy-domain` in the world in memory, loaded once: for each line of JSON it runs in a fork, on its own terminal.

Prints the process id of each, and how it ended. Nothing else runs in this process, so that to fork is safe.
"""

import fcntl
import json
import os
import sys
import termios
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from fakes.world import World

from provisioner.cli.frame.app import run
from provisioner.wiring import edges, worlds


def destroy(domain: str, *options: str) -> int:
    """Provision a domain, ask for its end, and say what is kept."""
    world = World()
    edges.build = lambda _settings, _progress: world.edges
    worlds.open_domain = lambda _settings, _progress, **_: nullcontext(world.edges)
    assert run(["new-domain", domain, "--region", "us-east-1", "--json"]) == 0
    code = run(["destroy-domain", domain, *options])
    tell("KEPT", sorted(world.store.kept))
    return code


def tell(*said: object) -> None:
    sys.stdout.write(f"{' '.join(map(str, said))}\n")
    sys.stdout.flush()


def take(terminal: int) -> None:
    """Become a session of its own on a terminal, as a shell would start a program."""
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for standard in (0, 1, 2):
        os.dup2(terminal, standard)
    os.close(terminal)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115 - descriptors, for good


def serve(asked: Mapping[str, Any]) -> None:
    terminal = os.open(asked["terminal"], os.O_RDWR | os.O_NOCTTY)
    pid = os.fork()
    if pid == 0:
        take(terminal)
        os.environ.clear()
        os.environ.update(asked["environment"])
        os.chdir(asked["folder"])
        sys.exit(destroy(asked["domain"]))
    os.close(terminal)
    tell(pid)
    tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    destroy("example.com", "--dry-run")  # loads everything
    tell("ready")
    for line in sys.stdin:
        serve(json.loads(line))
