"""When a domain is told to publish its events, and when its event destination is left as it is."""

from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.mail_domain.configuration_set import EventDestination, Target
from provisioner.core.terraform.addresses import EVENTS
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import InputError
from provisioner.usecases.drift import drift
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.events import bring_events
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain
from provisioner.usecases.parallel.stopping import Stop
from provisioner.usecases.parallel.workers import Workers

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region("us-east-1"))
HERE = ("123456789012", "us-east-1")
TOPIC = "arn:aws:sns:us-east-1:123456789012:provisioner-feedback"


def told(world: World) -> list[str]:
    return [one.arn for one in world.aws.events.get("example-com", ())]


def actions(world: World) -> list[tuple[str, str]]:
    plan = plan_domain(world.edges, EXAMPLE, ASKED).plan
    return [(change.kind, change.address) for change in plan.changes if change.acts]


def test_without_a_pipeline_nothing_is_published_and_nothing_more_is_asked_of_aws(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    assert (told(world), world.aws.asked_for_events) == ([], [])
    recalled = world.workspaces.spaces["example.com"].recall()
    assert recalled is not None
    assert "feedback_topic" not in recalled.to_document()


def test_with_a_pipeline_a_new_domain_publishes_to_it(world: World) -> None:
    world.workspaces.pipelines[HERE] = True
    new_domain(world.edges, EXAMPLE, ASKED)
    assert told(world) == [TOPIC]
    assert actions(world) == []


@pytest.mark.parametrize("elsewhere", [("123456789012", "eu-west-1"), ("210987654321", "us-east-1")])
def test_a_pipeline_elsewhere_is_not_its(world: World, elsewhere: tuple[str, str]) -> None:
    world.workspaces.pipelines[elsewhere] = True
    new_domain(world.edges, EXAMPLE, ASKED)
    assert told(world) == []


def test_a_domain_that_was_there_gets_one_addition(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.workspaces.pipelines[HERE] = True
    assert actions(world) == [("create", EVENTS)]


def test_an_event_destination_of_its_name_is_taken_in(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.workspaces.pipelines[HERE] = True
    one = EventDestination("provisioner-feedback", True, ("BOUNCE",), Target.SNS, TOPIC)
    world.aws.events["example-com"] = (EventDestination("theirs", True, ("BOUNCE",), Target.CLOUDWATCH), one)
    assert actions(world) == [("import", EVENTS)]
    assert [one.id for one in world.templates.imports] == ["example-com|provisioner-feedback"]


def test_a_home_that_has_lost_the_pipeline_keeps_what_is_attached(world: World) -> None:
    world.workspaces.pipelines[HERE] = True
    new_domain(world.edges, EXAMPLE, ASKED)
    world.workspaces.pipelines.clear()
    assert actions(world) == []
    new_domain(world.edges, EXAMPLE, ASKED)
    assert told(world) == [TOPIC]


def test_a_home_that_never_knew_of_it_leaves_it_on_aws(world: World) -> None:
    """As with a state on S3 that two homes share: the other one has attached the domain."""
    world.workspaces.pipelines[HERE] = True
    new_domain(world.edges, EXAMPLE, ASKED)
    world.workspaces.pipelines.clear()
    workspace = world.workspaces.spaces["example.com"]
    assert workspace.kept
    assert workspace.kept.decisions
    workspace.kept = replace(workspace.kept, decisions=replace(workspace.kept.decisions, feedback_topic=None))
    (found,) = drift(world.edges, [EXAMPLE], Workers(1, Stop()))
    assert (found.drifted, actions(world)) == (False, [])
    new_domain(world.edges, EXAMPLE, ASKED)
    assert told(world) == [TOPIC]


def test_while_the_pipeline_leaves_it_goes(world: World) -> None:
    world.workspaces.pipelines[HERE] = True
    new_domain(world.edges, EXAMPLE, ASKED)
    world.workspaces.pipelines[HERE] = False
    assert actions(world) == [("delete", EVENTS)]
    bring_events(world.edges, EXAMPLE)
    assert told(world) == []
    world.workspaces.pipelines.clear()
    assert actions(world) == []


def test_one_that_is_missing_is_drift(world: World) -> None:
    world.workspaces.pipelines[HERE] = True
    new_domain(world.edges, EXAMPLE, ASKED)
    world.terraform.state[world.workspaces.spaces["example.com"].path].pop(EVENTS)
    world.aws.events.clear()
    (found,) = drift(world.edges, [EXAMPLE], Workers(1, Stop()))
    assert [one.address for one in found.differences] == [EVENTS]


def test_it_goes_with_the_domain(world: World) -> None:
    world.workspaces.pipelines[HERE] = True
    new_domain(world.edges, EXAMPLE, ASKED)
    destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert told(world) == []


def test_a_domain_of_which_nothing_is_known_is_refused(world: World) -> None:
    with pytest.raises(InputError, match="knows nothing of it"):
        bring_events(world.edges, EXAMPLE)
