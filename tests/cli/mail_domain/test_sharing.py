"""Which runs of Terraform share a provider, as the command line asks for it."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.terraform.sharing import Sharing
from provisioner.ports.edges import Edges
from provisioner.ports.progress import Progress
from provisioner.wiring.settings import Settings

Cli = Callable[..., Any]


@pytest.mark.parametrize(
    ("command", "sharing"),
    [
        ("new-domain example.com", Sharing.READS),
        ("new-domain example.com --share always", Sharing.ALWAYS),
        ("new-domain example.com --share never", Sharing.NEVER),
        ("new-domain example.com --cold", Sharing.NEVER),
        ("new-domain example.com --cold --share never", Sharing.NEVER),
        ("new-domain example.com --dry-run", Sharing.ALWAYS),
        ("new-domain example.com --dry-run --share never", Sharing.NEVER),
        ("plan example.com", Sharing.ALWAYS),
        ("plan example.com --cold", Sharing.NEVER),
        ("destroy-domain example.com --yes", Sharing.NEVER),
        ("destroy-domain gone.com --dry-run", Sharing.ALWAYS),
        ("destroy-domain gone.com --dry-run --share never", Sharing.NEVER),
        ("destroy-domain example.com --yes --share reads", Sharing.READS),
        ("destroy-domain example.com --yes --share always", Sharing.ALWAYS),
    ],
)
@pytest.mark.usefixtures("provisioned")
def test_which_runs_of_terraform_share_a_provider_is_asked_for(
    cli: Cli, in_memory: World, monkeypatch: pytest.MonkeyPatch, command: str, sharing: Sharing
) -> None:
    asked: list[Sharing] = []

    def open_domain(_settings: Settings, _progress: Progress, *, sharing: Sharing) -> nullcontext[Edges]:
        asked.append(sharing)
        return nullcontext(in_memory.edges)

    monkeypatch.setattr("provisioner.wiring.worlds.open_domain", open_domain)
    assert cli(*command.split()).code == 0
    assert asked == [sharing]


def test_cold_and_a_share_that_says_otherwise_exclude_each_other(cli: Cli, in_memory: World) -> None:
    outcome = cli("new-domain", "example.com", "--cold", "--share", "always")
    assert outcome.code == 2
    assert "--share always" in outcome.err
    assert in_memory.store.kept == {}
