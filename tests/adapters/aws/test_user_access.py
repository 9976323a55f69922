"""What IAM users hold and when their keys were used: the emulated ones, and answers that the emulation cannot give."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.parsers import ResponseParserError
from botocore.stub import Stubber

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.user_access import IamUserAccess
from provisioner.core.credentials.access_key import LastUse
from provisioner.core.credentials.holdings import Holding
from provisioner.errors import ProvisionerError

Stub = Callable[..., Stubber]
USER = "example.com"
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
POLICY = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'


@pytest.mark.parametrize("holding", Holding)
def test_a_user_that_does_not_exist_and_one_that_is_new_hold_nothing(emulated: AwsSession, holding: Holding) -> None:
    assert IamUserAccess(emulated).held(USER, holding) == []
    emulated.client("iam").create_user(UserName=USER)
    assert IamUserAccess(emulated).held(USER, holding) == []


def test_each_kind_is_found_by_the_name_that_takes_it_away(emulated: AwsSession) -> None:
    iam, access = emulated.client("iam"), IamUserAccess(emulated)
    iam.create_user(UserName=USER)
    iam.put_user_policy(UserName=USER, PolicyName="more", PolicyDocument=POLICY)
    arn = iam.create_policy(PolicyName="managed", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.attach_user_policy(UserName=USER, PolicyArn=arn)
    iam.create_group(GroupName="admins")
    iam.add_user_to_group(GroupName="admins", UserName=USER)
    iam.create_login_profile(UserName=USER, Password="made-up-Passw0rd!")
    ssh = iam.upload_ssh_public_key(UserName=USER, SSHPublicKeyBody="ssh-rsa AAAA")["SSHPublicKey"]["SSHPublicKeyId"]
    git = iam.create_service_specific_credential(UserName=USER, ServiceName="codecommit.amazonaws.com")
    assert {holding: access.held(USER, holding) for holding in Holding} == {
        Holding.INLINE_POLICY: ["more"],
        Holding.ATTACHED_POLICY: [arn],
        Holding.GROUP: ["admins"],
        Holding.PASSWORD: [""],
        Holding.MFA_DEVICE: [],
        Holding.SSH_KEY: [ssh],
        Holding.SERVICE_CREDENTIAL: [git["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]],
        Holding.CERTIFICATE: [],
    }


def test_every_page_is_read(session: AwsSession, stub: Stub) -> None:
    iam = stub("iam")
    iam.add_response(
        "list_user_policies", {"PolicyNames": ["a"], "IsTruncated": True, "Marker": "next"}, {"UserName": USER}
    )
    iam.add_response("list_user_policies", {"PolicyNames": ["b"]}, {"UserName": USER, "Marker": "next"})
    assert IamUserAccess(session).held(USER, Holding.INLINE_POLICY) == ["a", "b"]


def test_an_answer_without_its_optional_members_holds_nothing(session: AwsSession, stub: Stub) -> None:
    stub("iam").add_response("list_attached_user_policies", {})
    assert IamUserAccess(session).held(USER, Holding.ATTACHED_POLICY) == []


def test_a_permission_that_is_missing_is_said_and_is_not_nothing(session: AwsSession, stub: Stub) -> None:
    stub("iam").add_client_error("get_login_profile", "AccessDenied", "not authorized")
    with pytest.raises(ProvisionerError, match="iam:GetLoginProfile: AccessDenied") as caught:
        IamUserAccess(session).held(USER, Holding.PASSWORD)
    assert caught.value.code == "access_denied"


AT = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer", "use"),
    [
        ({"LastUsedDate": AT, "ServiceName": "ses", "Region": "us-east-1"}, LastUse(AT, "ses", "us-east-1")),
        ({"ServiceName": "N/A", "Region": "N/A"}, None),
    ],
)
def test_the_last_use_is_as_iam_says(
    session: AwsSession, stub: Stub, answer: dict[str, Any], use: LastUse | None
) -> None:
    stub("iam").add_response("get_access_key_last_used", {"AccessKeyLastUsed": answer}, {"AccessKeyId": KEY_ID})
    assert IamUserAccess(session).last_use(KEY_ID) == use


def test_an_answer_that_says_nothing_is_not_that_the_key_was_never_used(session: AwsSession, stub: Stub) -> None:
    stub("iam").add_response("get_access_key_last_used", {"UserName": USER})
    with pytest.raises(ProvisionerError) as caught:
        IamUserAccess(session).last_use(KEY_ID)
    assert caught.value.code == "use_unknown"


def test_a_key_that_is_gone_was_not_used(session: AwsSession, stub: Stub) -> None:
    stub("iam").add_client_error("get_access_key_last_used", "NoSuchEntity", "cannot be found")
    assert IamUserAccess(session).last_use(KEY_ID) is None


def test_the_emulated_iam_says_that_a_new_key_was_never_used(emulated: AwsSession) -> None:
    iam = emulated.client("iam")
    iam.create_user(UserName=USER)
    key = iam.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    assert IamUserAccess(emulated).last_use(key) is None


def not_iam(**_asked: str) -> None:
    raise ResponseParserError("500 Internal Server Error")


def test_an_iam_of_somebody_else_without_service_credentials_has_none(
    session: AwsSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    iam = session.client("iam")
    monkeypatch.setattr(iam, "list_service_specific_credentials", not_iam)
    monkeypatch.setattr(iam, "list_mfa_devices", not_iam)
    assert IamUserAccess(session).held(USER, Holding.SERVICE_CREDENTIAL) == []
    with pytest.raises(ProvisionerError, match="what answered is not AWS"):
        IamUserAccess(session).held(USER, Holding.MFA_DEVICE)


def test_the_user_of_an_access_key_is_found_and_nobody_for_one_that_is_not_there(emulated: AwsSession) -> None:
    iam, access = emulated.client("iam"), IamUserAccess(emulated)
    iam.create_user(UserName=USER)
    made = iam.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    assert access.owner(made) == USER
    iam.delete_access_key(UserName=USER, AccessKeyId=made)
    assert access.owner(made) is None
    assert access.owner(KEY_ID) is None


def test_whose_key_it_is_may_not_be_told(session: AwsSession, stub: Stub) -> None:
    stub("iam").add_client_error("get_access_key_last_used", "AccessDenied", "not authorized", 403)
    with pytest.raises(ProvisionerError, match="iam:GetAccessKeyLastUsed") as caught:
        IamUserAccess(session).owner(KEY_ID)
    assert caught.value.code == "access_denied"
