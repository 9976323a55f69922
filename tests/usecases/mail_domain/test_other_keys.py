from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.mail_domain.identity import OWN_KEY
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))


@pytest.mark.parametrize("lose_workspace", [False, True])
def test_a_domain_that_was_switched_to_a_key_of_its_own_can_go(world: World, lose_workspace: bool) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    now = world.aws.identities["example.com"]
    world.aws.identities["example.com"] = replace(now, signing_origin=OWN_KEY, dkim_tokens=())
    if lose_workspace:
        world.workspaces.spaces.clear()
    destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert world.workspaces.peek(EXAMPLE) is None
