"""The Indexed Job against Kubernetes's own schema, and against what our command line takes."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from fakes.clock import FakeProgress

from provisioner.core.batch.shards import choose_shard
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.wiring.edges import build
from provisioner.wiring.settings import Settings

FILE = Path(__file__).parents[2] / "deploy/kubernetes/batch.yaml"
DOCUMENTS: list[Any] = list(yaml.safe_load_all(FILE.read_text()))


@pytest.fixture
def job() -> Any:
    return next(document for document in DOCUMENTS if document["kind"] == "Job")


@pytest.fixture
def container(job: Any) -> Any:
    return job["spec"]["template"]["spec"]["containers"][0]


@pytest.mark.parametrize("version", ["1.33", "1.36"])
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["kind"])
def test_every_object_keeps_to_the_schema_of_kubernetes(document: Any, version: str) -> None:
    library = pytest.importorskip("kubernetes_validate", reason="kubernetes-validate of the dev extra is not installed")
    assert library.validate(document, version, strict=True) == version
    broken = {**document, "metadata": {"name": 5}}
    with pytest.raises(library.ValidationError):
        library.validate(broken, version, strict=True)


def test_the_total_that_is_given_is_the_number_of_completions(job: Any, container: Any) -> None:
    options = [argument for argument in container["args"] if argument.startswith("--shards=")]
    total = int(options[0].partition("=")[2])
    assert job["spec"]["completionMode"] == "Indexed"
    assert total == job["spec"]["completions"]
    found = choose_shard(None, total, {"JOB_COMPLETION_INDEX": "3"})
    assert found is not None
    assert str(found) == f"3/{total}"


def test_a_task_that_is_tried_again_goes_on_with_its_run(job: Any, container: Any) -> None:
    assert any(argument.startswith("--run=") for argument in container["args"])
    assert job["spec"]["backoffLimitPerIndex"] > 0
    assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never"  # what backoffLimitPerIndex asks for


def test_bad_input_and_refusals_are_not_tried_again(job: Any, container: Any) -> None:
    rule = job["spec"]["podFailurePolicy"]["rules"][0]
    assert rule["onExitCodes"]["values"] == [2, 5]
    assert rule["onExitCodes"]["containerName"] == container["name"]


def test_the_credentials_are_in_a_store_that_this_program_has(container: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {item["name"]: item["value"] for item in container["env"]}
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    settings = Settings.read(given, home=None, region=None, profile=None)
    store = build(settings, FakeProgress()).store
    assert store.location(SmtpUser(DomainName.parse("example.com"))) == "secretsmanager:provisioner/smtp/example.com"


def test_the_container_has_no_more_rights_than_it_needs(job: Any, container: Any) -> None:
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert job["spec"]["template"]["spec"]["securityContext"]["runAsNonRoot"]
    assert {mount["mountPath"] for mount in container["volumeMounts"]} >= {"/data", "/tmp"}  # noqa: S108 - in the pod
