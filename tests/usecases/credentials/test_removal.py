"""A sender that leaves takes its IAM user along, if IAM lets the user go."""

from dataclasses import replace

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.senders import SenderChange
from provisioner.core.credentials.holdings import Holding
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import Refused
from provisioner.usecases.home import recall
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain

EXAMPLE = DomainName.parse("example.com")
SHOP, SCANNER = SmtpUser(EXAMPLE, "shop"), SmtpUser(EXAMPLE, "scanner")
ASKED = Asked(default_region=Region.parse("us-east-1"), senders=SenderChange.parse(["shop=orders", "scanner=scan"], []))
WITHOUT_SHOP, WITHOUT_SCANNER = (replace(ASKED, senders=SenderChange.parse([], [name])) for name in ("shop", "scanner"))


def test_a_sender_whose_user_holds_more_than_ours_is_not_taken_away(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.has_given(SHOP.iam_user, Holding.GROUP, "admins")
    applied = world.terraform.applied
    for do in (plan_domain, new_domain):
        with pytest.raises(Refused, match=r"IAM user example\.com\+shop has the group admins") as caught:
            do(world.edges, EXAMPLE, WITHOUT_SHOP)  # type: ignore[operator]  # both take the same
        assert "`aws iam remove-user-from-group --user-name example.com+shop --group-name admins`" in caught.value.hint
    assert (world.terraform.applied, len(world.aws.keys(SHOP.iam_user))) == (applied, 1)
    assert recall(world.edges, EXAMPLE).request.senders.names == ("scanner", "shop")


def test_another_sender_is_not_concerned(world: World) -> None:
    new_domain(world.edges, EXAMPLE, ASKED)
    world.aws.has_given(SHOP.iam_user, Holding.GROUP, "admins")
    new_domain(world.edges, EXAMPLE, WITHOUT_SCANNER)
    assert world.aws.keys(SCANNER.iam_user) == []
