"""All that decides what a user may do, as IAM has it: each part of it, and parts that nobody may look at."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from provisioner.adapters.aws.iam_facts import AwsIamFacts
from provisioner.adapters.aws.session import AwsSession
from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.holdings import Holding
from provisioner.core.credentials.iam_user import Bound, GivenPolicy, IamUser
from provisioner.core.credentials.unseen import Unseen
from provisioner.errors import LoggedOut, ProvisionerError

USER = "example.com"


def says(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


@pytest.fixture
def iam(emulated: AwsSession) -> Any:
    client = emulated.client("iam")
    client.create_user(UserName=USER, Path="/provisioner/smtp/")
    return client


def policy(iam: Any, name: str, action: str) -> str:
    made = iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(says(action)))
    return str(made["Policy"]["Arn"])


def user(session: AwsSession) -> IamUser:
    found = AwsIamFacts(session).user(USER)
    assert found is not None
    return found


def test_a_user_that_does_not_exist_is_none(emulated: AwsSession) -> None:
    assert AwsIamFacts(emulated).user(USER) is None


def test_a_new_user_has_nothing(emulated: AwsSession, iam: Any) -> None:
    assert user(emulated) == IamUser(USER, f"arn:aws:iam::123456789012:user/provisioner/smtp/{USER}")


def test_everything_that_decides_what_it_may_do_is_there_with_what_it_says(emulated: AwsSession, iam: Any) -> None:
    iam.put_user_policy(UserName=USER, PolicyName="own", PolicyDocument=json.dumps(says("a:1")))
    managed, of_group, boundary = (policy(iam, name, f"a:{name}") for name in ("managed", "shared", "boundary"))
    iam.attach_user_policy(UserName=USER, PolicyArn=managed)
    for group in ("staff", "empty"):
        iam.create_group(GroupName=group)
        iam.add_user_to_group(GroupName=group, UserName=USER)
    iam.put_group_policy(GroupName="staff", PolicyName="rights", PolicyDocument=json.dumps(says("a:2")))
    iam.attach_group_policy(GroupName="staff", PolicyArn=of_group)
    iam.put_user_permissions_boundary(UserName=USER, PermissionsBoundary=boundary)
    iam.create_login_profile(UserName=USER, Password="made-up-Passw0rd!")
    key = iam.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]

    found = user(emulated)

    assert found.inline == (GivenPolicy(Holding.INLINE_POLICY, "own", says("a:1")),)
    assert found.attached == (GivenPolicy(Holding.ATTACHED_POLICY, managed, says("a:managed")),)
    assert found.groups == {
        "staff": (
            GivenPolicy(Holding.GROUP, "staff", says("a:2"), "rights"),
            GivenPolicy(Holding.GROUP, "staff", says("a:shared"), of_group),
        ),
        "empty": (),
    }
    assert found.boundary == Bound(boundary, says("a:boundary"))
    assert (found.has_password, found.keys, found.uses) == (True, (AccessKey(key, active=True),), {key: None})
    assert list(found.unseen) == []


def test_a_managed_policy_counts_in_its_default_version(emulated: AwsSession, iam: Any) -> None:
    arn = policy(iam, "managed", "a:old")
    iam.attach_user_policy(UserName=USER, PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(says("a:new")), SetAsDefault=True)
    assert [one.document for one in user(emulated).policies] == [says("a:new")]


def refusing(monkeypatch: pytest.MonkeyPatch, client: Any, *operations: str, code: str = "AccessDenied") -> None:
    """Let these operations of a client be refused."""
    call = client._make_api_call

    def refuse(operation: str, asked: Any) -> Any:
        if operation in operations:
            raise ClientError({"Error": {"Code": code, "Message": "not authorized"}}, operation)
        return call(operation, asked)

    monkeypatch.setattr(client, "_make_api_call", refuse)


@pytest.mark.parametrize(
    ("operation", "unseen"),
    [
        ("GetUser", ["permissions boundary"]),
        ("ListUserPolicies", ["inline policy"]),
        ("ListAttachedUserPolicies", ["attached policy"]),
        ("ListGroupsForUser", ["group"]),
        ("GetLoginProfile", ["console password"]),
        ("ListAccessKeys", ["access keys"]),
        ("GetUserPolicy", ["the inline policy own"]),
        ("ListGroupPolicies", ["policies of the group staff"]),
        ("GetPolicy", ["the attached policy arn:aws:iam::123456789012:policy/managed"]),
        ("GetPolicyVersion", ["the attached policy arn:aws:iam::123456789012:policy/managed"]),
    ],
)
def test_a_part_that_the_operator_may_not_look_at_is_unseen_and_leaves_the_others(
    emulated: AwsSession, iam: Any, monkeypatch: pytest.MonkeyPatch, operation: str, unseen: list[str]
) -> None:
    iam.put_user_policy(UserName=USER, PolicyName="own", PolicyDocument=json.dumps(says("a:1")))
    iam.attach_user_policy(UserName=USER, PolicyArn=policy(iam, "managed", "a:2"))
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName=USER)
    refusing(monkeypatch, iam, operation)

    found = user(emulated)

    assert [what for what, _ in found.unseen] == unseen
    assert f"iam:{operation}: AccessDenied" in next(seen.reason for _, seen in found.unseen)


def test_whose_last_use_nobody_may_see_is_not_a_key_that_was_never_used(
    emulated: AwsSession, iam: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = iam.create_access_key(UserName=USER)["AccessKey"]["AccessKeyId"]
    refusing(monkeypatch, iam, "GetAccessKeyLastUsed")
    assert isinstance(user(emulated).uses[key], Unseen)


@pytest.mark.parametrize(("code", "kind"), [("ExpiredToken", LoggedOut), ("ServiceFailure", ProvisionerError)])
def test_what_is_no_missing_permission_is_an_error_of_the_whole_look(
    emulated: AwsSession, iam: Any, monkeypatch: pytest.MonkeyPatch, code: str, kind: type[ProvisionerError]
) -> None:
    refusing(monkeypatch, iam, "ListUserPolicies", code=code)
    with pytest.raises(kind):
        AwsIamFacts(emulated).user(USER)
