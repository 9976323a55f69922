"""The zip of the Lambda functions: whole with nothing but boto3 beside it, and the same every time."""

from __future__ import annotations

import ast
import importlib.util
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ses_told import bounce

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.lambda_zip import HANDLERS, build_zip

SDK = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
RUNTIME = (3, 13)  # of the function; docs/audit.md
BOOT = """
import importlib, json, sys
sys.path[:0] = [sys.argv[1]]
sys.path.append(sys.argv[2])
module, _, name = sys.argv[3].rpartition(".")
handler = getattr(importlib.import_module(module), name)
class Context:
    def get_remaining_time_in_millis(self): return 900_000
result = handler({}, Context()) if "QUEUE_URL" in __import__("os").environ else None
known = {"__main__", "__mp_main__", *sys.stdlib_module_names}
foreign = sorted({name.partition(".")[0] for name in sys.modules} - known)
print(json.dumps({"foreign": foreign, "result": result}))
"""


def pythons() -> list[str]:
    """Return this Python, and that of the runtime where it is installed."""
    version = f"{RUNTIME[0]}.{RUNTIME[1]}"
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    named = [shutil.which(f"python{version}"), *map(str, root.glob(f"{version}.*/bin/python3"))]
    return [sys.executable, *[path for path in named if path and runs(path)][:1]]


def runs(python: str) -> bool:
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(build_zip())).extractall(tmp_path / "task")
    return tmp_path / "task"


@pytest.fixture
def sdk(tmp_path: Path) -> Path:
    """A folder with boto3 and what it needs, and nothing else."""
    (tmp_path / "sdk").mkdir()
    for name in SDK:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (tmp_path / "sdk" / source.name).symlink_to(source)
    return tmp_path / "sdk"


@pytest.fixture
def call(unpacked: Path, sdk: Path) -> Callable[..., Any]:
    def start(python: str, handler: str, **environment: str) -> Any:
        command = [python, "-I", "-S", "-B", "-c", BOOT, str(unpacked), str(sdk), handler]
        run = subprocess.run(
            command, env=environment, cwd=unpacked, capture_output=True, text=True, timeout=120, check=False
        )
        assert run.returncode == 0, run.stderr
        return [json.loads(line) for line in run.stdout.splitlines()]

    return start


def test_the_same_source_gives_the_same_bytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = build_zip()
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.chdir(tmp_path)
    assert build_zip() == first
    entries = zipfile.ZipFile(io.BytesIO(first)).infolist()
    assert [entry.filename for entry in entries] == sorted({entry.filename for entry in entries})
    assert {(entry.date_time, entry.compress_type, entry.external_attr >> 16) for entry in entries} == {
        ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED, 0o644)
    }
    assert len(first) < 1_000_000


@pytest.mark.parametrize("python", pythons())
@pytest.mark.parametrize("handler", HANDLERS.values())
def test_each_function_is_loaded_where_nothing_but_boto3_is(
    call: Callable[..., Any], python: str, handler: str
) -> None:
    (loaded,) = call(python, handler)
    assert set(loaded["foreign"]) <= {"provisioner", *SDK}


def test_the_source_is_that_of_the_oldest_python_of_ours() -> None:
    packed = zipfile.ZipFile(io.BytesIO(build_zip()))
    for name in packed.namelist():
        ast.parse(packed.read(name), name, feature_version=(3, 11))


@pytest.mark.parametrize("python", pythons())
def test_the_collector_collects(
    call: Callable[..., Any], emulated: AwsSession, monkeypatch: pytest.MonkeyPatch, python: str
) -> None:
    sqs, s3 = emulated.client("sqs"), emulated.client("s3")
    s3.create_bucket(Bucket="archive")
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    for body in [json.dumps(bounce(0)), json.dumps(bounce(1)), "poison"]:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    environment = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    names = {"QUEUE_URL": url, "DEAD_LETTER_QUEUE_URL": dead, "ARCHIVE_BUCKET": "archive"}
    *log, last = call(python, HANDLERS["collector"], **environment, **names, AWS_REGION="us-east-1",
                      AWS_DEFAULT_REGION="us-east-1")  # fmt: skip  # one environment
    assert (last["result"]["collected"], last["result"]["rejected"], last["result"]["left"]) == (2, 1, 0)
    assert len(s3.list_objects_v2(Bucket="archive")["Contents"]) == 1
    (metrics,) = [line for line in log if "_aws" in line]
    assert (metrics["Runs"], metrics["Collected"], metrics["Rejected"], metrics["Left"]) == (1, 2, 1, 0)
    declared = metrics["_aws"]["CloudWatchMetrics"][0]
    assert declared["Namespace"] == "Provisioner/Audit"
    assert {one["Name"] for one in declared["Metrics"]} == {"Runs", "Collected", "Rejected", "Left"}
