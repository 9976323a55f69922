"""Replacing an SMTP password: the four steps, what each is refused for, and what the others make of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.world import World

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.senders import SenderChange
from provisioner.core.credentials.rotation import Stage
from provisioner.core.credentials.rotation_report import Rotated, Use
from provisioner.core.credentials.slot import Slot
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, ProvisionerError, Refused
from provisioner.usecases.credentials.rotate import Step, Wish, rotate
from provisioner.usecases.credentials.stored import pending_credentials
from provisioner.usecases.drift import drift
from provisioner.usecases.home import list_domains
from provisioner.usecases.mail_domain.destroy_domain import Consent, destroy_domain
from provisioner.usecases.mail_domain.new_domain import new_domain
from provisioner.usecases.mail_domain.pause import pause, resume
from provisioner.usecases.parallel.stopping import Stop
from provisioner.usecases.parallel.workers import Workers

EXAMPLE = DomainName.parse("example.com")
USER, SHOP = SmtpUser(EXAMPLE), SmtpUser(EXAMPLE, "shop")
ASKED = Asked(default_region=Region.parse("us-east-1"), senders=SenderChange.parse(["shop=orders"], []))
OLD, NEW = "AKIA0000000000000001", "AKIA0000000000000002"
PREPARE, CONFIRM, RETIRE, CANCEL = Step
Deletion = tuple[tuple[Step, ...], str]  # of which key, after which steps

REFUSED = (535, "Authentication Credentials Invalid")


@pytest.fixture
def made(world: World) -> World:
    """A domain with a sender, a hundred days old."""
    world.aws.now = world.clock.now
    new_domain(world.edges, EXAMPLE, ASKED)
    world.clock.sleep(timedelta(days=100).total_seconds())
    return world


@pytest.fixture
def step(made: World) -> Callable[..., Rotated]:
    """Take steps, one after the other, and return what the last one said."""

    def take(*steps: Step | None, user: SmtpUser = USER, wish: Wish | None = None) -> Rotated:
        done = [rotate(made.edges, user, replace(wish or Wish(None), step=one)) for one in steps]
        return done[-1]

    return take


def a_day(world: World) -> None:
    world.clock.sleep(timedelta(hours=24).total_seconds())


def stored(world: World, user: SmtpUser = USER) -> list[str | None]:
    """The ids of what is current, pending and previous."""
    held = [world.store.load(user, slot) for slot in (Slot.CURRENT, Slot.PENDING, Slot.PREVIOUS)]
    return [one.user_name if one else None for one in held]


def keys(world: World, user: SmtpUser = USER) -> dict[str, bool]:
    return {key.id: key.active for key in world.aws.keys(user.iam_user)}


def delete(world: World, take: Callable[..., Rotated], deletion: Deletion) -> None:
    """Take the steps, and let somebody delete a key then."""
    take(*deletion[0])
    world.aws.delete_key("example.com", deletion[1])


def refused(take: Callable[..., Rotated], *steps: Step, wish: Wish | None = None) -> Refused:
    take(*steps[:-1]) if steps[:-1] else None
    with pytest.raises(Refused) as caught:
        take(steps[-1], wish=wish)
    return caught.value


def test_a_look_says_which_key_there_is_and_when_it_was_last_used(made: World, step: Callable[..., Rotated]) -> None:
    made.aws.was_used(OLD, made.clock.now())
    done = step(None)
    document = done.to_document(with_secret=True)
    assert (document["stage"], document["old_user_name"], document["new_user_name"]) == ("none", OLD, None)
    assert (document["old_last_used"], document["old_use"]) == ("1970-04-11T00:00:00+00:00", "used")
    assert ("smtp" in document, document["changed"]) == (False, False)
    assert "--prepare`" in document["next_steps"][0]


def test_a_second_key_is_made_and_its_password_handed_over_while_the_first_stays_the_default(
    made: World, step: Callable[..., Rotated]
) -> None:
    document = step(PREPARE).to_document(with_secret=True)
    assert (document["stage"], document["old_user_name"], document["new_user_name"]) == ("prepared", OLD, NEW)
    assert stored(made) == [OLD, NEW, None]
    assert keys(made) == {OLD: True, NEW: True}
    assert document["smtp"] == {
        "host": "email-smtp.us-east-1.amazonaws.com",
        "port": 587,
        "security": "starttls",
        "user_name": NEW,
        "iam_user": "example.com",
        "stored_in": "file:credentials/example.com/smtp.json.pending",
        "password": made.store.beside[Slot.PENDING]["example.com"].password.reveal(),
    }
    assert document["smtp"]["password"] != made.store.kept["example.com"].password.reveal()
    assert [one.user_name for one in pending_credentials(made.edges, [EXAMPLE])] == [NEW]


def test_preparing_again_hands_the_same_password_out_again(made: World, step: Callable[..., Rotated]) -> None:
    first, second = step(PREPARE), step(PREPARE)
    assert (first.changed, second.changed) == (True, False)
    assert second.handed == first.handed
    assert keys(made) == {OLD: True, NEW: True}


def test_a_new_password_that_logs_in_becomes_the_default(made: World, step: Callable[..., Rotated]) -> None:
    made.aws.was_used(OLD, made.clock.now())
    step(PREPARE)
    a_day(made)
    document = step(CONFIRM).to_document(with_secret=True)
    assert [(endpoint.port, name) for endpoint, name, _ in made.mailer.logins] == [(587, NEW)]
    assert (document["stage"], document["old_last_used"]) == ("confirmed", "1970-04-11T00:00:00+00:00")
    assert document["confirmed_at"] == "1970-04-12T00:00:00+00:00"
    assert "smtp" not in document
    assert stored(made) == [NEW, None, OLD]
    assert keys(made) == {OLD: True, NEW: True}
    assert step(CONFIRM).changed is False


def test_iam_s_consistency_is_waited_out_for_a_key_that_is_new(made: World, step: Callable[..., Rotated]) -> None:
    step(PREPARE)
    made.mailer.refuses_login(*REFUSED, times=3)
    assert step(CONFIRM).rotation.stage is Stage.CONFIRMED
    assert len(made.mailer.logins) == 4


def test_a_new_password_that_does_not_log_in_changes_nothing(made: World, step: Callable[..., Rotated]) -> None:
    step(PREPARE)
    a_day(made)
    made.mailer.refuses_login(*REFUSED)
    with pytest.raises(ProvisionerError, match="does not log in, and nothing was changed") as caught:
        step(CONFIRM)
    assert caught.value.code == "smtp_login_refused"
    assert "--cancel`" in caught.value.hint
    assert stored(made) == [OLD, NEW, None]
    assert len(made.mailer.logins) == 1


@pytest.mark.parametrize(
    "code", ["smtp_unreachable", "smtp_timeout", "smtp_no_starttls", "smtp_certificate", "smtp_certificate_time"]
)
def test_where_nobody_can_be_asked_nothing_is_confirmed(made: World, step: Callable[..., Rotated], code: str) -> None:
    step(PREPARE)
    made.mailer.fails(code)
    with pytest.raises(ProvisionerError) as caught:
        step(CONFIRM)
    assert caught.value.code == code
    assert stored(made) == [OLD, NEW, None]


@pytest.mark.parametrize("reply", [421, 451, 454])
def test_a_server_that_has_no_time_now_is_to_be_asked_again_later(
    made: World, step: Callable[..., Rotated], reply: int
) -> None:
    step(PREPARE)
    a_day(made)
    made.mailer.refuses_login(reply, "Temporary authentication failure")
    with pytest.raises(ProvisionerError) as caught:
        step(CONFIRM)
    assert "--confirm` later" in caught.value.hint
    assert stored(made) == [OLD, NEW, None]


def test_a_new_key_that_somebody_switched_off_is_named_with_the_command_that_switches_it_on(
    made: World, step: Callable[..., Rotated]
) -> None:
    step(PREPARE)
    made.aws.switch_key("example.com", NEW, active=False)
    made.mailer.refuses_login(*REFUSED)
    with pytest.raises(ProvisionerError) as caught:
        step(CONFIRM)
    assert f"--access-key-id {NEW} --status Active" in caught.value.hint


def test_the_old_key_is_switched_off_first_and_deleted_after_a_day(made: World, step: Callable[..., Rotated]) -> None:
    off = step(PREPARE, CONFIRM, RETIRE)
    assert (off.rotation.stage, off.left) == (Stage.RETIRING, timedelta(hours=24))
    assert keys(made) == {OLD: False, NEW: True}
    made.clock.sleep(3600)
    again = step(RETIRE)
    assert (again.changed, again.left) == (False, timedelta(hours=23))
    assert "deletes it in 23h" in again.next_steps[0]
    a_day(made)
    done = step(RETIRE)
    assert (done.rotation.stage, done.changed) == (Stage.DONE, True)
    assert (keys(made), stored(made)) == ({NEW: True}, [NEW, None, None])
    assert (step(RETIRE).changed, step(None).rotation.stage) == (False, Stage.DONE)


def test_the_time_that_the_old_key_stays_off_is_the_user_s_choice(made: World, step: Callable[..., Rotated]) -> None:
    step(PREPARE, CONFIRM, RETIRE)
    a_day(made)
    longer = Wish(None, grace=timedelta(hours=48))
    assert step(RETIRE, wish=longer).left == timedelta(hours=24)
    assert step(RETIRE, wish=Wish(None, grace=timedelta(0))).rotation.stage is Stage.DONE


def test_an_old_key_that_somebody_switched_off_stays_off_for_its_time_from_now_on(
    made: World, step: Callable[..., Rotated]
) -> None:
    step(PREPARE, CONFIRM)
    made.aws.switch_key("example.com", OLD, active=False)
    a_day(made)
    assert step(RETIRE).left == timedelta(hours=24)


def test_an_old_key_that_is_still_used_is_not_switched_off(made: World, step: Callable[..., Rotated]) -> None:
    step(PREPARE, CONFIRM)
    made.clock.sleep(60)
    made.aws.was_used(OLD, made.clock.now())
    refusal = refused(step, RETIRE)
    assert refusal.code == "old_key_in_use"
    assert "--yes-it-sends" in refusal.hint
    assert keys(made) == {OLD: True, NEW: True}
    assert step(RETIRE, wish=Wish(None, though_used=True)).rotation.stage is Stage.RETIRING


def test_an_old_key_that_was_used_before_the_new_one_was_confirmed_is_switched_off(
    made: World, step: Callable[..., Rotated]
) -> None:
    made.aws.was_used(OLD, made.clock.now())
    assert step(PREPARE, CONFIRM, RETIRE).rotation.stage is Stage.RETIRING


@pytest.mark.parametrize("mute", ["does_not_allow", "does_not_say"])
def test_whether_the_old_key_is_used_must_be_known_before_it_is_switched_off(
    made: World, step: Callable[..., Rotated], mute: str
) -> None:
    getattr(made.aws, mute)("last_use")
    done = step(PREPARE, CONFIRM)
    assert (done.old_use.use, done.to_document(with_secret=False)["old_last_used"]) == (Use.UNKNOWN, None)
    assert refused(step, RETIRE).code == "use_unknown"
    assert step(RETIRE, wish=Wish(None, though_used=True)).rotation.stage is Stage.RETIRING


@pytest.mark.parametrize(
    ("before", "switched"), [((PREPARE,), False), ((PREPARE, CONFIRM), False), ((PREPARE, CONFIRM, RETIRE), True)]
)
def test_going_back_ends_where_it_began(
    made: World, step: Callable[..., Rotated], before: tuple[Step, ...], switched: bool
) -> None:
    began = made.store.kept["example.com"]
    step(*before)
    assert (keys(made)[OLD] is False) is switched
    done = step(CANCEL)
    assert (done.rotation.stage, done.changed) == (Stage.NONE, True)
    assert (keys(made), stored(made)) == ({OLD: True}, [OLD, None, None])
    assert made.store.kept["example.com"] == began
    assert step(CANCEL).changed is False


@pytest.mark.parametrize("before", [(PREPARE,), (PREPARE, CONFIRM)])
def test_whoever_has_the_new_password_already_is_told_of_when_it_is_taken_back(
    made: World, step: Callable[..., Rotated], before: tuple[Step, ...]
) -> None:
    step(*before)
    made.clock.sleep(60)
    made.aws.was_used(NEW, made.clock.now())
    step(CANCEL)
    assert any(f"{NEW} was used at" in warning for warning in made.progress.warnings)


def test_our_own_login_at_the_confirm_is_nobody_s_use(made: World, step: Callable[..., Rotated]) -> None:
    step(PREPARE)
    made.aws.was_used(NEW, made.clock.now())
    step(CONFIRM, CANCEL)
    assert made.progress.warnings == []


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ((CONFIRM,), "nothing_prepared"),
        ((RETIRE,), "nothing_to_retire"),
        ((PREPARE, RETIRE), "not_confirmed"),
        ((PREPARE, CONFIRM, PREPARE), "rotation_under_way"),
        ((PREPARE, CONFIRM, RETIRE, PREPARE), "rotation_under_way"),
    ],
)
def test_a_step_out_of_its_order_is_refused(
    made: World, step: Callable[..., Rotated], steps: tuple[Step, ...], code: str
) -> None:
    refusal = refused(step, *steps)
    assert (refusal.code, refusal.exit_code) == (code, 5)
    assert "`provisioner credentials rotate example.com --" in refusal.hint


def test_a_second_rotation_follows_a_first(made: World, step: Callable[..., Rotated]) -> None:
    step(PREPARE, CONFIRM, RETIRE)
    a_day(made)
    step(RETIRE, PREPARE, CONFIRM)
    assert stored(made) == ["AKIA0000000000000003", None, NEW]
    assert step(CANCEL).rotation.stage is Stage.DONE


def test_two_keys_that_are_there_already_are_refused_by_name(made: World, step: Callable[..., Rotated]) -> None:
    made.aws.has_key("example.com", "AKIATHEIRS")
    refusal = refused(step, PREPARE)
    assert refusal.code == "two_keys"
    assert "AKIATHEIRS" in refusal.message
    assert "aws iam delete-access-key --user-name example.com --access-key-id AKIATHEIRS" in refusal.hint
    assert keys(made) == {OLD: True, "AKIATHEIRS": True}


def test_a_key_that_somebody_switched_off_is_not_got_around_by_a_second_one(
    made: World, step: Callable[..., Rotated]
) -> None:
    made.aws.switch_key("example.com", OLD, active=False)
    refusal = refused(step, PREPARE)
    assert (refusal.code, list(keys(made))) == ("key_inactive", [OLD])


def test_a_second_key_whose_answer_was_lost_is_not_in_the_way(made: World, step: Callable[..., Rotated]) -> None:
    create, lost = made.aws.create_key, list[str]()

    def create_twice(user: str) -> object:
        """As AWS's SDK does when the answer to the first call is lost."""
        if not lost:
            lost.append(create(user)[0])
        return create(user)

    made.aws.create_key = create_twice  # type: ignore[method-assign,assignment]  # for this test only
    assert step(PREPARE).rotation.stage is Stage.PREPARED
    assert list(keys(made)) == [OLD, "AKIA0000000000000003"]


@pytest.mark.parametrize(
    ("deletion", "ask", "ends"),
    [
        (((PREPARE,), NEW), PREPARE, [OLD, "AKIA0000000000000003", None]),
        (((PREPARE,), NEW), CANCEL, [OLD, None, None]),
        (((PREPARE,), OLD), CONFIRM, [NEW, None, OLD]),
        (((PREPARE, CONFIRM), OLD), RETIRE, [NEW, None, None]),
        (((PREPARE, CONFIRM), NEW), CANCEL, [OLD, None, None]),
        (((PREPARE, CONFIRM, RETIRE), NEW), CANCEL, [OLD, None, None]),
        (((PREPARE, CONFIRM, RETIRE), OLD), RETIRE, [NEW, None, None]),
    ],
)
def test_a_key_that_is_deleted_behind_our_back_leaves_a_way_on(
    made: World, step: Callable[..., Rotated], deletion: Deletion, ask: Step, ends: list[str | None]
) -> None:
    delete(made, step, deletion)
    step(ask)
    assert stored(made) == ends
    assert keys(made)[str(ends[0])]


@pytest.mark.parametrize(
    ("deletion", "ask", "words"),
    [
        (((PREPARE,), OLD), CANCEL, "--confirm`"),
        (((PREPARE, CONFIRM), NEW), RETIRE, "--cancel`"),
        (((PREPARE, CONFIRM, RETIRE), NEW), RETIRE, "--cancel`"),
        (((PREPARE,), NEW), CONFIRM, "--prepare`"),
    ],
)
def test_no_step_takes_away_the_only_key_that_is_left(
    made: World, step: Callable[..., Rotated], deletion: Deletion, ask: Step, words: str
) -> None:
    delete(made, step, deletion)
    left = keys(made)
    assert words in refused(step, ask).hint
    assert keys(made) == left


@pytest.mark.parametrize("before", [(PREPARE,), (PREPARE, CONFIRM), (PREPARE, CONFIRM, RETIRE)])
def test_when_both_keys_are_gone_new_domain_makes_one(
    made: World, step: Callable[..., Rotated], before: tuple[Step, ...]
) -> None:
    step(*before)
    for key_id in (OLD, NEW):
        made.aws.delete_key("example.com", key_id)
    report = new_domain(made.edges, EXAMPLE, ASKED)
    assert report.smtp.credential is not None
    assert list(keys(made)) == [report.smtp.credential.user_name]
    assert step(None).rotation.stage is Stage.NONE
    assert step(PREPARE).rotation.stage is Stage.PREPARED


@pytest.mark.parametrize("before", [(PREPARE,), (PREPARE, CONFIRM), (PREPARE, CONFIRM, RETIRE)])
def test_new_domain_and_drift_in_the_middle_of_a_rotation_change_and_find_nothing(
    made: World, step: Callable[..., Rotated], before: tuple[Step, ...]
) -> None:
    step(*before)
    was = (keys(made), stored(made))
    report = new_domain(made.edges, EXAMPLE, ASKED)
    assert (report.changed, report.smtp.others, report.smtp.lost) == (False, (), ())
    assert any("is being replaced" in told for told in report.next_steps)
    (found,) = drift(made.edges, [EXAMPLE], Workers(1, Stop()))
    assert (found.error, found.findings, found.drifted) == (None, (), False)
    assert (keys(made), stored(made)) == was


@pytest.mark.parametrize(
    ("deletion", "words"), [(((PREPARE,), OLD), "--confirm`"), (((PREPARE, CONFIRM), NEW), "--cancel`")]
)
def test_when_the_key_in_use_is_gone_the_other_is_named_and_no_further_key_is_made(
    made: World, step: Callable[..., Rotated], deletion: Deletion, words: str
) -> None:
    delete(made, step, deletion)
    report = new_domain(made.edges, EXAMPLE, ASKED)
    assert (report.smtp.credential, report.smtp.lost) == (None, ())
    assert any(words in told for told in report.next_steps)
    (found,) = drift(made.edges, [EXAMPLE], Workers(1, Stop()))
    (finding,) = found.findings
    assert finding.id == "key.gone"
    assert words in finding.remedy
    assert len(keys(made)) == 1


def test_a_key_of_others_beside_a_rotation_is_still_told(made: World, step: Callable[..., Rotated]) -> None:
    step(PREPARE, CONFIRM)
    made.aws.delete_key("example.com", OLD)
    made.aws.has_key("example.com", "AKIATHEIRS")
    (found,) = drift(made.edges, [EXAMPLE], Workers(1, Stop()))
    assert [(finding.id, finding.subject) for finding in found.findings] == [("key.two", "access key AKIATHEIRS")]


def test_a_domain_that_is_destroyed_in_the_middle_leaves_no_password_behind(
    made: World, step: Callable[..., Rotated]
) -> None:
    step(PREPARE, CONFIRM)
    step(PREPARE, user=SHOP)
    destroy_domain(made.edges, EXAMPLE, ASKED, Consent(though_it_sends=True))
    assert (made.store.kept, made.store.beside) == ({}, {Slot.PENDING: {}, Slot.PREVIOUS: {}})
    assert (keys(made), keys(made, SHOP)) == ({}, {})


def test_a_sender_is_rotated_for_itself_and_a_pause_of_it_stays(made: World, step: Callable[..., Rotated]) -> None:
    step(PREPARE, user=SHOP)
    pause(made.edges, SHOP, ASKED, None)
    step(CONFIRM, RETIRE, user=SHOP)
    assert stored(made, SHOP) == [NEW, None, OLD]
    assert stored(made) == [OLD, None, None]
    assert new_domain(made.edges, EXAMPLE, ASKED).standing.paused_senders == ("shop",)
    resume(made.edges, SHOP, ASKED)
    a_day(made)
    assert step(RETIRE, user=SHOP).rotation.stage is Stage.DONE
    assert keys(made, SHOP) == {NEW: True}


def test_a_sender_that_is_not_there_has_no_password_to_be_replaced(made: World) -> None:
    with pytest.raises(ProvisionerError) as caught:
        rotate(made.edges, SmtpUser(DomainName.parse("example.org")), Wish(PREPARE))
    assert caught.value.code == "no_credential"
    with pytest.raises(InputError):
        pending_credentials(made.edges, [EXAMPLE], "shp")


def test_the_list_shows_who_has_two_keys(made: World, step: Callable[..., Rotated]) -> None:
    def listed() -> object:
        (known,) = list_domains(made.edges)
        return known.to_document()["rotations"]

    step(PREPARE, CONFIRM)
    step(PREPARE, user=SHOP)
    assert listed() == [{"sender": None, "stage": "confirmed"}, {"sender": "shop", "stage": "prepared"}]
    step(CANCEL, user=SHOP)
    assert listed() == [{"sender": None, "stage": "confirmed"}]
    made.aws.delete_key("example.com", OLD)  # as another home would see it retired
    drift(made.edges, [EXAMPLE], Workers(1, Stop()))
    assert listed() == []


@pytest.mark.parametrize("before", [(), (PREPARE,), (PREPARE, CONFIRM), (PREPARE, CONFIRM, RETIRE)])
@pytest.mark.parametrize("asked", Step)
def test_a_dry_run_says_what_a_step_would_do_and_does_nothing(
    made: World, step: Callable[..., Rotated], before: tuple[Step, ...], asked: Step
) -> None:
    step(*before) if before else None
    was = (keys(made), stored(made), list(made.mailer.logins))
    would, does = outcome(step, asked, dry_run=True), (keys(made), stored(made), list(made.mailer.logins))
    assert does == was
    assert outcome(step, asked, dry_run=False) == would


def outcome(take: Callable[..., Rotated], step: Step, *, dry_run: bool) -> str:
    try:
        return "changed" if take(step, wish=Wish(None, dry_run=dry_run)).changed else "unchanged"
    except Refused as refusal:
        return refusal.code


def test_a_dry_run_hands_nothing_over(step: Callable[..., Rotated]) -> None:
    step(PREPARE)
    assert step(PREPARE, wish=Wish(None, dry_run=True)).handed is None


def test_the_new_password_is_derived_for_the_region_that_the_domain_is_in(
    made: World, step: Callable[..., Rotated]
) -> None:
    elsewhere = replace(made.store.kept["example.com"], region="eu-west-1", host="email-smtp.eu-west-1.amazonaws.com")
    made.store.kept["example.com"] = elsewhere
    report = new_domain(made.edges, EXAMPLE, ASKED)
    assert any("derived for eu-west-1 and does not log in at us-east-1" in told for told in report.next_steps)
    handed = step(PREPARE).handed
    assert handed is not None
    assert (handed.credential.region, handed.credential.host) == ("us-east-1", "email-smtp.us-east-1.amazonaws.com")


def test_a_home_that_has_forgotten_the_domain_rotates_by_what_is_stored(
    made: World, step: Callable[..., Rotated]
) -> None:
    made.workspaces.spaces.clear()
    step(PREPARE, CONFIRM, RETIRE)
    assert stored(made) == [NEW, None, OLD]


def test_a_slot_that_cannot_be_read_is_an_error_of_a_rotation_and_no_loss(
    made: World, step: Callable[..., Rotated]
) -> None:
    step(PREPARE)
    made.store.is_corrupt()
    with pytest.raises(ProvisionerError) as caught:
        step(CANCEL)
    assert caught.value.code == "corrupt_credential"
    assert keys(made) == {OLD: True, NEW: True}


def test_a_key_that_somebody_makes_after_a_store_had_failed_is_no_orphan_of_ours(
    made: World, step: Callable[..., Rotated]
) -> None:
    made.store.breaks_on_save()
    with pytest.raises(ProvisionerError, match="no space"):
        step(PREPARE)
    assert keys(made) == {OLD: True}
    made.store.works()
    made.aws.has_key("example.com", "AKIATHEIRS")
    new_domain(made.edges, EXAMPLE, ASKED)
    assert refused(step, PREPARE).code == "two_keys"
    assert keys(made) == {OLD: True, "AKIATHEIRS": True}


def test_what_is_done_is_told_although_iam_does_not_answer_and_nothing_can_be_noted(
    made: World, step: Callable[..., Rotated], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ProvisionerError("unreachable", "the network is down")

    monkeypatch.setattr(made.aws, "last_use", fails)
    monkeypatch.setattr(made.workspaces.spaces["example.com"], "note_rotation", fails)
    done = step(PREPARE)
    assert done.handed is not None
    assert (done.old_use.use, done.old_use.why) == (Use.UNKNOWN, "the network is down")
    assert any("could not be noted" in warning for warning in made.progress.warnings)


def test_a_network_that_is_down_is_no_permission_that_is_missing(
    made: World, step: Callable[..., Rotated], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise ProvisionerError("unreachable", "the network is down")

    step(PREPARE, CONFIRM)
    monkeypatch.setattr(made.aws, "last_use", fails)
    with pytest.raises(ProvisionerError, match="the network is down") as caught:
        step(RETIRE)
    assert caught.value.code == "unreachable"
    assert keys(made) == {OLD: True, NEW: True}
