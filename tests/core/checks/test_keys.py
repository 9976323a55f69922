"""The access keys of an SMTP user, one state a row."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from mail_users import KEY, NOW, SHOP, state

from provisioner.core.checks.catalogue import CHECKS, diagnose, expecting
from provisioner.core.checks.keys import faults, remarks
from provisioner.core.checks.policy import unseen
from provisioner.core.checks.smtp_users import check_keys, smtp_user
from provisioner.core.credentials.access_key import AccessKey, LastUse
from provisioner.core.credentials.credential import Replaced, SmtpCredential
from provisioner.core.credentials.holdings import Holding, removal
from provisioner.core.credentials.rotation import Kept, Rotation
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.credentials.unseen import Unseen
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret

DAY = timedelta(days=1)
DENIED = Unseen("iam:ListAccessKeys: AccessDenied: not authorized")
OURS, OFF = KEY, replace(KEY, active=False)
THEIRS = AccessKey("AKIATHEIRS", active=True, created=NOW - 40 * DAY)


def user(*keys: AccessKey, uses: Any = None, **changes: Any) -> SmtpUserState:
    used = {key.id: None for key in keys} | (uses or {})
    return state(SHOP, keys=keys, uses=used, **changes)


def used(days: float) -> LastUse:
    return LastUse(NOW - days * DAY, "ses", "us-east-1")


def of(given: SmtpUserState) -> list[tuple[str, str, str]]:
    return [(one.id, str(one.severity), one.subject) for one in faults(given, NOW)]


def test_a_user_with_one_stored_key_and_our_policy_is_as_it_should_be() -> None:
    assert list(smtp_user(user(OURS), NOW)) == []
    assert list(remarks(user(OURS, uses={"AKIAOURS": used(1)}), NOW)) == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (user(), [("key.gone", "error", "access key AKIAOURS")]),
        (user(stored=None), [("key.gone", "error", "IAM user example.com+shop")]),
        (user(OFF), [("key.inactive", "error", "access key AKIAOURS")]),
        (user(OURS, stored=None), [("key.not_stored", "error", "IAM user example.com+shop")]),
        (user(THEIRS), [("key.gone", "error", "access key AKIAOURS")]),
        (user(OURS, THEIRS), [("key.two", "warning", "access key AKIATHEIRS")]),
        (user(OURS, replace(THEIRS, created=NOW - DAY)), [("key.two", "info", "access key AKIATHEIRS")]),
        (user(OURS, replace(THEIRS, created=None)), [("key.two", "warning", "access key AKIATHEIRS")]),
        (user(OURS, THEIRS, uses={THEIRS.id: used(1)}), [("key.foreign_in_use", "warning", "access key AKIATHEIRS")]),
        (
            user(OURS, replace(THEIRS, created=NOW - DAY), uses={THEIRS.id: used(0)}),
            [("key.foreign_in_use", "warning", "access key AKIATHEIRS")],
        ),
        (user(OURS, THEIRS, uses={THEIRS.id: used(90)}), [("key.two", "warning", "access key AKIATHEIRS")]),
        (user(OURS, THEIRS, uses={THEIRS.id: DENIED}), [("key.two", "warning", "access key AKIATHEIRS")]),
        (
            user(OURS, replace(THEIRS, active=False), uses={THEIRS.id: used(1)}),
            [("key.two", "warning", "access key AKIATHEIRS")],
        ),
        (
            user(OFF, THEIRS),
            [("key.inactive", "error", "access key AKIAOURS"), ("key.two", "warning", "access key AKIATHEIRS")],
        ),
        (user(OURS, stored=Unseen("corrupt")), []),
        (state(SHOP, keys=DENIED), []),
    ],
    ids=[
        "no key",
        "no key and none stored",
        "switched off",
        "none stored",
        "the stored one is not among them",
        "a second key",
        "a second key of yesterday",
        "a second key of nobody knows when",
        "a second key that is in use",
        "a second key of yesterday that is in use",
        "a second key that was in use long ago",
        "a second key of whose use nobody knows",
        "a second key that is off",
        "the stored one off beside another",
        "a store that cannot be read",
        "keys that nobody may list",
    ],
)
def test_each_state_of_the_keys_is_named(given: SmtpUserState, found: list[tuple[str, str, str]]) -> None:
    assert of(given) == found


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (user(OURS, THEIRS, uses={THEIRS.id: used(1)}), "last used 2026-11-27 12:00 UTC at ses in us-east-1"),
        (user(OURS, THEIRS), "it was never used; that of AKIAOURS is stored"),
        (user(OURS, THEIRS, uses={THEIRS.id: DENIED}), "nobody knows when it was last used"),
        (user(THEIRS), "IAM user example.com+shop has no such access key, but AKIATHEIRS, whose secret is not held"),
        (
            user(OFF),
            f"aws iam update-access-key --user-name example.com+shop --access-key-id {OURS.id} --status Active",
        ),
        (user(), "`provisioner new-domain example.com` makes a new one, with another password"),
    ],
)
def test_a_finding_about_a_key_says_what_iam_knows_of_it(given: SmtpUserState, words: str) -> None:
    (finding,) = faults(given, NOW)
    assert words in f"{finding.message}; {finding.remedy}"


@pytest.mark.parametrize(
    ("given", "due", "found"),
    [
        (user(replace(OURS, created=NOW - 365 * DAY), uses={KEY.id: used(1)}), None, [("key.old", "info")]),
        (user(replace(OURS, created=NOW - 364 * DAY), uses={KEY.id: used(1)}), None, []),
        (user(replace(OURS, created=NOW - 91 * DAY), uses={KEY.id: used(1)}), 90 * DAY, [("key.old", "warning")]),
        (user(replace(OURS, created=NOW - 89 * DAY), uses={KEY.id: used(1)}), 90 * DAY, []),
        (user(replace(OURS, created=None), uses={KEY.id: None}), None, []),
        (user(OURS), None, [("key.unused", "info")]),
        (user(replace(OURS, created=NOW - 2 * DAY)), None, []),
        (user(OURS, uses={KEY.id: DENIED}), None, []),
        (user(OFF), None, []),
        (user(), None, []),
        (state(SHOP, keys=DENIED), None, []),
        (user(replace(OURS, created=NOW - 400 * DAY)), None, [("key.old", "info"), ("key.unused", "info")]),
    ],
    ids=[
        "a year old",
        "not a year old",
        "due",
        "not due",
        "of nobody knows when",
        "never used in a month",
        "never used, and new",
        "nobody knows of its use",
        "switched off",
        "gone",
        "nobody may list them",
        "old and never used",
    ],
)
def test_the_age_and_the_use_of_the_stored_key_are_worth_a_remark(
    given: SmtpUserState, due: timedelta | None, found: list[tuple[str, str]]
) -> None:
    assert [(one.id, str(one.severity)) for one in remarks(given, NOW, due)] == found


def test_what_could_not_be_looked_at_is_neither_there_nor_absent() -> None:
    given = state(SHOP, groups=Unseen("iam:ListGroupsForUser: AccessDenied: not authorized"))
    (finding,) = smtp_user(given, NOW)
    assert (finding.id, str(finding.severity)) == ("check.not_run", "warning")
    assert finding.message == "nobody looked at its group: iam:ListGroupsForUser: AccessDenied: not authorized"


def test_keys_and_a_store_that_nobody_could_look_at_are_said_once_each() -> None:
    given = state(SHOP, keys=DENIED, stored=Unseen("the file is torn"))
    assert [one.message for one in unseen(given)] == [
        "nobody looked at its access keys: iam:ListAccessKeys: AccessDenied: not authorized",
        "nobody looked at its stored credential: the file is torn",
    ]


def test_everything_that_keeps_iam_from_deleting_a_user_has_a_command_that_takes_it_away() -> None:
    assert {removal("u", holding, "x").split()[2] for holding in Holding} == {
        "delete-user-policy",
        "detach-user-policy",
        "remove-user-from-group",
        "delete-login-profile",
        "deactivate-mfa-device",
        "delete-ssh-public-key",
        "delete-service-specific-credential",
        "delete-signing-certificate",
    }


def stored(key_id: str, replaces: str | None = None) -> SmtpCredential:
    made = SmtpCredential.derived(SHOP, Region.parse("us-east-1"), key_id, Secret("some+secret+key"))
    return replace(made, replaces=Replaced(replaces, datetime(2026, 1, 1, tzinfo=UTC)) if replaces else None)


NEW = AccessKey("AKIANEW", active=True, created=NOW)
PREPARED = Kept(stored("AKIAOURS"), stored("AKIANEW"))
CONFIRMED = Kept(stored("AKIANEW", replaces="AKIAOURS"), None, stored("AKIAOURS"))


def rotating(kept: Kept, keys: tuple[AccessKey, ...]) -> SmtpUserState:
    assert kept.current is not None
    return user(*keys, stored=kept.current.user_name, rotation=Rotation(SHOP, kept, keys))


@pytest.mark.parametrize(
    ("kept", "keys", "found"),
    [
        (PREPARED, (OURS, NEW), []),
        (CONFIRMED, (OURS, NEW), []),
        (CONFIRMED, (OFF, NEW), []),
        (CONFIRMED, (NEW,), []),
        (CONFIRMED, (NEW, THEIRS), [("key.two", "warning", "access key AKIATHEIRS")]),
        (PREPARED, (OFF, NEW), [("key.inactive", "error", "access key AKIAOURS")]),
        (PREPARED, (NEW,), [("key.gone", "error", "access key AKIAOURS")]),
        (CONFIRMED, (OURS,), [("key.gone", "error", "access key AKIANEW")]),
    ],
)
def test_the_two_keys_of_a_rotation_are_as_they_should_be_while_the_one_in_use_works(
    kept: Kept, keys: tuple[AccessKey, ...], found: list[tuple[str, str, str]]
) -> None:
    assert of(rotating(kept, keys)) == found


@pytest.mark.parametrize(
    ("kept", "keys", "stage", "next_step"),
    [
        (PREPARED, (OURS, NEW), "prepared", "--confirm"),
        (CONFIRMED, (OURS, NEW), "confirmed", "--retire"),
        (CONFIRMED, (OFF, NEW), "retiring", "--retire"),
    ],
)
def test_a_rotation_that_is_under_way_is_told_with_its_stage_and_the_next_step(
    kept: Kept, keys: tuple[AccessKey, ...], stage: str, next_step: str
) -> None:
    (finding,) = remarks(rotating(kept, keys), NOW)
    assert (finding.id, str(finding.severity), finding.evidence["stage"]) == ("key.rotation", "info", stage)
    assert finding.message == f"its password is being replaced ({stage}): AKIAOURS by AKIANEW"
    assert next_step in finding.remedy


@pytest.mark.parametrize(("kept", "left", "step"), [(PREPARED, NEW, "--confirm"), (CONFIRMED, OURS, "--cancel")])
def test_where_the_key_in_use_is_gone_the_step_is_named_that_puts_the_other_in_its_place(
    kept: Kept, left: AccessKey, step: str
) -> None:
    (finding,) = faults(rotating(kept, (left,)), NOW)
    assert finding.command == ("credentials", "rotate", "example.com", "--sender", "shop", step)
    assert f"`provisioner credentials rotate example.com --sender shop {step}`" in finding.remedy


def test_who_wants_keys_replaced_at_an_age_is_warned_of_older_ones(observed: Any) -> None:
    checks = [check for check in CHECKS if check.run is check_keys]
    old = observed(users=[user(replace(OURS, created=NOW - 91 * DAY), uses={KEY.id: used(1)})])
    assert diagnose(replace(old, now=NOW), checks) == ()
    (warned,) = diagnose(replace(old, now=NOW), expecting(checks, production=False, due=90 * DAY))
    assert (warned.id, str(warned.severity)) == ("key.old", "warning")
