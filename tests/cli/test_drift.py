"""`drift`: what it prints of what Terraform does not see, and how it exits."""

from collections.abc import Callable
from typing import Any

import pytest
from fakes.world import World

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.holdings import Holding

Cli = Callable[..., Any]


def test_a_domain_that_is_as_it_should_be_exits_with_0(cli: Cli, provisioned: SmtpCredential) -> None:
    outcome = cli("drift")
    assert (outcome.code, outcome.out) == (0, "example.com: no drift\n")


def test_what_a_user_may_do_besides_is_told_with_the_command_that_takes_it_away(
    cli: Cli, in_memory: World, provisioned: SmtpCredential
) -> None:
    in_memory.aws.has_given("example.com", Holding.PASSWORD)
    outcome = cli("drift", "example.com")
    assert outcome.code == 3
    assert outcome.out.splitlines() == [
        "example.com: 1 difference",
        "  IAM user example.com: it also has a console password, which is not ours: it may do more than send as "
        "example.com",
        "    aws iam delete-login-profile --user-name example.com",
    ]
    (domain,) = cli("drift", "--json").document["domains"]
    assert (domain["drift"], domain["differences"]) == (True, [])
    assert domain["findings"][0]["id"] == "iam.console_password"


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_what_nobody_may_look_at_is_told_and_is_no_drift(
    cli: Cli, in_memory: World, provisioned: SmtpCredential, options: tuple[str, ...]
) -> None:
    in_memory.aws.does_not_allow(Holding.GROUP)
    outcome = cli("drift", *options)
    assert outcome.code == 0
    assert "nobody looked at its group" in outcome.out
