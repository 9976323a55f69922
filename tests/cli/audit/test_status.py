"""`audit status`: what of the pipeline is there, who publishes to it, and when that is an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.terraform.hops import Hops, Waiting
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.usecases.mail_domain.new_domain import new_domain

Cli = Callable[..., Any]
WHOLE = Hops(
    True,
    True,
    Waiting("https://queue", 2),
    Waiting("https://dead", 0),
    "Active",
    True,
    datetime(2026, 11, 28, tzinfo=UTC),
)
NOTHING = Hops(False, False, None, None, None, False)


@pytest.fixture
def shows(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[Hops], None]:
    """Let AWS have these hops."""

    def shown(hops: Hops) -> None:
        monkeypatch.setattr("provisioner.wiring.pipeline.open_status", lambda *_: (world.edges, lambda _pipeline: hops))

    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return shown


def test_it_names_who_publishes_and_who_does_not(cli: Cli, world: World, shows: Callable[[Hops], None]) -> None:
    shows(WHOLE)
    asked = Asked(default_region=Region("us-east-1"))
    new_domain(world.edges, DomainName.parse("a.example"), asked)
    world.workspaces.pipelines["123456789012", "us-east-1"] = True
    new_domain(world.edges, DomainName.parse("b.example"), asked)
    outcome = cli("audit", "status", "--json")
    document = outcome.document
    assert (outcome.code, document["attached"], document["unattached"]) == (3, ["b.example"], ["a.example"])
    assert [(one["id"], one["subject"]) for one in document["findings"]] == [("audit.unattached", "a.example")]
    assert (document["waiting"], document["dead"], document["queue_url"]) == (2, 0, "https://queue")
    assert document["last_collected"] == "2026-11-28T00:00:00+00:00"
    assert "a.example" in cli("audit", "status").out
    new_domain(world.edges, DomainName.parse("a.example"), asked)
    healthy = cli("audit", "status")
    assert (healthy.code, "as it should be" in healthy.out) == (0, True)


def test_where_nothing_is_deployed_nothing_is_wrong(cli: Cli, world: World, shows: Callable[[Hops], None]) -> None:
    shows(NOTHING)
    new_domain(world.edges, DomainName.parse("a.example"), Asked(default_region=Region("us-east-1")))
    outcome = cli("audit", "status", "--json")
    assert (outcome.code, outcome.document["deployed"], outcome.document["findings"]) == (0, False, [])
    assert outcome.document["unattached"] == ["a.example"]
    assert "not deployed" in cli("audit", "status").out


@pytest.mark.parametrize(
    ("broken", "finding", "code"),
    [
        ({"topic": False}, "audit.no_topic", 3),
        ({"subscribed": False}, "audit.not_subscribed", 3),
        ({"queue": None}, "audit.no_queue", 3),
        ({"dead_letters": None}, "audit.no_dead_letters", 3),
        ({"dead_letters": Waiting("https://dead", 1)}, "audit.dead_letters", 0),
        ({"collector": None}, "audit.no_collector", 3),
        ({"collector": "Failed"}, "audit.collector_down", 3),
        ({"archive": False}, "audit.no_archive", 3),
    ],
)
def test_each_hop_that_is_broken_is_named(
    cli: Cli, shows: Callable[[Hops], None], broken: dict[str, Any], finding: str, code: int
) -> None:
    shows(replace(WHOLE, **broken))
    outcome = cli("audit", "status", "--json")
    assert (outcome.code, [one["id"] for one in outcome.document["findings"]]) == (code, [finding])
