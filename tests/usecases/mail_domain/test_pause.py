"""A pause holds, whatever else runs, and only `resume` ends it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.senders import SenderChange
from provisioner.core.standing import GOOD, Grade, Standing
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import PAUSE_POLICY
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, ProvisionerError, Refused
from provisioner.usecases.drift import drift
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.new_domain import new_domain, plan_domain
from provisioner.usecases.mail_domain.pause import pause, resume
from provisioner.usecases.mail_domain.status import status_of
from provisioner.usecases.parallel.stopping import Stop
from provisioner.usecases.parallel.workers import Workers

EXAMPLE = DomainName.parse("example.com")
MAIN, SHOP = SmtpUser(EXAMPLE), SmtpUser(EXAMPLE, "shop")
ASKED = Asked(default_region=Region.parse("us-east-1"))
SET, USER = "example-com", "example.com+shop"
WHY = "too many bounces"
PAUSED = Standing(Grade.PAUSED, datetime(1970, 1, 1, tzinfo=UTC), WHY)


@pytest.fixture
def provisioned(world: World) -> World:
    new_domain(world.edges, EXAMPLE, replace(ASKED, senders=SenderChange.parse(["shop=orders"], [])))
    return world


def is_denied(world: World, user: str = USER) -> bool:
    return f"{user}:{PAUSE_POLICY}" in world.aws.documents


def paused_by_hand(world: World) -> None:
    world.aws.paused_sets.add(SET)


def paused_with_us(world: World) -> None:
    pause(world.edges, MAIN, ASKED, None)


def paused_as_a_sender(world: World) -> None:
    pause(world.edges, SHOP, ASKED, WHY)


def resumed_with_us(world: World) -> None:
    paused_with_us(world)
    resume(world.edges, MAIN, ASKED)


def test_a_domain_is_paused_and_resumed_by_its_configuration_set(provisioned: World) -> None:
    done = pause(provisioned.edges, MAIN, ASKED, WHY)
    assert (done.changed, done.standing) == (True, PAUSED)
    assert provisioned.aws.paused_sets == {SET}
    done = resume(provisioned.edges, MAIN, ASKED)
    assert (done.changed, done.standing) == (True, GOOD)
    assert provisioned.aws.paused_sets == set()
    assert "ProvisionerStanding" not in provisioned.aws.identities["example.com"].tags


def test_a_sender_is_paused_and_resumed_by_a_policy_of_its_own_and_the_others_send_on(provisioned: World) -> None:
    assert pause(provisioned.edges, SHOP, ASKED, WHY).standing == PAUSED
    assert is_denied(provisioned)
    assert not is_denied(provisioned, "example.com")
    assert provisioned.aws.paused_sets == set()
    resume(provisioned.edges, SHOP, ASKED)
    assert not is_denied(provisioned)


def test_a_sender_that_is_paused_stays_so_when_its_domain_is_resumed(provisioned: World) -> None:
    pause(provisioned.edges, SHOP, ASKED, None)
    pause(provisioned.edges, MAIN, ASKED, None)
    resume(provisioned.edges, MAIN, ASKED)
    assert is_denied(provisioned)


@pytest.mark.parametrize("user", [MAIN, SHOP], ids=str)
def test_a_second_pause_and_a_second_resume_change_nothing(provisioned: World, user: SmtpUser) -> None:
    pause(provisioned.edges, user, ASKED, WHY)
    provisioned.clock.sleep(3600)
    again = pause(provisioned.edges, user, ASKED, None)
    assert (again.changed, again.standing) == (False, PAUSED)
    resume(provisioned.edges, user, ASKED)
    assert not resume(provisioned.edges, user, ASKED).changed


def test_another_reason_is_kept_and_since_when_stays(provisioned: World) -> None:
    pause(provisioned.edges, MAIN, ASKED, WHY)
    provisioned.clock.sleep(3600)
    assert pause(provisioned.edges, MAIN, ASKED, "spam").standing == replace(PAUSED, reason="spam")
    assert status_of(provisioned.edges, EXAMPLE, None).standing.domain == replace(PAUSED, reason="spam")


@pytest.mark.parametrize("user", [MAIN, SHOP], ids=str)
def test_a_dry_run_changes_nothing_and_says_what_would_be(provisioned: World, user: SmtpUser) -> None:
    done = pause(provisioned.edges, user, ASKED, WHY, dry_run=True)
    assert (done.changed, done.standing) == (True, PAUSED)
    assert (provisioned.aws.paused_sets, is_denied(provisioned)) == (set(), False)
    assert status_of(provisioned.edges, EXAMPLE, None).standing.of(user.sender) == GOOD


@pytest.mark.parametrize("user", [MAIN, SHOP], ids=str)
def test_a_pause_holds_when_the_domain_is_provisioned_again_and_nothing_is_changed(
    provisioned: World, user: SmtpUser
) -> None:
    pause(provisioned.edges, user, ASKED, WHY)
    report = new_domain(provisioned.edges, EXAMPLE, ASKED)
    assert not report.changed
    assert report.standing.of(user.sender) == PAUSED
    assert (provisioned.aws.paused_sets == {SET}, is_denied(provisioned)) == (user == MAIN, user == SHOP)
    assert any(f"({WHY})" in step and "`provisioner resume example.com" in step for step in report.next_steps)


def test_a_domain_that_somebody_paused_on_aws_stays_paused(provisioned: World) -> None:
    paused_by_hand(provisioned)
    report = new_domain(provisioned.edges, EXAMPLE, ASKED)
    assert not report.spec.sending_enabled
    assert report.to_document(with_secret=False)["sending"] == {"enabled": False, "since": None, "reason": None}
    assert provisioned.aws.paused_sets == {SET}


def test_a_domain_that_somebody_paused_on_aws_is_resumed_here_and_gets_no_invented_date(provisioned: World) -> None:
    paused_by_hand(provisioned)
    assert pause(provisioned.edges, MAIN, ASKED, WHY).standing == Standing(Grade.PAUSED, None, WHY)
    assert resume(provisioned.edges, MAIN, ASKED).changed
    assert provisioned.aws.paused_sets == set()


def test_a_plan_and_a_drift_say_that_it_is_paused_and_call_it_no_change(provisioned: World) -> None:
    paused_by_hand(provisioned)
    planned = plan_domain(provisioned.edges, EXAMPLE, ASKED)
    assert planned.plan.empty
    assert not planned.report.standing.domain.may_send
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(1, Stop()))
    assert (found.differences, found.standing.domain.may_send) == ((), False)
    assert [(one.attribute, one.found) for one in found.on_purpose] == [("sending_options.0.sending_enabled", False)]


@pytest.mark.parametrize(
    "act", [paused_by_hand, paused_with_us, paused_as_a_sender, resumed_with_us], ids=lambda a: a.__name__
)
def test_terraform_is_told_the_tags_that_the_identity_has_and_so_changes_nothing(
    provisioned: World, act: Callable[[World], None]
) -> None:
    act(provisioned)
    spec = plan_domain(provisioned.edges, EXAMPLE, ASKED).report.spec
    assert {**spec.tags, **spec.identity_tags} == provisioned.aws.identities["example.com"].tags


@pytest.mark.parametrize("user", [MAIN, SHOP], ids=str)
def test_a_lost_home_finds_since_when_and_why(provisioned: World, user: SmtpUser) -> None:
    pause(provisioned.edges, user, ASKED, WHY)
    provisioned.workspaces.spaces.clear()
    provisioned.terraform.state.clear()
    assert new_domain(provisioned.edges, EXAMPLE, ASKED).standing.of(user.sender) == PAUSED


def test_a_home_that_knows_nothing_of_a_domain_can_pause_it(provisioned: World) -> None:
    provisioned.workspaces.spaces.clear()
    assert pause(provisioned.edges, SHOP, ASKED, WHY).changed
    assert is_denied(provisioned)


def test_a_configuration_set_that_somebody_deleted_is_made_paused(provisioned: World) -> None:
    pause(provisioned.edges, MAIN, ASKED, WHY)
    del provisioned.aws.set_tags[SET]
    provisioned.aws.paused_sets.clear()
    provisioned.terraform.state[provisioned.workspaces.spaces["example.com"].path].pop(
        "module.mail_domain.aws_sesv2_configuration_set.this"
    )
    assert new_domain(provisioned.edges, EXAMPLE, ASKED).standing.domain == PAUSED
    assert provisioned.aws.paused_sets == {SET}


def test_a_user_that_somebody_deleted_is_made_paused_before_it_has_a_key(provisioned: World) -> None:
    pause(provisioned.edges, SHOP, ASKED, WHY)
    state = provisioned.terraform.state[provisioned.workspaces.spaces["example.com"].path]
    for address in [address for address in state if address.startswith("module.sender")]:
        del state[address]
    del provisioned.aws.user_tags[USER]
    for policies in (provisioned.aws.policies, provisioned.aws.documents):
        for policy in [policy for policy in policies if policy.startswith(USER)]:
            del policies[policy]
    provisioned.aws.access_keys[USER].clear()
    denied_at_the_key: list[bool] = []
    make = provisioned.aws.create_key
    provisioned.aws.create_key = lambda user: (denied_at_the_key.append(is_denied(provisioned)), make(user))[1]  # type: ignore[method-assign]  # a witness
    assert new_domain(provisioned.edges, EXAMPLE, ASKED).standing.of("shop") == PAUSED
    assert denied_at_the_key == [True]


def test_what_was_switched_on_by_hand_is_resumed_and_the_tag_that_is_left_goes(provisioned: World) -> None:
    pause(provisioned.edges, MAIN, ASKED, WHY)
    pause(provisioned.edges, SHOP, ASKED, WHY)
    provisioned.aws.paused_sets.clear()
    del provisioned.aws.documents[f"{USER}:{PAUSE_POLICY}"]
    report = new_domain(provisioned.edges, EXAMPLE, ASKED)
    assert (report.standing.domain, report.standing.of("shop"), report.spec.sending_enabled) == (GOOD, GOOD, True)
    assert not is_denied(provisioned)
    assert not any(key.startswith("ProvisionerStanding") for key in report.spec.identity_tags)


def test_a_sender_that_is_paused_can_be_taken_away(provisioned: World) -> None:
    pause(provisioned.edges, SHOP, ASKED, WHY)
    new_domain(provisioned.edges, EXAMPLE, replace(ASKED, senders=SenderChange.parse([], ["shop"])))
    assert not is_denied(provisioned)
    assert USER not in provisioned.aws.user_tags


def test_a_domain_with_a_paused_sender_can_be_destroyed(provisioned: World) -> None:
    pause(provisioned.edges, SHOP, ASKED, WHY)
    destroy_domain(provisioned.edges, EXAMPLE, ASKED, Consent())
    assert not is_denied(provisioned)


def test_a_pause_holds_although_it_cannot_be_written_down(provisioned: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ProvisionerError("access_denied", "ses:TagResource: AccessDenied")

    monkeypatch.setattr(provisioned.aws, "tag", refuse)
    assert pause(provisioned.edges, MAIN, ASKED, WHY).changed
    assert provisioned.aws.paused_sets == {SET}
    assert any("ses:TagResource" in warning for warning in provisioned.progress.warnings)


def test_an_identity_with_no_room_for_a_tag_is_paused_all_the_same(provisioned: World) -> None:
    known = provisioned.aws.identities["example.com"]
    full = {**known.tags, **{f"Key{number}": "x" for number in range(50 - len(known.tags))}}
    provisioned.aws.identities["example.com"] = replace(known, tags=full)
    assert pause(provisioned.edges, MAIN, ASKED, WHY).changed
    assert provisioned.aws.paused_sets == {SET}
    assert "ProvisionerStanding" not in provisioned.aws.identities["example.com"].tags


def test_a_domain_that_is_not_ours_is_not_paused(provisioned: World) -> None:
    known = provisioned.aws.identities["example.com"]
    provisioned.aws.identities["example.com"] = replace(known, tags={"team": "web"})
    with pytest.raises(Refused, match="does not carry our tags"):
        pause(provisioned.edges, MAIN, ASKED, None)
    assert provisioned.aws.paused_sets == set()


def test_the_policy_of_a_pause_is_no_further_access(provisioned: World) -> None:
    pause(provisioned.edges, SHOP, ASKED, WHY)
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(1, Stop()))
    assert (found.drifted, found.findings) == (False, ())


def test_a_policy_of_that_name_that_allows_something_is_no_pause_and_is_told(provisioned: World) -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    provisioned.aws.put_policy(USER, PAUSE_POLICY, json.dumps({"Statement": [statement]}))
    assert status_of(provisioned.edges, EXAMPLE, None).standing.of("shop") == GOOD
    (found,) = drift(provisioned.edges, [EXAMPLE], Workers(1, Stop()))
    assert [finding.id for finding in found.findings] == ["iam.more_than_mail"]
    assert pause(provisioned.edges, SHOP, ASKED, WHY).changed
    assert status_of(provisioned.edges, EXAMPLE, None).standing.of("shop") == PAUSED


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(("user", "what"), [(MAIN, f"configuration set {SET}"), (SHOP, f"IAM user {USER}")])
def test_where_there_is_nothing_to_pause_nobody_is_told_that_it_is_or_would_be(
    provisioned: World, user: SmtpUser, what: str, dry_run: bool
) -> None:
    del provisioned.aws.set_tags[SET]
    del provisioned.aws.user_tags[USER]
    with pytest.raises(ProvisionerError, match=re.escape(f"{what} does not exist")):
        pause(provisioned.edges, user, ASKED, None, dry_run=dry_run)
    with pytest.raises(ProvisionerError, match=re.escape(f"{what} does not exist")):
        resume(provisioned.edges, user, ASKED, dry_run=dry_run)


def test_what_nobody_knows_is_bad_input(provisioned: World) -> None:
    with pytest.raises(InputError, match="knows nothing"):
        pause(provisioned.edges, SmtpUser(DomainName.parse("unknown.example")), ASKED, None)
    with pytest.raises(InputError, match="has no sender"):
        pause(provisioned.edges, SmtpUser(EXAMPLE, "nobody"), ASKED, None)


def test_what_a_command_last_saw_is_noted_for_those_that_ask_nobody(provisioned: World) -> None:
    space = provisioned.workspaces.spaces["example.com"]
    pause(provisioned.edges, SHOP, ASKED, WHY)
    assert space.standing is not None
    assert space.standing.paused_senders == ("shop",)
    paused_by_hand(provisioned)
    drift(provisioned.edges, [EXAMPLE], Workers(1, Stop()))
    assert not space.standing.domain.may_send
