"""IAM as the sandbox serves it: AWS's own policies, boundaries, the dates and the use of keys."""

import json
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from knobs import Knobs

from provisioner.core.credentials.password import derive
from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

USER = "example.com"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
SOMEBODY = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}
LONG_AGO, YESTERDAY = datetime(2024, 1, 1, tzinfo=UTC), datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SandboxSettings(verification_delay=0.0)) as running:
        yield running


@pytest.fixture
def knobs(sandbox: Sandbox) -> Iterator[Knobs]:
    turned = Knobs(sandbox.addresses.aws)
    yield turned
    turned.clear()


@pytest.fixture
def iam(sandbox: Sandbox) -> Iterator[Any]:
    client = boto3.client("iam", region_name="us-east-1", endpoint_url=sandbox.addresses.aws, **SOMEBODY)
    client.create_user(UserName=USER)
    yield client
    for policy in client.list_attached_user_policies(UserName=USER)["AttachedPolicies"]:
        client.detach_user_policy(UserName=USER, PolicyArn=policy["PolicyArn"])
    for key in client.list_access_keys(UserName=USER)["AccessKeyMetadata"]:
        client.delete_access_key(UserName=USER, AccessKeyId=key["AccessKeyId"])
    client.delete_user(UserName=USER)


@pytest.fixture
def key(iam: Any) -> dict[str, str]:
    made: dict[str, str] = iam.create_access_key(UserName=USER)["AccessKey"]
    return made


def dates(iam: Any, key: dict[str, str]) -> tuple[datetime, datetime | None]:
    (listed,) = iam.list_access_keys(UserName=USER)["AccessKeyMetadata"]
    used = iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"])["AccessKeyLastUsed"]
    return listed["CreateDate"], used.get("LastUsedDate")


def test_a_policy_of_aws_s_own_can_be_attached_and_read(iam: Any) -> None:
    iam.attach_user_policy(UserName=USER, PolicyArn=ADMINISTRATOR)
    (attached,) = iam.list_attached_user_policies(UserName=USER)["AttachedPolicies"]
    version = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=ADMINISTRATOR, VersionId=version)["PolicyVersion"]["Document"]
    assert document["Statement"] == [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def test_one_that_aws_does_not_have_cannot(iam: Any) -> None:
    for arn in ("arn:aws:iam::aws:policy/NoSuchAccess", "arn:aws:iam::aws:policy/other-path/AdministratorAccess"):
        with pytest.raises(ClientError, match="NoSuchEntity"):
            iam.attach_user_policy(UserName=USER, PolicyArn=arn)


def test_one_of_aws_s_own_can_be_a_boundary(iam: Any) -> None:
    iam.put_user_permissions_boundary(UserName=USER, PermissionsBoundary=ADMINISTRATOR)
    assert iam.get_user(UserName=USER)["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == ADMINISTRATOR
    iam.delete_user_permissions_boundary(UserName=USER)
    assert "PermissionsBoundary" not in iam.get_user(UserName=USER)["User"]


def test_a_new_key_was_made_now_and_never_used(iam: Any, key: dict[str, str]) -> None:
    created, used = dates(iam, key)
    assert abs(created - datetime.now(UTC)) < timedelta(minutes=5)
    assert used is None


def test_a_signed_call_and_a_login_over_smtp_are_uses(sandbox: Sandbox, iam: Any, key: dict[str, str]) -> None:
    key_id, secret = key["AccessKeyId"], key["SecretAccessKey"]
    host, _, port = sandbox.addresses.smtps.partition(":")
    with smtplib.SMTP_SSL(host, int(port), context=sandbox.certificate.client_context()) as client:
        client.login(key_id, derive(secret, "us-east-1"))
    used = iam.get_access_key_last_used(AccessKeyId=key_id)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("ses", "us-east-1")
    boto3.client(
        "sts",
        region_name="us-east-1",
        endpoint_url=sandbox.addresses.aws,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
    ).get_caller_identity()
    assert iam.get_access_key_last_used(AccessKeyId=key_id)["AccessKeyLastUsed"]["ServiceName"] == "sts"


@pytest.mark.parametrize(
    "wanted",
    [{"created": LONG_AGO}, {"used": YESTERDAY}, {"created": LONG_AGO, "used": YESTERDAY}, {"used": None}],
    ids=["made", "used", "made and used", "never used"],
)
def test_the_dates_of_a_key_are_what_the_knob_says_until_it_is_taken_back(
    iam: Any, key: dict[str, str], knobs: Knobs, wanted: dict[str, Any]
) -> None:
    before = dates(iam, key)
    knobs.key(key["AccessKeyId"], **wanted)
    assert dates(iam, key) == (wanted.get("created", before[0]), wanted.get("used"))
    knobs.clear()
    assert dates(iam, key) == before


@pytest.mark.parametrize(
    "document",
    [
        {"id": "AKIANOSUCHKEY"},
        {"created": "2025-01-01T00:00:00Z"},
        {"id": "?", "created": "yesterday"},
        {"id": "?", "created": "2025-01-01"},
        {"id": "?", "used": 5},
        {"id": "?", "age": 5},
        "AKIA",
    ],
    ids=str,
)
def test_what_is_no_date_of_a_key_is_refused(key: dict[str, str], knobs: Knobs, document: Any) -> None:
    entry = json.loads(json.dumps(document).replace('"?"', json.dumps(key["AccessKeyId"])))
    with pytest.raises(ValueError, match="invalid_fault"):
        knobs.turn(keys=[entry])
