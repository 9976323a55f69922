import json
import os
import socket
import ssl
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from smtplib import SMTP
from typing import Any

import boto3
import dns.resolver
import pytest

from provisioner.errors import ProvisionerError
from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SandboxSettings(verification_delay=0.0)) as running:
        yield running


def _page(sandbox: Sandbox, name: str) -> Any:
    with urllib.request.urlopen(f"{sandbox.addresses.aws}/_sandbox/{name}") as answer:  # noqa: S310 - our own server
        return json.load(answer)


def test_all_three_servers_answer(sandbox: Sandbox, tmp_path: Path) -> None:
    environment = sandbox.environment({}, tmp_path)
    url = environment["AWS_ENDPOINT_URL"]
    route53 = boto3.client(
        "route53", "us-east-1", endpoint_url=url, aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="made-up"
    )
    servers = route53.create_hosted_zone(Name="example.com", CallerReference="x")["DelegationSet"]["NameServers"]
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], int(environment["PROVISIONER_DNS_SERVER"].rpartition(":")[2])
    assert sorted(str(answer) for answer in resolver.resolve("example.com", "NS")) == sorted(f"{s}." for s in servers)
    host, _, port = environment["PROVISIONER_SMTP_SERVER"].rpartition(":")
    with SMTP(host, int(port)) as client:
        client.starttls(context=ssl.create_default_context(cafile=environment["SSL_CERT_FILE"]))
        assert client.ehlo()[0] == 250


def test_the_pages_tell_about_health_mail_and_calls(sandbox: Sandbox) -> None:
    ports = {name: getattr(sandbox, name).port for name in ("aws", "dns", "smtp", "smtps")}
    assert _page(sandbox, "health") == {"status": "ok", **ports}
    assert _page(sandbox, "messages") == {"messages": []}
    assert _page(sandbox, "calls") == {"calls": {}, "throttled": {}}


def test_a_second_sandbox_in_the_process_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ProvisionerError) as caught, Sandbox(SandboxSettings()):
        pass
    assert caught.value.code == "sandbox_running"
    assert _page(sandbox, "health")["status"] == "ok"


@pytest.mark.parametrize("which", ["aws_port", "dns_port", "smtp_port", "smtps_port"])
def test_a_taken_port_is_said_and_leaves_nothing_running(which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ProvisionerError) as caught, Sandbox(SandboxSettings(**{which: port})):
            pass
    assert caught.value.code == "port_unavailable"
    assert str(port) in caught.value.message
    with Sandbox(SandboxSettings(**{which: port})) as again:
        assert _page(again, "health")["status"] == "ok"


def test_nothing_is_left_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Sandbox(SandboxSettings()) as running:
        bundle = Path(running.environment(os.environ, tmp_path)["SSL_CERT_FILE"])
        assert bundle.is_file()
        assert running.certificate.ca_pem in bundle.read_bytes()
    assert list(tmp_path.iterdir()) == []
