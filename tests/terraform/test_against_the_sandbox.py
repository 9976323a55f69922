"""The real Terraform against an emulated AWS: what is made, forgotten, moved and destroyed."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
from twice import answered_alike

from provisioner.adapters.templates import Backend
from provisioner.adapters.terraform import TerraformRunner
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.core.asked.decisions import ResolvedMode
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.errors import ProvisionerError
from provisioner.ports.terraform import Event
from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

STATES = Backend("states", "mail", "us-east-1", emulated=True)

Render = Callable[..., Path]
Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    with answered_alike(), Sandbox(SandboxSettings()) as running:
        yield running.environment(os.environ, tmp_path_factory.mktemp("home"))


@pytest.fixture
def client(sandbox: Mapping[str, str]) -> Client:
    def make(service: str) -> Any:
        return boto3.client(  # type: ignore[call-overload]  # the service is a variable
            service,
            endpoint_url=sandbox["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id="made-up",
            aws_secret_access_key="made-up",
        )

    return make


@pytest.fixture
def runner(
    runner_in: Callable[..., TerraformRunner], shared_with: Callable[..., WarmProvider], sandbox: Mapping[str, str]
) -> TerraformRunner:
    return runner_in(shared_with(**sandbox), **sandbox)


def ignore(event: Event) -> None:
    """Take an event and do nothing."""


def converge(runner: TerraformRunner, root: Path, *, destroy: bool = False) -> Mapping[str, int]:
    plan = runner.plan(root, ignore, destroy=destroy)
    if not plan.empty:
        runner.apply(root, plan, ignore)
    return plan.counts


def test_what_is_made_is_what_the_module_says_and_can_be_forgotten(
    runner: TerraformRunner, render: Render, spec: Callable[..., MailDomain], client: Client
) -> None:
    root = render(spec("made.example.org", ResolvedMode.EXTERNAL, tls="require"))
    converge(runner, root)
    identity = client("sesv2").get_email_identity(EmailIdentity="made.example.org")
    assert identity["ConfigurationSetName"] == "made-example-org"
    assert identity["DkimAttributes"]["CurrentSigningKeyLength"] == "RSA_2048_BIT"
    assert identity["MailFromAttributes"]["MailFromDomain"] == "bounce.made.example.org"
    options = client("sesv2").get_configuration_set(ConfigurationSetName="made-example-org")
    assert options["DeliveryOptions"]["TlsPolicy"] == "REQUIRE"
    assert set(options["SuppressionOptions"]["SuppressedReasons"]) == {"BOUNCE", "COMPLAINT"}
    user = client("iam").list_users(PathPrefix="/provisioner/smtp/")["Users"][0]["UserName"]
    assert client("iam").list_access_keys(UserName=user)["AccessKeyMetadata"] == []
    policy = client("iam").get_user_policy(UserName=user, PolicyName="send-as-domain")["PolicyDocument"]
    assert policy["Statement"][0]["Condition"]["StringLike"] == {"ses:FromAddress": "*@made.example.org"}

    for _ in range(2):
        runner.forget(root, "module.mail_domain.aws_sesv2_email_identity_mail_from_attributes.this")
    assert converge(runner, root, destroy=True)["destroy"] == 4


def test_a_state_in_s3_is_used_kept_and_never_left_behind_silently(
    runner: TerraformRunner, render: Render, spec: Callable[..., MailDomain], client: Client
) -> None:
    client("s3").create_bucket(Bucket="states")
    domain = spec("stated.example.net", ResolvedMode.EXTERNAL)
    root = render(domain, STATES)
    assert converge(runner, root)["add"] == 5
    keys = [found["Key"] for found in client("s3").list_objects_v2(Bucket="states")["Contents"]]
    assert keys == ["mail/domains/stated.example.net/terraform.tfstate"]
    assert not (root / "terraform.tfstate").exists()

    render(domain, Backend("states", "mail", "eu-west-1", emulated=True))
    assert runner.plan(root, ignore).empty  # the same bucket and key: nothing moved

    for elsewhere in (Backend(), Backend("states", "other", "us-east-1", emulated=True)):
        render(domain, elsewhere)
        with pytest.raises(ProvisionerError) as raised:
            runner.plan(root, ignore)
        assert raised.value.code == "state_moved"

    render(domain, STATES)
    assert converge(runner, root, destroy=True)["destroy"] == 5


def test_a_local_state_is_not_left_behind_for_an_empty_one_in_s3(
    runner: TerraformRunner, render: Render, spec: Callable[..., MailDomain]
) -> None:
    domain = spec("local.example.net", ResolvedMode.EXTERNAL)
    root = render(domain)
    converge(runner, root)
    render(domain, STATES)
    with pytest.raises(ProvisionerError) as raised:
        runner.plan(root, ignore)
    assert raised.value.code == "state_moved"
    assert json.loads((root / "terraform.tfstate").read_text())["resources"]
    render(domain)
    assert converge(runner, root, destroy=True)["destroy"] == 5
