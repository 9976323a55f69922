"""How far a rotation is, by what is stored and which keys there are: one state a row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.credential import Replaced, SmtpCredential
from provisioner.core.credentials.rotation import Kept, Rotation, Stage, is_due, left_of_grace, under_way
from provisioner.core.credentials.rotation_report import brief_step, next_steps
from provisioner.core.values.domain import DomainName
from provisioner.core.values.duration import in_words
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser

USER = SmtpUser(DomainName.parse("example.com"), "shop")
AT = datetime(2026, 11, 28, 12, tzinfo=UTC)


def credential(key_id: str, replaces: str | None = None) -> SmtpCredential:
    made = SmtpCredential.derived(USER, Region.parse("us-east-1"), key_id, Secret("some+secret+key"))
    return replace(made, replaces=Replaced(replaces, AT) if replaces else None)


OLD, NEW, LATER = credential("OLD"), credential("NEW"), credential("NEW", replaces="OLD")
OFF = replace(OLD, switched_off_at=AT)
OLD_KEY, NEW_KEY, OTHER_KEY = (AccessKey(name, active=True) for name in ("OLD", "NEW", "OTHER"))
OLD_KEY_OFF = replace(OLD_KEY, active=False)


@pytest.mark.parametrize(
    ("kept", "keys", "stage", "names"),
    [
        (Kept(None), (), Stage.NONE, (None, None)),
        (Kept(OLD), (OLD_KEY,), Stage.NONE, ("OLD", None)),
        (Kept(OLD, NEW), (OLD_KEY, NEW_KEY), Stage.PREPARED, ("OLD", "NEW")),
        (Kept(OLD, NEW), (NEW_KEY,), Stage.PREPARED, ("OLD", "NEW")),
        (Kept(None, NEW), (OLD_KEY, NEW_KEY), Stage.PREPARED, (None, "NEW")),
        (Kept(OLD, NEW), (OLD_KEY,), Stage.NONE, ("OLD", None)),
        (Kept(OLD, NEW, OLD), (OLD_KEY, NEW_KEY), Stage.PREPARED, ("OLD", "NEW")),
        (Kept(LATER, NEW, OLD), (OLD_KEY, NEW_KEY), Stage.CONFIRMED, ("OLD", "NEW")),
        (Kept(LATER, None, OLD), (OLD_KEY, NEW_KEY), Stage.CONFIRMED, ("OLD", "NEW")),
        (Kept(LATER, None, OFF), (OLD_KEY, NEW_KEY), Stage.CONFIRMED, ("OLD", "NEW")),
        (Kept(LATER, None, OFF), (OLD_KEY_OFF, NEW_KEY), Stage.RETIRING, ("OLD", "NEW")),
        (Kept(LATER, None, OLD), (OLD_KEY_OFF, NEW_KEY), Stage.RETIRING, ("OLD", "NEW")),
        (Kept(LATER, None, OFF), (NEW_KEY,), Stage.DONE, ("OLD", "NEW")),
        (Kept(LATER), (NEW_KEY,), Stage.DONE, ("OLD", "NEW")),
        (Kept(NEW, None, OLD), (NEW_KEY, OLD_KEY), Stage.NONE, ("NEW", None)),
        (Kept(OLD, None, LATER), (OLD_KEY, NEW_KEY), Stage.NONE, ("OLD", None)),
        (Kept(OLD, NEW), None, Stage.PREPARED, ("OLD", "NEW")),
        (Kept(LATER, None, OLD), None, Stage.CONFIRMED, ("OLD", "NEW")),
        (Kept(LATER, None, OFF), None, Stage.RETIRING, ("OLD", "NEW")),
        (Kept(LATER), None, Stage.DONE, ("OLD", "NEW")),
    ],
)
def test_the_stage_follows_from_what_is_stored_and_which_keys_there_are(
    kept: Kept, keys: tuple[AccessKey, ...] | None, stage: Stage, names: tuple[str | None, str | None]
) -> None:
    seen = Rotation(USER, kept, keys)
    assert (seen.stage, (seen.old_user_name, seen.new_user_name)) == (stage, names)


@pytest.mark.parametrize(
    ("kept", "keys", "others"),
    [
        (Kept(OLD), (OLD_KEY, OTHER_KEY), ("OTHER",)),
        (Kept(OLD, NEW), (OLD_KEY, NEW_KEY), ()),
        (Kept(LATER, None, OLD), (OLD_KEY, NEW_KEY), ()),
        (Kept(NEW, None, OLD), (OLD_KEY, NEW_KEY), ("OLD",)),
        (Kept(None), (OTHER_KEY,), ("OTHER",)),
    ],
)
def test_a_key_that_no_credential_of_the_rotation_has_is_another_s(
    kept: Kept, keys: tuple[AccessKey, ...], others: tuple[str, ...]
) -> None:
    assert Rotation(USER, kept, keys).others == others


def test_the_old_key_goes_when_the_time_is_over() -> None:
    day, hour = timedelta(days=1), timedelta(hours=1)
    assert left_of_grace(AT, day, AT + hour) == 23 * hour
    assert left_of_grace(AT, day, AT + day) == timedelta(0)
    assert left_of_grace(AT, day, AT + 2 * day) == timedelta(0)
    assert left_of_grace(AT, day, AT - hour) == 25 * hour  # the clock that switched it off was ahead of this one


@pytest.mark.parametrize(
    ("key", "due"),
    [
        (AccessKey("A", active=True, created=AT - timedelta(days=90)), True),
        (AccessKey("A", active=True, created=AT - timedelta(days=89)), False),
        (AccessKey("A", active=True), False),
        (None, False),
    ],
)
def test_a_key_is_due_by_its_age_as_far_as_it_is_known(key: AccessKey | None, due: bool) -> None:
    assert is_due(key, timedelta(days=90), AT) is due


def test_of_a_fleet_the_key_that_is_to_be_replaced_counts() -> None:
    assert Rotation(USER, Kept(OLD), (OLD_KEY,)).aging == OLD_KEY
    assert Rotation(USER, Kept(OLD, NEW), (OLD_KEY, NEW_KEY)).aging == OLD_KEY
    assert Rotation(USER, Kept(LATER, None, OLD), (OLD_KEY, NEW_KEY)).aging == OLD_KEY
    assert Rotation(USER, Kept(LATER), (NEW_KEY,)).aging == NEW_KEY


def test_the_domain_s_own_user_is_told_before_its_senders() -> None:
    stages = {"shop": Stage.CONFIRMED, "blog": Stage.DONE, None: Stage.PREPARED, "app": Stage.RETIRING}
    assert [name for name, _ in under_way(stages)] == [None, "app", "shop"]


def test_each_stage_says_what_comes_next_with_the_command_for_it() -> None:
    rotate = "`provisioner credentials rotate example.com --sender shop"
    seen = {
        "none": Rotation(USER, Kept(OLD), (OLD_KEY,)),
        "prepared": Rotation(USER, Kept(OLD, NEW), (OLD_KEY, NEW_KEY)),
        "confirmed": Rotation(USER, Kept(LATER, None, OLD), (OLD_KEY, NEW_KEY)),
        "retiring": Rotation(USER, Kept(LATER, None, OFF), (OLD_KEY_OFF, NEW_KEY)),
    }
    told = {name: " ".join(next_steps(one, timedelta(hours=3))) for name, one in seen.items()}
    assert f"{rotate} --prepare`" in told["none"]
    assert f"{rotate} --confirm`" in told["prepared"]
    assert "export example.com --sender shop --pending`" in told["prepared"]
    assert f"{rotate} --retire` switches it off" in told["confirmed"]
    assert f"{rotate} --retire` deletes it in 3h" in told["retiring"]
    assert all(f"{rotate} --cancel`" in told[name] for name in ("prepared", "confirmed", "retiring"))
    assert "deletes it now" in " ".join(next_steps(seen["retiring"], timedelta(0)))


@pytest.mark.parametrize(
    ("kept", "keys", "words"),
    [
        (Kept(OLD, NEW), (OLD_KEY, NEW_KEY), "is being replaced (prepared)"),
        (Kept(OLD, NEW), (NEW_KEY,), "--confirm`"),
        (Kept(LATER, None, OFF), (OLD_KEY_OFF,), "--cancel`"),
    ],
)
def test_commands_about_other_things_say_in_one_step_that_a_password_is_being_replaced(
    kept: Kept, keys: tuple[AccessKey, ...], words: str
) -> None:
    assert words in str(brief_step(Rotation(USER, kept, keys)))


def test_nothing_is_said_where_nothing_is_under_way() -> None:
    assert brief_step(Rotation(USER, Kept(LATER), (NEW_KEY,))) is None
    assert brief_step(Rotation(USER, Kept(OLD), (OLD_KEY,))) is None


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (timedelta(hours=23, minutes=9, seconds=1), "23h10m"),
        (timedelta(days=2), "2d"),
        (timedelta(seconds=1), "1m"),
        (timedelta(days=1, minutes=1), "1d1m"),
    ],
)
def test_what_is_left_is_told_to_the_minute(duration: timedelta, words: str) -> None:
    assert in_words(duration) == words
