"""A generation: one provider process with the proxy in front of it."""

import json
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from pathlib import Path

from provisioner.adapters.terraform.mirror import HOST, PROVIDER
from provisioner.adapters.terraform.warm import loop
from provisioner.adapters.terraform.warm.child import COLLECTS_LESS, PROTOCOL, ProviderProcess
from provisioner.adapters.terraform.warm.locate import Provider
from provisioner.adapters.terraform.warm.proxy import connect, serve, whole_schema
from provisioner.adapters.terraform.warm.schema_cache import SchemaCache

_CLOSING = 10.0  # seconds
_ONE_CORE = {"GOMAXPROCS": "1"}  # saves Terraform a tenth of its CPU; the provider's work is another process's
_LONGEST = 70  # characters of a folder's path; the sockets' may have 107
_SHORT = "/tmp"  # noqa: S108 - what is made there is made by mkdtemp, 0700


class Generation:
    """One provider and its two sockets: one shows a pruned schema, the other the whole."""

    def __init__(self, provider: Provider, schemas: SchemaCache, patience: float) -> None:
        """Start it within `patience` seconds; raises `ProvisionerError`, `OSError` or `ValueError`."""
        self._patience = patience
        program = provider.binary()
        with ExitStack() as stack:
            self._folder = _private_folder()
            stack.callback(shutil.rmtree, self._folder, ignore_errors=True)
            self.process = ProviderProcess(program, provider.environment, self._folder, patience)
            stack.callback(self.process.stop)
            self._upstream = upstream = loop.run(connect(self.process.socket), patience)
            stack.callback(_await, upstream.close)
            pruned = schemas.load(program) or schemas.keep(program, loop.run(whole_schema(upstream), patience))
            for socket, schema in ((self._pruned, pruned), (self._whole, None)):
                proxy = loop.run(serve(upstream, schema, socket), patience)
                stack.callback(_await, proxy.close)
            self._stack = stack.pop_all()

    def environment(self, *, whole_schema: bool) -> Mapping[str, str]:
        """Return what makes Terraform use this provider.

        Source: developer.hashicorp.com/terraform/plugin/debugging. `Test` keeps Terraform from killing the process when
        it ends; but it does kill it when nobody listens at the address, so that our own id must not be there.
        """
        address = {"Network": "unix", "String": str(self._whole if whole_schema else self._pruned)}
        plugin = {"Protocol": "grpc", "ProtocolVersion": PROTOCOL, "Pid": self.process.pid, "Test": True}
        reattach = {f"{HOST}/{PROVIDER}": {**plugin, "Addr": address}}
        return {"TF_REATTACH_PROVIDERS": json.dumps(reattach), **COLLECTS_LESS, **_ONE_CORE}

    def lost(self) -> str:
        """Return why nobody can work with it any more, empty when one can."""
        return self._upstream.lost if self.process.running() else "the provider's process has ended"

    def fit(self) -> bool:
        """Say whether the next run may have this provider, by asking it: within the patience given at the start."""
        sockets = (self.process.socket, self._pruned, self._whole)
        if self._upstream.misconfigured or self.lost():
            return False
        return all(map(Path.is_socket, sockets)) and self._healthy()

    def close(self) -> None:
        """End the provider and its proxy, whoever still uses them."""
        self._stack.close()

    @property
    def _pruned(self) -> Path:
        return self._folder / "pruned"

    @property
    def _whole(self) -> Path:
        return self._folder / "whole"

    def _healthy(self) -> bool:
        try:
            return loop.run(self._upstream.healthy(self._patience), self._patience + 1)
        except TimeoutError:
            return False


def _await(close: Callable[[], Coroutine[object, object, None]]) -> None:
    loop.run(close(), _CLOSING)


def _private_folder() -> Path:
    """Make a directory that only we can enter, under a path short enough for sockets."""
    base = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix="provisioner-warm-", dir=base if len(base) < _LONGEST else _SHORT))
