"""The job definition of AWS Batch, by the real Terraform: formatted, valid, and planned to what AWS Batch is given."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from operator_policy import POLICIES

from provisioner.adapters.terraform import TerraformSettings, mirror
from provisioner.adapters.terraform.warm.pool import WarmProvider
from provisioner.adapters.terraform.warm.schema_types import schema_types_in
from provisioner.core.batch.shards import Shard, choose_shard

pytestmark = pytest.mark.integration

SOURCE = Path(__file__).parents[2] / "deploy/aws-batch"
EMULATED = """
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}
"""
VARIABLES = {
    "region": "us-east-1",
    "image": "example/provisioner:1",
    "states": "s3://example-states/mail/all",
    "file_system": {
        "id": "fs-1",
        "arn": "arn:aws:elasticfilesystem:us-east-1:1:file-system/fs-1",
        "access_point_id": "a",
    },
    "policy": {"Version": "2012-10-17", "Statement": []},
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = Path(shutil.copytree(SOURCE, tmp_path_factory.mktemp("deploy") / "aws-batch"))
    (copy / "provider.tf").write_text(EMULATED)
    (copy / "terraform.tfvars.json").write_text(json.dumps(VARIABLES))
    return copy


@pytest.fixture(scope="module")
def terraform(root: Path) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    (root.parent / "tfrc").write_text(mirror.cli_config(mirror.find(None, Path.home()), root.parent))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
    settings = TerraformSettings(kept, root.parent)
    with WarmProvider(settings, schema_types_in(root)) as shared, shared.run() as lease:
        own = {
            **kept,
            "TF_CLI_CONFIG_FILE": str(root.parent / "tfrc"),
            "CHECKPOINT_DISABLE": "1",
            **lease.environment,
        }

        def run(*arguments: str, folder: Path = root) -> subprocess.CompletedProcess[str]:
            command = ["terraform", f"-chdir={folder}", *arguments]
            return subprocess.run(command, env=own, capture_output=True, text=True, check=False, timeout=250)

        assert run("init", "-no-color").returncode == 0
        yield run


@pytest.fixture(scope="module")
def shown(terraform: Callable[..., subprocess.CompletedProcess[str]]) -> Any:
    done = terraform("plan", "-no-color", "-input=false", "-out=p")
    assert done.returncode == 0, done.stderr
    return json.loads(terraform("show", "-json", "p").stdout)


def test_it_is_formatted(terraform: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    assert terraform("fmt", "-check", "-recursive", "-diff", folder=SOURCE).stdout == ""


def test_terraform_finds_it_valid(terraform: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    answer = json.loads(terraform("validate", "-json").stdout)
    assert (answer["valid"], answer["diagnostics"]) == (True, [])


def test_the_job_retries_what_a_retry_may_help_and_nothing_else(shown: Any) -> None:
    changes = {change["address"]: change["change"] for change in shown["resource_changes"]}
    job = changes["aws_batch_job_definition.this"]["after"]
    rules = [(rule["on_exit_code"], rule["action"].upper()) for rule in job["retry_strategy"][0]["evaluate_on_exit"]]
    assert rules == [("2", "EXIT"), ("5", "EXIT"), ("*", "RETRY")]
    assert job["platform_capabilities"] == ["FARGATE"]
    assert job["parameters"] == {"manifest": "/data/domains.yaml", "run": "domains"}


def test_the_job_may_touch_its_own_states_alone(shown: Any) -> None:
    read = shown["prior_state"]["values"]["root_module"]["resources"]
    policy = next(item["values"]["json"] for item in read if item["address"] == "data.aws_iam_policy_document.storage")
    resources = [statement["Resource"] for statement in json.loads(policy)["Statement"]]
    assert resources[:2] == ["arn:aws:s3:::example-states", "arn:aws:s3:::example-states/mail/all/*"]


def test_the_credentials_are_in_secrets_manager_and_the_job_may_touch_no_other_secrets(shown: Any) -> None:
    assert re.search(r'PROVISIONER_STORE *= "secretsmanager"', (SOURCE / "main.tf").read_text())
    changes = {change["address"]: change["change"] for change in shown["resource_changes"]}
    (statement,) = json.loads(changes["aws_iam_role_policy.credentials"]["after"]["policy"])["Statement"]
    assert statement["Resource"] == "arn:aws:secretsmanager:us-east-1:*:secret:provisioner/smtp/*"
    assert sorted(statement["Action"]) == documented_actions("Secrets")


def documented_actions(sid: str) -> list[str]:
    """Return the actions that a statement of the page about permissions allows."""
    statements = [statement for policy in POLICIES for statement in json.loads(policy)["Statement"]]
    (actions,) = (statement["Action"] for statement in statements if statement["Sid"] == sid)
    return sorted(actions)


def test_a_child_of_the_array_knows_its_shard_without_being_told() -> None:
    environment = {"AWS_BATCH_JOB_ARRAY_INDEX": "2", "AWS_BATCH_JOB_ARRAY_SIZE": "4"}
    assert choose_shard(None, None, environment) == Shard(2, 4)


@pytest.mark.parametrize("states", ["example-states/mail", "s3://example-states", "s3://example-states/"])
def test_states_that_are_no_place_are_refused(
    terraform: Callable[..., subprocess.CompletedProcess[str]], states: str
) -> None:
    done = terraform("plan", "-no-color", "-input=false", f"-var=states={states}")
    assert done.returncode == 1
    assert "s3://BUCKET/PREFIX" in done.stderr
