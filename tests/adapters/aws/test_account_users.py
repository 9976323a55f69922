"""All users of the account with what decides what they may do, as IAM's one answer about all of them has it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from adapters.aws.conftest import Stub

from provisioner.adapters.aws.account_users import AwsAccountUsers
from provisioner.adapters.aws.iam_facts import AwsIamFacts
from provisioner.adapters.aws.session import AwsSession
from provisioner.core.credentials.holdings import Holding
from provisioner.core.credentials.iam_user import GivenPolicy, IamUser
from provisioner.core.credentials.unseen import Unseen
from provisioner.errors import ProvisionerError

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
DATE, ACCOUNT = "2026-01-01T00:00:00Z", "arn:aws:iam::123456789012"
USER = {
    "UserName": "app",
    "Arn": f"{ACCOUNT}:user/app",
    "Path": "/",
    "UserId": "AIDAEXAMPLEEXAMPLE",
    "CreateDate": DATE,
}


def says(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


def text(action: str) -> str:
    return json.dumps(says(action))


def policy(iam: Any, name: str) -> str:
    return str(iam.create_policy(PolicyName=name, PolicyDocument=text(f"a:{name}"))["Policy"]["Arn"])


def ordered(user: IamUser | None) -> IamUser:
    """Return a user with its attached policies by their ARNs; IAM promises no order."""
    assert user is not None
    assert not isinstance(user.attached, Unseen)
    return replace(user, attached=tuple(sorted(user.attached, key=str)))


def test_every_user_is_as_it_is_when_it_is_asked_about_alone(emulated: AwsSession) -> None:
    iam = emulated.client("iam")
    managed, shared, boundary = (policy(iam, name) for name in ("managed", "shared", "boundary"))
    for name in ("example.com", "app", "nobody"):
        iam.create_user(UserName=name, Path="/provisioner/smtp/")
    iam.put_user_policy(UserName="app", PolicyName="own", PolicyDocument=text("a:own"))
    for arn in (managed, ADMINISTRATOR):
        iam.attach_user_policy(UserName="app", PolicyArn=arn)
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="app")
    iam.put_group_policy(GroupName="staff", PolicyName="rights", PolicyDocument=text("a:rights"))
    iam.attach_group_policy(GroupName="staff", PolicyArn=shared)
    iam.put_user_permissions_boundary(UserName="app", PermissionsBoundary=boundary)
    iam.create_policy_version(PolicyArn=managed, PolicyDocument=text("a:new"), SetAsDefault=True)

    found = {user.name: user for user in AwsAccountUsers(emulated).all()}

    assert sorted(found) == ["app", "example.com", "nobody"]
    assert {name: ordered(user) for name, user in found.items()} == {
        name: ordered(AwsIamFacts(emulated).user(name, keys=False)) for name in found
    }
    assert GivenPolicy(Holding.ATTACHED_POLICY, managed, says("a:new")) in found["app"].policies
    assert len(found["app"].policies) == 5
    assert list(found["app"].unseen) == []


def test_a_group_and_a_policy_may_come_on_a_later_page(session: AwsSession, stub: Stub) -> None:
    stubber = stub("iam")
    group = {
        "GroupName": "staff",
        "AttachedManagedPolicies": [{"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR}],
    }
    versions = [
        {"VersionId": "v1", "IsDefaultVersion": False, "Document": text("a:old")},
        {"VersionId": "v2", "IsDefaultVersion": True, "Document": text("a:new")},
    ]
    pages: list[dict[str, Any]] = [
        {"UserDetailList": [USER | {"GroupList": ["staff"]}]},
        {"GroupDetailList": [group]},
        {"Policies": [{"Arn": ADMINISTRATOR, "DefaultVersionId": "v2", "PolicyVersionList": versions}]},
    ]
    for number, page in enumerate(pages):
        more = {"IsTruncated": True, "Marker": str(number)} if number < 2 else {"IsTruncated": False}
        stubber.add_response("get_account_authorization_details", page | more)
    (user,) = AwsAccountUsers(session).all()
    assert user.groups == {"staff": (GivenPolicy(Holding.GROUP, "staff", says("a:new"), ADMINISTRATOR),)}


def test_what_the_answer_does_not_have_is_unseen(session: AwsSession, stub: Stub) -> None:
    attached = {"AttachedManagedPolicies": [{"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR}]}
    bound = {"PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": ADMINISTRATOR}}
    page = {"UserDetailList": [USER | attached | bound | {"GroupList": ["gone"]}], "IsTruncated": False}
    stub("iam").add_response("get_account_authorization_details", page)
    (user,) = AwsAccountUsers(session).all()
    assert {what for what, _ in user.unseen} == {
        f"the attached policy {ADMINISTRATOR}",
        f"the permissions boundary {ADMINISTRATOR}",
        "policies of the group gone",
    }


def test_who_may_not_look_is_told_so(session: AwsSession, stub: Stub) -> None:
    stub("iam").add_client_error("get_account_authorization_details", "AccessDenied", "not authorized", 403)
    with pytest.raises(ProvisionerError) as caught:
        AwsAccountUsers(session).all()
    assert caught.value.code == "access_denied"
    assert "iam:GetAccountAuthorizationDetails" in caught.value.message
