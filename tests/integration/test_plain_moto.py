"""The main job with Route 53 and IAM of another implementation, which leaves out what AWS always says: plain moto."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from integration.harness import Site, wait_until

DOMAIN = "example.com"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[dict[str, str]]:
    """Where both services are, as every SDK reads it, Terraform's provider too."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=dict(os.environ), stdout=quiet, stderr=quiet) as server:
        wait_until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, 60)
        yield dict.fromkeys(("AWS_ENDPOINT_URL_ROUTE_53", "AWS_ENDPOINT_URL_IAM"), f"http://127.0.0.1:{port}")
        server.terminate()


def test_the_main_job_is_done_there_once_and_taken_back(site: Site, elsewhere: dict[str, str]) -> None:
    made = site.run("new-domain", DOMAIN, "--zone", "create", "--json", **elsewhere).expect(0).document
    assert (made["changed"], made["zone"]["mode"], len(made["zone"]["name_servers"])) == (True, "created", 4)
    again = site.run("new-domain", DOMAIN, "--json", **elsewhere).expect(0).document
    assert (again["changed"], again["smtp"]["user_name"]) == (False, made["smtp"]["user_name"])
    assert "iam" not in site.calls()["calls"]
    site.run("destroy-domain", DOMAIN, "--yes", "--json", **elsewhere).expect(0)
    assert site.everything()["identities"] == []
