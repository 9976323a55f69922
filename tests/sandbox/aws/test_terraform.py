"""The real Terraform with the unmodified AWS provider against the sandbox: all that a mail domain consists of."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from twice import answered_alike

from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]  # 90 s alone, mostly waiting

MIRRORS = [
    *Path("/opt").glob("*/registry.terraform.io"),
    *Path("/usr").glob("*/terraform/plugins/registry.terraform.io"),
]
ROOT = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

locals {
  domain = "example.com"
  tokens = aws_sesv2_email_identity.this.dkim_signing_attributes[0].tokens
  tags   = { ManagedBy = "provisioner", Domain = local.domain }
}

resource "aws_route53_zone" "this" {
  name = local.domain
  tags = local.tags
}

resource "aws_sesv2_configuration_set" "this" {
  configuration_set_name = "example-com"
  tags                   = local.tags
  delivery_options { tls_policy = "REQUIRE" }
  reputation_options { reputation_metrics_enabled = true }
  sending_options { sending_enabled = true }
  suppression_options { suppressed_reasons = ["BOUNCE", "COMPLAINT"] }
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
  email_identity         = local.domain
  configuration_set_name = aws_sesv2_configuration_set.this.configuration_set_name
  tags                   = local.tags
  dkim_signing_attributes { next_signing_key_length = "RSA_2048_BIT" }
}

resource "aws_sesv2_email_identity_mail_from_attributes" "this" {
  email_identity         = aws_sesv2_email_identity.this.email_identity
  mail_from_domain       = "bounce.${local.domain}"
  behavior_on_mx_failure = "USE_DEFAULT_VALUE"
}

resource "aws_route53_record" "dkim" {
  count   = 3
  zone_id = aws_route53_zone.this.zone_id
  name    = "${local.tokens[count.index]}._domainkey.${local.domain}"
  type    = "CNAME"
  ttl     = 300
  records = ["${local.tokens[count.index]}.dkim.amazonses.com"]
}

resource "aws_route53_record" "other" {
  for_each = {
    "bounce MX"  = ["bounce.${local.domain}", "MX", "10 feedback-smtp.eu-central-1.amazonses.com"]
    "bounce TXT" = ["bounce.${local.domain}", "TXT", "v=spf1 include:amazonses.com ~all"]
    "_dmarc TXT" = ["_dmarc.${local.domain}", "TXT", "v=DMARC1; p=none"]
    "long TXT"   = ["long.${local.domain}", "TXT", join("\\"\\"", [join("", [for i in range(250) : "x"]), "y"])]
  }
  zone_id = aws_route53_zone.this.zone_id
  name    = each.value[0]
  type    = each.value[1]
  ttl     = 300
  records = [each.value[2]]
}

resource "aws_iam_user" "smtp" {
  name = local.domain
  path = "/provisioner/smtp/"
  tags = local.tags
}

resource "aws_iam_user_policy" "smtp" {
  name   = "send"
  user   = aws_iam_user.smtp.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "ses:SendRawEmail"
      Resource  = [aws_sesv2_email_identity.this.arn, aws_sesv2_configuration_set.this.arn]
      Condition = { StringLike = { "ses:FromAddress" = "*@${local.domain}" } }
    }]
  })
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
def terraform(sandbox: Sandbox, tmp_path: Path) -> Terraform:
    configuration = tmp_path / "terraform.rc"
    mirror = f'filesystem_mirror {{ path = "{MIRRORS[0].parent}" }}' if MIRRORS else "direct {}"
    configuration.write_text(f"provider_installation {{\n  {mirror}\n}}\n", encoding="utf-8")
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text(ROOT, encoding="utf-8")
    base = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))}
    own = {"TF_CLI_CONFIG_FILE": str(configuration), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
    return Terraform(root, {**base, **own, **sandbox.environment(base, tmp_path)})


def test_a_mail_domain_is_applied_planned_imported_and_destroyed(sandbox: Sandbox, terraform: Terraform) -> None:
    terraform("init")
    assert "15 added, 0 changed, 0 destroyed" in terraform("apply", "-auto-approve")
    _is_verified(sandbox)
    terraform("plan", "-detailed-exitcode")  # fails with 2 when there is any change
    _lose_state_but_know_the_ids(terraform)
    assert "15 to import, 0 to add, 0 to change, 0 to destroy" in terraform("plan")
    assert "15 imported, 0 added, 0 changed, 0 destroyed" in terraform("apply", "-auto-approve")
    terraform("plan", "-detailed-exitcode")
    (terraform.root / "imports.tf").unlink()
    assert "15 destroyed" in terraform("destroy", "-auto-approve")
    _is_empty(sandbox)


def _client(sandbox: Sandbox, service: Any) -> Any:
    make: Any = boto3.client  # the stubs know only literal names
    keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "made-up"}
    return make(service, SETTINGS.region, endpoint_url=sandbox.addresses.aws, **keys)


def _is_verified(sandbox: Sandbox) -> None:
    shown = _client(sandbox, "sesv2").get_email_identity(EmailIdentity="example.com")
    assert (shown["VerificationStatus"], shown["ConfigurationSetName"]) == ("SUCCESS", "example-com")
    assert shown["MailFromAttributes"]["MailFromDomainStatus"] == "SUCCESS"


def _lose_state_but_know_the_ids(terraform: Terraform) -> None:
    blocks = [
        f"import {{\n  to = {resource['address']}\n  id = {json.dumps(resource['values']['id'])}\n}}\n"
        for resource in terraform.resources()
    ]
    (terraform.root / "imports.tf").write_text("".join(blocks), encoding="utf-8")
    (terraform.root / "terraform.tfstate").unlink()


def _is_empty(sandbox: Sandbox) -> None:
    assert _client(sandbox, "route53").list_hosted_zones()["HostedZones"] == []
    assert _client(sandbox, "sesv2").list_email_identities()["EmailIdentities"] == []
    assert _client(sandbox, "sesv2").list_configuration_sets()["ConfigurationSets"] == []
    assert _client(sandbox, "iam").list_users()["Users"] == []
