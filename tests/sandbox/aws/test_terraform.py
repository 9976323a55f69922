"""The real Terraform with the unmodified AWS provider against the sandbox: what no domain of ours has, elsewhere."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from twice import answered_alike

from provisioner.adapters.terraform import TerraformSettings, mirror
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.adapters.terraform.warm.schema_types import schema_types_in
from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

pytestmark = pytest.mark.integration

ROOT = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "zone" {
  type = string
}

resource "aws_sesv2_configuration_set" "this" {
  configuration_set_name = "example-com"
  delivery_options { tls_policy = "REQUIRE" }
}

resource "aws_sns_topic" "events" {
  name = "events"
}

resource "aws_sesv2_configuration_set_event_destination" "events" {
  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  event_destination_name = "events"
  event_destination {
    enabled              = true
    matching_event_types = ["SEND", "BOUNCE", "COMPLAINT"]
    sns_destination { topic_arn = aws_sns_topic.events.arn }
  }
}

resource "aws_sesv2_email_identity" "this" {
  email_identity         = "example.com"
  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
}

resource "aws_sesv2_email_identity_mail_from_attributes" "this" {
  email_identity   = aws_sesv2_email_identity.this.email_identity
  mail_from_domain = "bounce.example.com"
}

resource "aws_route53_record" "long" {
  zone_id = var.zone
  name    = "long.example.com"
  type    = "TXT"
  ttl     = 300
  records = [join("\\"\\"", [join("", [for i in range(250) : "x"]), "y"])]
}
"""
SETTINGS = SandboxSettings(verification_delay=0.0, region="eu-central-1")


class Terraform:
    """Terraform in one directory."""

    def __init__(self, root: Path, environment: dict[str, str]) -> None:
        self.root, self._environment = root, environment

    def __call__(self, *arguments: str) -> str:
        """Run a subcommand and return its output; fails the test with Terraform's own words."""
        command = ["terraform", *arguments, *(["-no-color"] if arguments[0] != "show" else [])]
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def resources(self) -> list[dict[str, Any]]:
        """Return what the state holds."""
        return list(json.loads(self("show", "-json"))["values"]["root_module"]["resources"])


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with answered_alike(), Sandbox(SETTINGS) as running:
        yield running


@pytest.fixture
def terraform(sandbox: Sandbox, tmp_path: Path) -> Iterator[Terraform]:
    """Terraform over the root; all its commands share one provider."""
    base = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))}
    zone = _client(sandbox, "route53").create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"]
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text(ROOT, encoding="utf-8")
    (root / "terraform.tfvars.json").write_text(json.dumps({"zone": zone.rpartition("/")[2]}), encoding="utf-8")
    (tmp_path / "tfrc").write_text(mirror.cli_config(mirror.find(None, Path.home()), tmp_path))
    own = {"TF_CLI_CONFIG_FILE": str(tmp_path / "tfrc"), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
    environment = {**base, **own, **sandbox.environment(base, tmp_path)}
    settings = TerraformSettings(environment, tmp_path)
    with WarmProvider(settings, schema_types_in(root)) as shared, shared.run() as lease:
        yield Terraform(root, {**environment, **lease.environment})


def test_what_is_made_is_planned_imported_and_destroyed(sandbox: Sandbox, terraform: Terraform) -> None:
    terraform("init")
    assert "6 added, 0 changed, 0 destroyed" in terraform("apply", "-auto-approve")
    _publish(sandbox)
    _is_verified(sandbox)
    terraform("plan", "-detailed-exitcode")  # fails with 2 when there is any change
    _lose_state_but_know_the_ids(terraform)
    assert "6 to import, 0 to add, 0 to change, 0 to destroy" in terraform("plan")
    assert "6 imported, 0 added, 0 changed, 0 destroyed" in terraform("apply", "-auto-approve")
    terraform("plan", "-detailed-exitcode")
    (terraform.root / "imports.tf").unlink()
    assert "6 destroyed" in terraform("destroy", "-auto-approve")
    _is_empty(sandbox)


def _client(sandbox: Sandbox, service: Any) -> Any:
    make: Any = boto3.client  # the stubs know only literal names
    keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "made-up"}
    return make(service, SETTINGS.region, endpoint_url=sandbox.addresses.aws, **keys)


def _lose_state_but_know_the_ids(terraform: Terraform) -> None:
    blocks = [
        f"import {{\n  to = {resource['address']}\n  id = {json.dumps(resource['values']['id'])}\n}}\n"
        for resource in terraform.resources()
    ]
    (terraform.root / "imports.tf").write_text("".join(blocks), encoding="utf-8")
    (terraform.root / "terraform.tfstate").unlink()


def _publish(sandbox: Sandbox) -> None:
    """Make the records of the identity, as they are in its region."""
    route53, ses = _client(sandbox, "route53"), _client(sandbox, "sesv2")
    tokens = ses.get_email_identity(EmailIdentity="example.com")["DkimAttributes"]["Tokens"]
    records = [
        *((f"{token}._domainkey", "CNAME", f"{token}.dkim.amazonses.com") for token in tokens),
        ("bounce", "MX", f"10 feedback-smtp.{SETTINGS.region}.amazonses.com"),
        ("bounce", "TXT", '"v=spf1 include:amazonses.com ~all"'),
    ]
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    changes = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {
                "Name": f"{name}.example.com",
                "Type": rtype,
                "TTL": 300,
                "ResourceRecords": [{"Value": value}],
            },
        }
        for name, rtype, value in records
    ]
    route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch={"Changes": changes})


def _is_verified(sandbox: Sandbox) -> None:
    shown = _client(sandbox, "sesv2").get_email_identity(EmailIdentity="example.com")
    assert (shown["VerificationStatus"], shown["ConfigurationSetName"]) == ("SUCCESS", "example-com")
    assert shown["MailFromAttributes"]["MailFromDomainStatus"] == "SUCCESS"


def _is_empty(sandbox: Sandbox) -> None:
    route53 = _client(sandbox, "route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    left = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    assert "long.example.com." not in {record["Name"] for record in left}
    assert _client(sandbox, "sesv2").list_email_identities()["EmailIdentities"] == []
    assert _client(sandbox, "sesv2").list_configuration_sets()["ConfigurationSets"] == []
    assert _client(sandbox, "sns").list_topics()["Topics"] == []
