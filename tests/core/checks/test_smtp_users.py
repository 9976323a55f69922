"""What is wrong with an SMTP user, one state a row."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from provisioner.core.checks.smtp_users import smtp_user
from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.credential import Replaced, SmtpCredential
from provisioner.core.credentials.holdings import DECIDING, Holding, removal
from provisioner.core.credentials.rotation import Kept, Rotation
from provisioner.core.credentials.smtp_user_state import SmtpUserState, Unseen
from provisioner.core.findings import Severity
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser

USER = SmtpUser(DomainName.parse("example.com"), "shop")
OURS, THEIRS = AccessKey("AKIAOURS", active=True), AccessKey("AKIATHEIRS", active=True)
NOTHING: dict[Holding, tuple[str, ...] | Unseen] = dict.fromkeys(DECIDING, ())
RIGHT = SmtpUserState(USER, (OURS,), "AKIAOURS", NOTHING | {Holding.INLINE_POLICY: ("send-as-domain",)})


def test_a_user_with_one_stored_key_and_our_policy_is_as_it_should_be() -> None:
    assert smtp_user(RIGHT) == ()


@pytest.mark.parametrize(
    ("keys", "stored", "found"),
    [
        ((), "AKIAOURS", [("key.none", "IAM user example.com+shop")]),
        ((), None, [("key.none", "IAM user example.com+shop")]),
        ((replace(OURS, active=False),), "AKIAOURS", [("key.inactive", "access key AKIAOURS")]),
        ((THEIRS, OURS), "AKIAOURS", [("key.two", "access key AKIATHEIRS")]),
        ((OURS,), None, [("key.not_stored", "IAM user example.com+shop")]),
        ((THEIRS,), "AKIAOURS", [("key.not_stored", "IAM user example.com+shop")]),
        ((OURS,), Unseen("corrupt"), [("check.not_run", "IAM user example.com+shop")]),
        (Unseen("iam:ListAccessKeys: AccessDenied"), "AKIAOURS", [("check.not_run", "IAM user example.com+shop")]),
    ],
)
def test_each_state_of_the_keys_is_one_finding(
    keys: tuple[AccessKey, ...] | Unseen, stored: str | Unseen | None, found: list[tuple[str, str]]
) -> None:
    findings = smtp_user(replace(RIGHT, keys=keys, stored=stored))
    assert [(finding.id, finding.subject) for finding in findings] == found


@pytest.mark.parametrize(
    ("holding", "name", "id_", "remedy"),
    [
        (Holding.INLINE_POLICY, "all", "iam.further_policy", "delete-user-policy --user-name U --policy-name all"),
        (
            Holding.ATTACHED_POLICY,
            "arn:aws:iam::aws:policy/AdministratorAccess",
            "iam.further_policy",
            "detach-user-policy --user-name U --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
        ),
        (Holding.GROUP, "admins", "iam.group", "remove-user-from-group --user-name U --group-name admins"),
        (Holding.PASSWORD, "", "iam.console_password", "delete-login-profile --user-name U"),
    ],
)
def test_what_gives_the_user_more_than_mail_is_named_with_the_command_that_takes_it_away(
    holding: Holding, name: str, id_: str, remedy: str
) -> None:
    (finding,) = smtp_user(replace(RIGHT, held={**NOTHING, holding: (name,)}))
    assert (finding.id, finding.severity) == (id_, Severity.ERROR)
    assert finding.remedy == f"aws iam {remedy.replace(' U', ' example.com+shop')}"
    assert f"{holding} {name}".strip() in finding.message


def test_what_could_not_be_looked_at_is_neither_there_nor_absent() -> None:
    denied = Unseen("iam:ListGroupsForUser: AccessDenied: not authorized")
    (finding,) = smtp_user(replace(RIGHT, held={**RIGHT.held, Holding.GROUP: denied}))
    assert (finding.id, finding.severity) == ("check.not_run", Severity.WARNING)
    assert finding.message == "nobody looked at its group: iam:ListGroupsForUser: AccessDenied: not authorized"


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


def test_what_only_has_the_name_of_a_pause_is_not_ours() -> None:
    """A pause, which is known by what it says, is not among what a user holds: `usecases.credentials.held`."""
    named = {**RIGHT.held, Holding.INLINE_POLICY: ("send-as-domain", "sending-paused")}
    (finding,) = smtp_user(replace(RIGHT, held=named))
    assert (finding.id, finding.evidence["name"]) == ("iam.further_policy", "sending-paused")


def stored(key_id: str, replaces: str | None = None) -> SmtpCredential:
    made = SmtpCredential.derived(USER, Region.parse("us-east-1"), key_id, Secret("some+secret+key"))
    return replace(made, replaces=Replaced(replaces, datetime(2026, 1, 1, tzinfo=UTC)) if replaces else None)


NEW, OFF = AccessKey("AKIANEW", active=True), replace(OURS, active=False)
PREPARED = Kept(stored("AKIAOURS"), stored("AKIANEW"))
CONFIRMED = Kept(stored("AKIANEW", replaces="AKIAOURS"), None, stored("AKIAOURS"))


@pytest.mark.parametrize(
    ("kept", "keys", "found"),
    [
        (PREPARED, (OURS, NEW), []),
        (CONFIRMED, (OURS, NEW), []),
        (CONFIRMED, (OFF, NEW), []),
        (CONFIRMED, (NEW,), []),
        (CONFIRMED, (NEW, THEIRS), [("key.two", "access key AKIATHEIRS")]),
        (PREPARED, (OFF, NEW), [("key.inactive", "access key AKIAOURS")]),
        (PREPARED, (NEW,), [("key.current_gone", "IAM user example.com+shop")]),
        (CONFIRMED, (OURS,), [("key.current_gone", "IAM user example.com+shop")]),
    ],
)
def test_the_two_keys_of_a_rotation_are_as_they_should_be_while_the_one_in_use_works(
    kept: Kept, keys: tuple[AccessKey, ...], found: list[tuple[str, str]]
) -> None:
    assert kept.current is not None
    state = replace(RIGHT, keys=keys, stored=kept.current.user_name, rotation=Rotation(USER, kept, keys))
    assert [(finding.id, finding.subject) for finding in smtp_user(state)] == found


@pytest.mark.parametrize(("kept", "left", "step"), [(PREPARED, NEW, "--confirm"), (CONFIRMED, OURS, "--cancel")])
def test_where_the_key_in_use_is_gone_the_step_is_named_that_puts_the_other_in_its_place(
    kept: Kept, left: AccessKey, step: str
) -> None:
    assert kept.current is not None
    seen = Rotation(USER, kept, (left,))
    (finding,) = smtp_user(replace(RIGHT, keys=(left,), stored=kept.current.user_name, rotation=seen))
    assert finding.command == ("credentials", "rotate", "example.com", "--sender", "shop", step)
    assert f"`provisioner credentials rotate example.com --sender shop {step}`" in finding.remedy
