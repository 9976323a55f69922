"""Which Python a function runs on, and the boto3 that Lambda puts beside it."""

import importlib.util
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

_RUNTIME = re.compile(r"python(3\.\d+)")
SDK = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")  # pure Python: serves any version


@cache
def interpreter(runtime: str) -> str:
    """Return the Python of a runtime such as `python3.13`; ours where it is not installed."""
    wanted = _RUNTIME.fullmatch(runtime)
    found = shutil.which(f"python{wanted[1]}") if wanted else None
    ask = ["-I", "-S", "-c", "import sys; print(sys.executable)"]  # what is found may be a script that chooses one
    told = subprocess.run([found, *ask], capture_output=True, text=True, check=False) if found else None  # noqa: S603 reason: found on PATH by a name of ours
    return told.stdout.strip() if told and told.returncode == 0 else sys.executable


def lay_out_sdk(folder: Path) -> None:
    """Put boto3 and what it needs, and nothing else, into a folder."""
    folder.mkdir()
    for name in SDK:
        found = importlib.util.find_spec(name)
        if found is None or found.origin is None:
            continue
        origin = Path(found.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (folder / source.name).symlink_to(source)
