"""The provider's process: started as Terraform would start it, and never left behind.

Source: hashicorp/go-plugin, docs/internals.md and `server.go`: a plugin that finds its magic cookie in the environment
listens on a socket of its own and prints one line, `core version|protocol version|network|address|protocol|`. Without
`PLUGIN_CLIENT_CERT` it asks for no TLS; the directory of its socket is private instead.
"""

import os
import selectors
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from provisioner.errors import ProvisionerError

PROTOCOL = 5
LOG = "provider.log"

# Collecting less garbage saves Terraform a sixth of its CPU for 10 MiB each, and the provider a tenth.
COLLECTS_LESS = {"GOGC": "400"}

_HANDSHAKE = {
    "TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    "PLUGIN_PROTOCOL_VERSIONS": str(PROTOCOL),
}
_STARTS_WITH = ["1", str(PROTOCOL), "unix"]
_PLUGIN = "PLUGIN_"  # go-plugin's own variables: a certificate of somebody else would switch TLS on
_PATIENCE = 5.0  # seconds for a killed process to be gone

# A shell that turns into the provider, after leaving a guard behind. The guard reads a pipe whose other end only we
# hold; when we end, in whatever way, the read ends, and the guard removes the directory and kills its process group:
# the provider and itself. A group's number is not given to anybody else while the guard is in it, and a parent-death
# signal would not do: it comes when the thread ends that started the process.
_GUARDED = """
exec 3<&0 </dev/null
(read -r _ <&3; rm -rf -- "$1"; kill -KILL 0) >/dev/null 2>&1 &
exec 3<&-
exec "$2"
"""


class ProviderProcess:
    """One running provider; `socket` is where it listens."""

    def __init__(self, binary: Path, environment: Mapping[str, str], folder: Path, patience: float) -> None:
        """Start it, with its socket and log in `folder`, which must be private and goes when we go.

        Raises `ProvisionerError` (`provider_not_started`) when it has not shaken hands after `patience` seconds.
        """
        self._log = folder / LOG
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - both are ours: a fixed script, a program that we located
                ["/bin/sh", "-c", _GUARDED, "sh", str(folder), str(binary)],
                env=_environment(environment, folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        try:
            self.socket = self._socket(time.monotonic() + patience)
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """The provider's process id."""
        return self._process.pid

    def running(self) -> bool:
        """Say whether it is still there."""
        return self._process.poll() is None

    def stop(self) -> None:
        """Let the guard kill it; nothing happens when it is gone already."""
        for pipe in filter(None, (self._process.stdin, self._process.stdout)):
            pipe.close()
        self._process.wait(_PATIENCE)

    def _socket(self, deadline: float) -> Path:
        line = self._first_line(deadline)
        parts = line.strip().split("|")
        if parts[:3] != _STARTS_WITH or len(parts) <= len(_STARTS_WITH):
            said = line.strip() or self._log.read_text(errors="replace")[-500:].strip() or "nothing"
            raise ProvisionerError("provider_not_started", f"the AWS provider did not start; it said: {said}")
        return Path(parts[3])

    def _first_line(self, deadline: float) -> str:
        """Return what it prints up to the end of a line, of its output, or of our patience."""
        line = b""
        assert self._process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
        output = self._process.stdout.fileno()
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while not line.endswith(b"\n") and selector.select(max(0.0, deadline - time.monotonic())):
                piece = os.read(output, 4096)
                if not piece:
                    break
                line += piece
        return line.decode(errors="replace")


def _environment(given: Mapping[str, str], folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in given.items() if not name.startswith(_PLUGIN)}
    return COLLECTS_LESS | kept | _HANDSHAKE | {"PLUGIN_UNIX_SOCKET_DIR": str(folder)}
