"""`provisioner container` on the host, with the real engine."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

IMAGE = os.environ["IMAGE"]
PROGRAM = [sys.executable, "-m", "provisioner"]


@pytest.fixture
def environment(sandbox, tmp_path):
    """The host's environment, pointed at the sandbox of another container."""
    home = {"PROVISIONER_HOME": str(tmp_path / "data"), "HOME": str(tmp_path)}
    return {**os.environ, **sandbox["environment"], **home}


@pytest.fixture
def launch(environment, tmp_path):
    """Run a command line on the host, in its own directory."""

    def launched(*arguments, stdin="", **extra):
        return subprocess.run(
            [*PROGRAM, *arguments],
            env={**environment, **extra},
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    return launched


@pytest.fixture
def start(environment, tmp_path):
    """Start a command line on the host and return its process; what a failed test leaves running is stopped."""
    processes = []

    def started(*arguments, **streams):
        command = [*PROGRAM, *arguments]
        process = subprocess.Popen(
            command, env=environment, cwd=tmp_path, stdin=subprocess.DEVNULL, text=True, **streams
        )
        processes.append(process)
        return process

    yield started
    for process in processes:
        process.terminate()
        process.wait(timeout=120)


def test_a_domain_is_provisioned_in_the_container_and_its_workspace_is_on_the_host(launch, tmp_path):
    ran = launch("container", "--image", IMAGE, "--", "new-domain", "launched.example", "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["domain"] == "launched.example"
    assert "go with this container" not in ran.stderr
    kept = tmp_path / "data" / "domains" / "launched.example"
    assert (kept.owner(), kept.is_dir()) == (Path.home().owner(), True)
    again = launch("container", "--image", IMAGE, "--", "plan", "launched.example")
    assert again.returncode == 0, again.stderr


def test_the_exit_status_and_both_streams_come_through(launch):
    ran = launch("container", "--image", IMAGE, "--", "new-domian")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "new-domian" in ran.stderr


def test_what_is_piped_in_arrives(launch):
    key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"  # AWS's documented example
    ran = launch("container", "--image", IMAGE, "--", "credentials", "derive", "--region", "eu-west-1", stdin=key)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip().startswith("B")


def test_an_image_that_does_not_exist_is_a_clear_error(launch):
    ran = launch("container", "--image", "nothing/there:1", "--", "version")
    assert ran.returncode == 2
    assert "no image 'nothing/there:1'" in ran.stderr
    assert "provisioner container build" in ran.stderr


def test_an_engine_that_does_not_answer_is_a_clear_error(launch):
    ran = launch("container", "--", "version", DOCKER_HOST="unix:///nowhere.sock")
    assert ran.returncode == 1
    assert "no container engine answers" in ran.stderr


def test_nothing_is_left_of_a_container_that_has_ended(launch, client):
    launch("container", "--image", IMAGE, "--", "version", "--region", "eu-north-1")  # as no other test does
    left = [container.attrs["Config"]["Cmd"] for container in client.containers.list(all=True)]
    assert not any("eu-north-1" in (command or []) for command in left)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_reaches_terraform_and_the_next_run_completes(start, launch, tmp_path, number):
    domain = f"signal-{number}.example"
    arguments = ["container", "--image", IMAGE, "--", "new-domain", domain, "--json", "--no-secret"]
    log = tmp_path / "stderr"
    with log.open("w") as stderr:
        running = start(*arguments, stdout=stderr, stderr=stderr)
        deadline = time.monotonic() + 300
        while "Creation complete" not in log.read_text():
            assert running.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        running.send_signal(number)
        assert running.wait(timeout=60) == 130
    assert launch(*arguments).returncode == 0


def running_with(client, word):
    """Return the running container whose command holds the word, None when there is none yet."""
    listed = client.containers.list(filters={"ancestor": IMAGE, "status": "running"})
    return next((container for container in listed if word in container.attrs["Config"]["Cmd"]), None)


def test_a_container_that_outgrows_its_memory_is_named_as_such(start, client):
    running = start("container", "--image", IMAGE, "--", "new-domain", "big.example", stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not (container := running_with(client, "big.example")):
        assert running.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    container.update(mem_limit="128m", memswap_limit="128m")  # Python fits, the provider does not
    _, stderr = running.communicate(timeout=300)
    assert running.returncode == 1, stderr
    assert "ran out of memory" in stderr
