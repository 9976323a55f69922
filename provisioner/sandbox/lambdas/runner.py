"""Where functions are run: zips unpacked once each, boto3 beside them, and all processes of one sandbox."""

import io
import threading
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from provisioner.sandbox.lambdas.interpreter import interpreter, lay_out_sdk
from provisioner.sandbox.lambdas.process import Ending, Invocation, Processes


class Runner:
    """Runs functions, which find AWS at the URL `endpoint`; `stop` ends those that run and forgets their zips."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._room = TemporaryDirectory(prefix="provisioner-functions-")
        self._lock = threading.Lock()
        self.processes = Processes()

    def stop(self) -> None:
        """End what runs, and clean up."""
        self.processes.stop()
        self._room.cleanup()

    def unpacked(self, code: bytes, digest: str) -> Path:
        """Return the folder that holds a zip's files."""
        folder = Path(self._room.name) / "code" / digest
        with self._lock:
            if not folder.exists():
                with zipfile.ZipFile(io.BytesIO(code)) as archive:
                    archive.extractall(folder)
        return folder

    def run(self, asked: Invocation, runtime: str) -> Ending:
        """Run a function on the Python of its runtime."""
        sdk = Path(self._room.name) / "sdk"
        with self._lock:
            if not sdk.exists():
                lay_out_sdk(sdk)
        return self.processes.run(asked, interpreter(runtime), sdk)
