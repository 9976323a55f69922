"""`compose.yaml`: the sandbox as a service that any SDK can use."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import boto3
import dns.message
import dns.query
import pytest

ROOT = Path(__file__).parents[2]
PORTS = {
    "SANDBOX_AWS_PORT": "34566",
    "SANDBOX_DNS_PORT": "35353",
    "SANDBOX_SMTP_PORT": "32587",
    "SANDBOX_SMTPS_PORT": "32465",
}


def compose_program():
    """Return `docker compose`, else the older `docker-compose`, else None."""
    plugin = ["docker", "compose"]
    if subprocess.run([*plugin, "version"], capture_output=True, check=False).returncode == 0:
        return plugin
    return ["docker-compose"] if shutil.which("docker-compose") else None


@pytest.fixture(scope="module")
def service(client):
    """The running service's container."""
    program = compose_program()
    if program is None:
        pytest.skip("there is no docker compose to try compose.yaml with")
    command = [*program, "--file", str(ROOT / "compose.yaml"), "--project-name", "provisioner-test"]
    environment = {**os.environ, **PORTS, "PROVISIONER_IMAGE_NAME": os.environ["IMAGE"]}
    subprocess.run([*command, "up", "--detach", "--no-build"], env=environment, check=True)
    yield client.containers.list(filters={"label": "com.docker.compose.project=provisioner-test"})[0]
    subprocess.run([*command, "down", "--volumes"], env=environment, check=True)


@pytest.fixture
def healthy(service):
    """The service, once its health check has passed."""
    deadline = time.monotonic() + 60
    while service.health != "healthy":
        assert time.monotonic() < deadline, service.logs().decode()
        time.sleep(0.5)
        service.reload()
    return service


def test_an_sdk_on_the_host_can_use_it(healthy):
    ses = boto3.client(
        "sesv2",
        region_name="us-east-1",
        endpoint_url=f"http://127.0.0.1:{PORTS['SANDBOX_AWS_PORT']}",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    assert ses.create_email_identity(EmailIdentity="composed.example")["IdentityType"] == "DOMAIN"
    assert healthy.health == "healthy"


@pytest.mark.usefixtures("healthy")
@pytest.mark.parametrize("ask", [dns.query.udp, dns.query.tcp])
def test_its_name_server_answers_on_the_host(ask):
    question = dns.message.make_query("composed.example", "TXT")
    answer = ask(question, "127.0.0.1", port=int(PORTS["SANDBOX_DNS_PORT"]), timeout=10)
    assert answer.id == question.id


def test_it_is_published_on_loopback_only(healthy):
    published = [binding for bindings in healthy.ports.values() for binding in bindings or ()]
    assert {binding["HostIp"] for binding in published} == {"127.0.0.1"}
