"""Users of IAM and their keys: the emulated ones, and stubbed answers for what the emulation cannot say."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from botocore.stub import Stubber

from provisioner.adapters.aws.iam import IamSmtpUsers
from provisioner.adapters.aws.session import AwsSession
from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.mail_domain.standing import PAUSE_DOCUMENT
from provisioner.core.values.resource_names import PAUSE_POLICY
from provisioner.errors import ProvisionerError

USER = "example.com"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
Stub = Callable[..., Stubber]


def test_a_user_that_does_not_exist_has_no_keys(emulated: AwsSession) -> None:
    assert IamSmtpUsers(emulated).keys(USER) == []


def test_keys_come_oldest_first_with_their_state(session: AwsSession, stub: Stub) -> None:
    new = {"AccessKeyId": "AKIANEWNEWNEWNEW", "Status": "Active", "CreateDate": datetime(2026, 2, 1, tzinfo=UTC)}
    old = {"AccessKeyId": "AKIAOLDOLDOLDOLD", "Status": "Inactive", "CreateDate": datetime(2025, 2, 1, tzinfo=UTC)}
    stub("iam").add_response("list_access_keys", {"AccessKeyMetadata": [new, old]})
    assert IamSmtpUsers(session).keys(USER) == [
        AccessKey("AKIAOLDOLDOLDOLD", active=False),
        AccessKey("AKIANEWNEWNEWNEW", active=True),
    ]


def test_a_key_is_made_and_deleted_again(emulated: AwsSession) -> None:
    emulated.client("iam").create_user(UserName=USER)
    users = IamSmtpUsers(emulated)
    key_id, secret = users.create_key(USER)
    assert users.keys(USER) == [AccessKey(key_id, active=True)]
    assert len(secret.reveal()) == 40
    assert secret.reveal() not in repr(secret)
    users.delete_key(USER, key_id)
    assert users.keys(USER) == []


def test_a_key_that_is_gone_already_is_deleted_without_complaint(emulated: AwsSession) -> None:
    emulated.client("iam").create_user(UserName=USER)
    IamSmtpUsers(emulated).delete_key(USER, KEY_ID)
    assert IamSmtpUsers(emulated).keys(USER) == []


def test_a_key_that_may_not_be_deleted_is_said(session: AwsSession, stub: Stub) -> None:
    stub("iam").add_client_error("delete_access_key", "AccessDenied", "not authorized")
    with pytest.raises(ProvisionerError, match="iam:DeleteAccessKey: AccessDenied"):
        IamSmtpUsers(session).delete_key(USER, KEY_ID)


def test_a_user_that_iam_does_not_see_yet_is_waited_for(session: AwsSession, stub: Stub) -> None:
    iam, slept = stub("iam"), list[float]()
    for _ in range(2):
        iam.add_client_error("create_access_key", "NoSuchEntity", "The user cannot be found.")
    key = {"UserName": USER, "AccessKeyId": KEY_ID, "Status": "Active", "SecretAccessKey": SECRET}
    iam.add_response("create_access_key", {"AccessKey": key}, {"UserName": USER})
    key_id, secret = IamSmtpUsers(session, slept.append).create_key(USER)
    assert (key_id, secret.reveal()) == (KEY_ID, SECRET)
    assert slept == [1, 2]


DENIED = (
    "User: arn:aws:iam::123456789012:user/operator is not authorized to perform: {action} on resource: {resource} "
    "because no identity-based policy allows the {action} action"
)


def test_a_user_that_is_not_seen_yet_and_so_has_no_path_is_waited_for(session: AwsSession, stub: Stub) -> None:
    iam, slept = stub("iam"), list[float]()
    message = DENIED.format(action="iam:CreateAccessKey", resource=f"user {USER}")
    iam.add_client_error("create_access_key", "AccessDenied", message, http_status_code=403)
    key = {"UserName": USER, "AccessKeyId": KEY_ID, "Status": "Active", "SecretAccessKey": SECRET}
    iam.add_response("create_access_key", {"AccessKey": key}, {"UserName": USER})
    assert IamSmtpUsers(session, slept.append).create_key(USER)[0] == KEY_ID
    assert slept == [1]


def test_a_key_of_a_user_that_is_gone_and_so_has_no_path_is_gone_too(session: AwsSession, stub: Stub) -> None:
    message = DENIED.format(action="iam:DeleteAccessKey", resource=f"user {USER}")
    stub("iam").add_client_error("delete_access_key", "AccessDenied", message, http_status_code=403)
    IamSmtpUsers(session).delete_key(USER, KEY_ID)


def test_a_user_that_may_not_be_written_to_is_no_absent_one(session: AwsSession, stub: Stub) -> None:
    arn = f"arn:aws:iam::123456789012:user/provisioner/smtp/{USER}"
    message = DENIED.format(action="iam:CreateAccessKey", resource=arn)
    stub("iam").add_client_error("create_access_key", "AccessDenied", message, http_status_code=403)
    with pytest.raises(ProvisionerError) as caught:
        IamSmtpUsers(session).create_key(USER)
    assert caught.value.code == "access_denied"
    assert "user/*" not in caught.value.hint


def test_who_may_not_read_of_an_absent_user_hears_why(session: AwsSession, stub: Stub) -> None:
    message = DENIED.format(action="iam:ListUserTags", resource=f"user {USER}")
    stub("iam").add_client_error("list_user_tags", "AccessDenied", message, http_status_code=403)
    with pytest.raises(ProvisionerError) as caught:
        IamSmtpUsers(session).tags(USER)
    assert caught.value.code == "access_denied"
    assert "user/*" in caught.value.hint


def test_a_user_that_never_appears_is_an_error_after_half_a_minute(session: AwsSession, stub: Stub) -> None:
    iam, slept = stub("iam"), list[float]()
    for _ in range(6):
        iam.add_client_error("create_access_key", "NoSuchEntity", "The user cannot be found.")
    with pytest.raises(ProvisionerError, match="IAM user example\\.com does not exist") as caught:
        IamSmtpUsers(session, slept.append).create_key(USER)
    assert caught.value.code == "no_such_user"
    assert sum(slept) == 30


def test_two_keys_are_as_many_as_iam_allows(emulated: AwsSession, stub: Stub) -> None:
    emulated.client("iam").create_user(UserName=USER)
    users = IamSmtpUsers(emulated)
    users.create_key(USER)
    users.create_key(USER)
    with pytest.raises(ProvisionerError, match="has two access keys already") as caught:
        users.create_key(USER)
    assert caught.value.code == "key_limit"
    assert caught.value.hint


def test_a_key_that_may_not_be_made_is_said_at_once(session: AwsSession, stub: Stub) -> None:
    slept = list[float]()
    stub("iam").add_client_error("create_access_key", "AccessDenied", "not authorized")
    with pytest.raises(ProvisionerError, match="iam:CreateAccessKey: AccessDenied") as caught:
        IamSmtpUsers(session, slept.append).create_key(USER)
    assert caught.value.code == "access_denied"
    assert slept == []


def test_a_network_that_breaks_while_the_key_is_made_is_said_in_our_words(
    aws_at: Callable[[str], AwsSession], closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = aws_at(f"http://127.0.0.1:{closed_port}")
    once = session.client("iam", None, 1)  # ten tries would take a minute
    monkeypatch.setattr(session, "client", lambda _service: once)
    with pytest.raises(ProvisionerError, match="iam:CreateAccessKey") as caught:
        IamSmtpUsers(session).create_key(USER)
    assert caught.value.code == "unreachable"


def test_an_inline_policy_is_given_and_taken_away(emulated: AwsSession) -> None:
    emulated.client("iam").create_user(UserName=USER)
    users = IamSmtpUsers(emulated)
    users.put_policy(USER, PAUSE_POLICY, PAUSE_DOCUMENT)
    assert users.policy(USER, PAUSE_POLICY) == json.loads(PAUSE_DOCUMENT)
    users.delete_policy(USER, PAUSE_POLICY)
    users.delete_policy(USER, PAUSE_POLICY)
    assert users.policy(USER, PAUSE_POLICY) is None


def test_a_user_that_does_not_exist_gets_no_policy_and_has_none_to_lose(emulated: AwsSession) -> None:
    with pytest.raises(ProvisionerError, match="does not exist"):
        IamSmtpUsers(emulated).put_policy(USER, PAUSE_POLICY, PAUSE_DOCUMENT)
    IamSmtpUsers(emulated).delete_policy(USER, PAUSE_POLICY)


def test_a_key_says_when_it_was_made(emulated: AwsSession) -> None:
    emulated.client("iam").create_user(UserName=USER)
    IamSmtpUsers(emulated).create_key(USER)
    (key,) = IamSmtpUsers(emulated).keys(USER)
    assert key.created is not None
    assert abs(datetime.now(UTC) - key.created) < timedelta(minutes=5)


@pytest.mark.parametrize(
    ("resource", "regions"),
    [
        (
            ["arn:aws:ses:eu-west-1:123456789012:identity/*", "arn:aws:ses:eu-west-1:1:configuration-set/a"],
            {"eu-west-1"},
        ),
        ("arn:aws-us-gov:ses:us-gov-west-1:123456789012:identity/*", {"us-gov-west-1"}),
        ("*", set()),
        ("arn:aws:ses:*:123456789012:identity/*", set()),
    ],
)
def test_the_regions_of_a_policy_are_those_of_its_resources(
    emulated: AwsSession, resource: object, regions: set[str]
) -> None:
    emulated.client("iam").create_user(UserName=USER)
    statement = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": resource}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    emulated.client("iam").put_user_policy(UserName=USER, PolicyName="send-as-domain", PolicyDocument=policy)
    assert IamSmtpUsers(emulated).policy_regions(USER, "send-as-domain") == regions
    assert IamSmtpUsers(emulated).policy_regions(USER, "another") is None


def test_a_key_is_switched_off_and_on_again(emulated: AwsSession) -> None:
    emulated.client("iam").create_user(UserName=USER)
    users = IamSmtpUsers(emulated)
    key_id, _ = users.create_key(USER)
    for active in (False, False, True):
        assert users.switch_key(USER, key_id, active=active) is True
        assert users.keys(USER) == [AccessKey(key_id, active=active)]


def test_a_key_that_is_gone_is_not_switched_and_that_is_said(emulated: AwsSession) -> None:
    assert IamSmtpUsers(emulated).switch_key(USER, KEY_ID, active=True) is False
    emulated.client("iam").create_user(UserName=USER)
    assert IamSmtpUsers(emulated).switch_key(USER, KEY_ID, active=False) is False


def test_a_key_that_may_not_be_switched_is_said(session: AwsSession, stub: Stub) -> None:
    stub("iam").add_client_error("update_access_key", "AccessDenied", "not authorized")
    with pytest.raises(ProvisionerError, match="iam:UpdateAccessKey: AccessDenied"):
        IamSmtpUsers(session).switch_key(USER, KEY_ID, active=False)
