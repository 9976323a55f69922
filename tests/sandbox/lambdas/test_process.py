import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from provisioner.sandbox.lambdas.process import Ending, Invocation, Processes


def _endless(folder: Path) -> Invocation:
    """Write a function that says through a pipe that it has begun, and never ends."""
    os.mkfifo(folder / "begun")
    text = """
import os
def handler(event, context):
    with open("begun", "w") as told:
        told.write(str(os.getpid()))
    while True: pass
"""
    (folder / "code.py").write_text(text, encoding="utf-8")
    return Invocation("n", "1", "a", "code.handler", "{}", "r", 60, 512, "g", "s", folder, {})


def test_functions_end_with_the_sandbox(tmp_path: Path) -> None:
    processes, endings = Processes(), list[Ending]()
    asked = _endless(tmp_path)
    thread = threading.Thread(target=lambda: endings.append(processes.run(asked, sys.executable, tmp_path)))
    thread.start()
    (tmp_path / "begun").read_text(encoding="utf-8")
    processes.stop()
    thread.join(timeout=30)
    assert [ending.failed for ending in endings] == [True]
    with pytest.raises(RuntimeError, match="stopped"):
        processes.run(asked, sys.executable, tmp_path)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux ends whose parent is gone")
def test_functions_do_not_outlive_a_sandbox_that_is_killed(tmp_path: Path) -> None:
    _endless(tmp_path)
    script = f"""
from pathlib import Path
from provisioner.sandbox.lambdas.process import Invocation, Processes
folder = Path({str(tmp_path)!r})
asked = Invocation("n", "1", "a", "code.handler", "{{}}", "r", 60, 512, "g", "s", folder, {{}})
Processes().run(asked, {sys.executable!r}, folder)
"""
    with subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[3]) as sandbox:
        child = int((tmp_path / "begun").read_text(encoding="utf-8"))
        os.kill(sandbox.pid, signal.SIGKILL)
    end = time.monotonic() + 30
    while _lives(child):
        assert time.monotonic() < end
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
