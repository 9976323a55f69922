from dataclasses import replace

import pytest
from fakes.aws import identity
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Refused
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain

EXAMPLE = DomainName.parse("example.com")
ASKED = Asked(default_region=Region.parse("us-east-1"))
OWN, OF_ANOTHER_REGION = "EXTERNAL", "AWS_SES_EU_CENTRAL_1"


@pytest.mark.parametrize(
    ("origin", "whose"),
    [(OWN, "a key of your own (BYODKIM)"), (OF_ANOTHER_REGION, "that of its identity in eu-central-1")],
)
@pytest.mark.parametrize("run", [new_domain, plan_domain])
def test_an_identity_that_signs_with_another_key_is_refused_in_words(
    world: World, origin: str, whose: str, run: object
) -> None:
    world.aws.identities["example.com"] = replace(identity("example.com"), signing_origin=origin)
    with pytest.raises(Refused) as caught:
        run(world.edges, EXAMPLE, replace(ASKED, take_over=True))  # type: ignore[operator]  # both take the same
    assert (caught.value.code, whose in caught.value.message, world.terraform.applied) == ("other_dkim", True, 0)
    assert "--region us-east-1 --email-identity example.com --signing-attributes-origin AWS_SES" in caught.value.hint


@pytest.mark.parametrize("lose_workspace", [False, True])
def test_a_domain_that_was_switched_to_a_key_of_its_own_can_go(world: World, lose_workspace: bool) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    now = world.aws.identities["example.com"]
    world.aws.identities["example.com"] = replace(now, signing_origin=OWN, dkim_tokens=())
    if lose_workspace:
        world.workspaces.spaces.clear()
    destroy_domain(world.edges, EXAMPLE, ASKED, Consent())
    assert world.workspaces.peek(EXAMPLE) is None
