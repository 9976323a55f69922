import pytest
from fakes.workspaces import FakeWorkspace
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import Interrupted, ProvisionerError
from provisioner.usecases.mail_domain.new_domain import plan_domain

EXAMPLE = DomainName.parse("example.com")


@pytest.mark.parametrize("end", [Interrupted("interrupted", "terraform plan was interrupted"), KeyboardInterrupt()])
def test_an_interrupted_run_says_so_whatever_it_leaves_behind(
    world: World, monkeypatch: pytest.MonkeyPatch, end: BaseException
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise end

    def broken(_: FakeWorkspace) -> None:
        raise ProvisionerError("corrupt_state", "not a JSON object")

    monkeypatch.setattr(world.terraform, "plan", interrupted)
    monkeypatch.setattr(FakeWorkspace, "discard_if_unused", broken)
    with pytest.raises(type(end)):
        plan_domain(world.edges, EXAMPLE, Asked(region=Region.parse("us-east-1")))
