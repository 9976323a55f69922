"""`audit deploy` and `audit destroy`: what is made, what is asked before, and what a second run does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fakes.clock import FakeProgress
from fakes.pipeline import ACCOUNT, FakePipelineTerraform
from fakes.world import World

from provisioner.adapters.assets import find_assets
from provisioner.adapters.disk.pipelines import PipelineDirectories, knows_pipeline
from provisioner.adapters.templates import Backend, RootTemplates
from provisioner.core.asked.command_line import Asked
from provisioner.core.terraform.addresses import MAIL_FROM
from provisioner.core.terraform.pipeline import OPERATOR, Functions, Part
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import configuration_set_name
from provisioner.errors import ProvisionerError
from provisioner.ports.audit_edges import PipelineEdges
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain

Cli = Callable[..., Any]
BUCKET = f"provisioner-feedback-{ACCOUNT}-us-east-1"
WORKSPACE = Path("audit", ACCOUNT, "us-east-1")


@pytest.fixture
def terraform() -> FakePipelineTerraform:
    return FakePipelineTerraform()


@pytest.fixture
def functions() -> list[bytes]:
    """The zip of the functions, as this version of the program builds it."""
    return [b"zip"]


@pytest.fixture(autouse=True)
def pipeline(
    terraform: FakePipelineTerraform, functions: list[bytes], home: Path, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the commands meet a Terraform in memory, and real directories."""
    assets = find_assets()
    world.workspaces.has_pipeline = partial(knows_pipeline, home)  # type: ignore[method-assign]  # the real memory

    @contextmanager
    def opened(_settings: object, _progress: object) -> Iterator[PipelineEdges]:
        yield PipelineEdges(
            domains=world.edges,
            functions=lambda: Functions(functions[0], "collector.handler"),
            progress=FakeProgress(),
            templates=RootTemplates(assets.templates, assets.modules, Backend()),
            terraform=terraform,
            workspaces=PipelineDirectories(home),
        )

    monkeypatch.setattr("provisioner.wiring.pipeline.open_pipeline", opened)
    monkeypatch.setenv("AWS_REGION", "us-east-1")


def made(terraform: FakePipelineTerraform) -> set[str]:
    return {address for part in terraform.made.values() for address in part}


def test_the_first_run_makes_the_archive_then_the_way_to_it(cli: Cli, terraform: FakePipelineTerraform) -> None:
    outcome = cli("audit", "deploy", "--yes", "--json")
    assert outcome.code == 0
    document = outcome.document
    assert (document["account"], document["region"], document["bucket"]) == (ACCOUNT, "us-east-1", BUCKET)
    assert document["topic_arn"] == f"arn:aws:sns:us-east-1:{ACCOUNT}:provisioner-feedback"
    assert (document["collect_every"], document["operator"], document["applied"]) == ("1d", None, True)
    assert document["changes"] == {"add": 4, "change": 0, "destroy": 0, "import": 0}
    assert terraform.applied == [Part.ARCHIVE, Part.FEEDBACK]
    assert not terraform.open_plans


def test_a_second_run_changes_nothing_and_asks_nothing(cli: Cli, terraform: FakePipelineTerraform) -> None:
    cli("audit", "deploy", "--yes")
    outcome = cli("audit", "deploy")
    assert (outcome.code, terraform.applied) == (0, [Part.ARCHIVE, Part.FEEDBACK])
    assert "no changes" in outcome.out


def test_without_a_terminal_nothing_is_made_unless_yes(cli: Cli, terraform: FakePipelineTerraform, home: Path) -> None:
    outcome = cli("audit", "deploy", "--json")
    assert (outcome.code, outcome.error["code"]) == (2, "not_confirmed")
    assert not made(terraform)
    assert not (home / WORKSPACE / "pipeline.json").exists()


def test_a_dry_run_shows_what_would_be_made_and_what_it_costs(cli: Cli, terraform: FakePipelineTerraform) -> None:
    outcome = cli("audit", "deploy", "--dry-run")
    assert (outcome.code, made(terraform)) == (3, set())
    assert "4 to add" in outcome.out
    assert f"+ aws_s3_bucket {BUCKET}" in outcome.out
    assert "USD a month" in outcome.out
    assert not cli("audit", "deploy", "--dry-run", "--json").document["applied"]
    cli("audit", "deploy", "--yes")
    assert cli("audit", "deploy", "--dry-run").code == 0


def test_what_was_asked_is_remembered(cli: Cli, terraform: FakePipelineTerraform) -> None:
    cli("audit", "deploy", "--collect-every", "90m", "--operator", "ops@example.com", "--yes")
    assert terraform.made[Part.FEEDBACK]["module.feedback.aws_scheduler_schedule.collector"] == "rate(90 minutes)"
    document = cli("audit", "deploy", "--json").document
    assert (document["collect_every"], document["operator"]) == ("1h30m", "ops@example.com")
    assert document["plan"] == []
    assert cli("audit", "deploy", "--operator", "none", "--yes").code == 0
    assert f"{OPERATOR}[0]" not in made(terraform)


def test_in_another_home_nothing_is_taken_away_unasked(cli: Cli, terraform: FakePipelineTerraform, home: Path) -> None:
    cli("audit", "deploy", "--operator", "ops@example.com", "--yes")
    (home / WORKSPACE / "pipeline.json").unlink()
    outcome = cli("audit", "deploy", "--yes", "--json")
    assert (outcome.code, outcome.error["code"]) == (5, "plan_deletes")
    assert f"{OPERATOR}[0]" in made(terraform)


def test_other_functions_are_deployed_again(
    cli: Cli, terraform: FakePipelineTerraform, functions: list[bytes], home: Path
) -> None:
    cli("audit", "deploy", "--yes")
    functions[0] = b"another zip"
    assert cli("audit", "deploy", "--yes", "--json").document["changes"]["change"] == 1
    assert (home / WORKSPACE / "feedback" / "functions.zip").read_bytes() == b"another zip"
    assert terraform.applied == [Part.ARCHIVE, Part.FEEDBACK, Part.FEEDBACK]


def test_a_run_that_failed_is_completed_by_the_next(cli: Cli, terraform: FakePipelineTerraform) -> None:
    terraform.fails_at(Part.FEEDBACK)
    assert cli("audit", "deploy", "--yes").code == 1
    assert not terraform.open_plans
    assert cli("audit", "deploy", "--yes", "--json").document["changes"]["add"] == 3
    assert terraform.applied == [Part.ARCHIVE, Part.FEEDBACK]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--collect-every", "daily"), "invalid_duration"),
        (("--collect-every", "14m"), "invalid_interval"),
        (("--collect-every", "25h"), "invalid_interval"),
        (("--collect-every", "901s"), "invalid_interval"),
        (("--operator", "nobody"), "invalid_address"),
        (("--region", "us-est-1"), "unknown_region"),
    ],
)
def test_wrong_options_are_refused(
    cli: Cli, terraform: FakePipelineTerraform, options: tuple[str, ...], code: str
) -> None:
    outcome = cli("audit", "deploy", "--yes", "--json", *options)
    assert (outcome.code, outcome.error["code"], made(terraform)) == (2, code, set())


def test_a_pipeline_is_worked_on_by_one_run_at_a_time(cli: Cli, home: Path) -> None:
    with PipelineDirectories(home).open(ACCOUNT, Region("us-east-1")):
        outcome = cli("audit", "deploy", "--yes", "--json")
        assert (outcome.code, outcome.error["code"]) == (1, "domain_busy")
        assert "works on it" in outcome.error["message"]
        assert cli("audit", "deploy", "--yes", "--region", "eu-west-1").code == 0


def test_destroy_keeps_the_archive(cli: Cli, terraform: FakePipelineTerraform, home: Path) -> None:
    cli("audit", "deploy", "--yes", "--operator", "ops@example.com")
    assert cli("audit", "destroy").code == 2
    dry = cli("audit", "destroy", "--dry-run")
    assert (dry.code, "4 to destroy" in dry.out) == (3, True)
    outcome = cli("audit", "destroy", "--yes")
    assert (outcome.code, made(terraform)) == (0, {"module.archive.aws_s3_bucket.this"})
    assert f"the archive stays: s3://{BUCKET}" in outcome.out
    assert not (home / WORKSPACE / "pipeline.json").exists()
    again = cli("audit", "destroy")
    assert (again.code, "not deployed" in again.out) == (0, True)


def test_no_file_of_a_workspace_can_be_read_by_others(cli: Cli, home: Path) -> None:
    cli("audit", "deploy", "--yes")
    files = [path for path in (home / "audit").rglob("*") if path.is_file() and path.name != "functions.zip"]
    assert files
    assert {path.stat().st_mode & 0o077 for path in files} == {0}
    assert json.loads((home / WORKSPACE / "pipeline.json").read_text()) == {"collect_every": "1d", "operator": None}


def test_a_torn_memory_is_named(cli: Cli, home: Path) -> None:
    cli("audit", "deploy", "--yes")
    (home / WORKSPACE / "pipeline.json").write_text("{")
    outcome = cli("audit", "deploy", "--yes", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "corrupt_request")
    assert "pipeline.json" in outcome.error["message"]
    assert knows_pipeline(home, ACCOUNT, Region("us-east-1")) is None  # for domains: they stay as they are


def test_an_operator_is_told_to_follow_the_link_once(cli: Cli) -> None:
    link = "AWS has mailed ops@example.com a link"
    assert link not in cli("audit", "deploy", "--yes").out
    assert link in cli("audit", "deploy", "--operator", "ops@example.com", "--yes").out
    assert link not in cli("audit", "deploy", "--collect-every", "6h", "--yes").out


A, B = (DomainName.parse(name) for name in ("a.example", "b.example"))
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:provisioner-feedback"
BEFORE = Asked(default_region=Region("us-east-1"))


def told(world: World, domain: DomainName) -> list[str]:
    """Return the topics that the domain's configuration set publishes to."""
    return [one.arn for one in world.aws.events.get(configuration_set_name(domain), ())]


@pytest.fixture
def two_domains(world: World) -> World:
    for domain in (A, B):
        new_domain(world.edges, domain, BEFORE)
    return world


def test_the_domains_that_are_there_get_their_event_destination(cli: Cli, two_domains: World, home: Path) -> None:
    dry = cli("audit", "deploy", "--dry-run")
    assert (dry.code, "+ event destination of a.example, b.example" in dry.out) == (3, True)
    outcome = cli("audit", "deploy", "--yes", "--json")
    assert (outcome.code, outcome.document["domains"]) == (0, ["a.example", "b.example"])
    assert [told(two_domains, one) for one in (A, B)] == [[TOPIC], [TOPIC]]
    again = cli("audit", "deploy", "--json")
    assert (again.code, again.document["domains"]) == (0, [])
    assert plan_domain(two_domains.edges, A, BEFORE).empty


def test_a_domain_elsewhere_is_none_of_its_business(cli: Cli, two_domains: World) -> None:
    new_domain(two_domains.edges, DomainName.parse("c.example"), Asked(region=Region("eu-west-1")))
    assert cli("audit", "deploy", "--yes", "--json").document["domains"] == ["a.example", "b.example"]


def test_a_domain_that_differs_otherwise_is_left_alone_and_named(cli: Cli, two_domains: World) -> None:
    two_domains.terraform.state[Path("a.example")].pop(MAIL_FROM)
    two_domains.aws.identities["a.example"] = replace(two_domains.aws.identities["a.example"], mail_from_domain="")
    outcome = cli("audit", "deploy", "--yes", "--json")
    assert outcome.code == 4
    failed = outcome.document["failed"]
    assert [(one["domain"], one["error"]["code"]) for one in failed] == [("a.example", "further_changes")]
    assert [told(two_domains, one) for one in (A, B)] == [[], [TOPIC]]
    text = cli("audit", "deploy", "--yes")
    assert text.code == 4
    assert "failed: a.example: more than its event destination differs from what was asked" in text.out
    new_domain(two_domains.edges, A, BEFORE)
    assert (cli("audit", "deploy").code, told(two_domains, A)) == (0, [TOPIC])


def test_one_whose_destination_was_switched_off_gets_it_again(cli: Cli, two_domains: World) -> None:
    cli("audit", "deploy", "--yes")
    (one,) = two_domains.aws.events["a-example"]
    two_domains.aws.events["a-example"] = (replace(one, enabled=False),)
    assert cli("audit", "deploy", "--dry-run", "--json").document["domains"] == ["a.example"]


def test_destroy_takes_the_destinations_away_first(cli: Cli, two_domains: World, home: Path) -> None:
    cli("audit", "deploy", "--yes")
    dry = cli("audit", "destroy", "--dry-run")
    assert "- event destination of a.example, b.example" in dry.out
    assert cli("audit", "destroy", "--yes").code == 0
    assert [told(two_domains, one) for one in (A, B)] == [[], []]
    assert not (home / WORKSPACE / "pipeline.json").exists()
    assert plan_domain(two_domains.edges, A, BEFORE).empty


def test_while_a_domain_publishes_to_it_the_pipeline_stays(
    cli: Cli, two_domains: World, terraform: FakePipelineTerraform
) -> None:
    cli("audit", "deploy", "--yes")
    two_domains.terraform.will_fail(ProvisionerError("apply_failed", "SES was away"))
    outcome = cli("audit", "destroy", "--yes")
    assert outcome.code == 4
    assert "failed: a.example: SES was away" in outcome.out
    assert Part.FEEDBACK not in terraform.applied[2:]
    assert [told(two_domains, one) for one in (A, B)] == [[TOPIC], []]
    assert cli("audit", "destroy", "--yes").code == 0
    assert (told(two_domains, A), terraform.made[Part.FEEDBACK]) == ([], {})
