"""What an operator is let do, and how AWS says no."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config

from provisioner.sandbox.environment import OPERATOR_KEY

USERS = {"Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::*:user/provisioner/smtp/*"}
READ = {"Effect": "Allow", "Action": "iam:ListUserTags", "Resource": "arn:aws:iam::*:user/*"}
NOTHING = {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*"}

Start = Callable[..., Any]


class Operated:
    """An emulated AWS, as its operator meets it and as everybody else does."""

    def __init__(self, aws: Any) -> None:
        self.aws = aws

    def client(self, service: str, region: str = "us-east-1") -> Any:
        make: Any = boto3.client  # the stubs know only literal names
        keys = {"aws_access_key_id": OPERATOR_KEY, "aws_secret_access_key": "made-up"}
        once = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return make(service, region, endpoint_url=self.aws.url, config=once, **keys)

    def denied(self, method: str = "GET") -> Any:
        request = urllib.request.Request(f"{self.aws.url}/_sandbox/denied", method=method)  # noqa: S310 - our own server
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
            return json.load(answer)["denied"]


@pytest.fixture
def operated(aws_with: Callable[..., Any]) -> Callable[..., Operated]:
    """Start an emulated AWS whose operator has a policy with these statements."""

    def start(*statements: dict[str, Any]) -> Operated:
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        return Operated(aws_with(operator=(policy,)))

    return start


def test_a_user_that_does_not_exist_is_decided_on_without_a_path(operated: Start, refusal: Any) -> None:
    site = operated(USERS)
    code, message, status = refusal(site.client("iam").list_user_tags, UserName="example.com")
    assert (code, status) == ("AccessDenied", 403)
    assert "not authorized to perform: iam:ListUserTags on resource: user example.com because no" in message


def test_a_user_that_exists_is_decided_on_with_its_path(operated: Start) -> None:
    site = operated(USERS)
    iam = site.client("iam")
    iam.create_user(UserName="example.com", Path="/provisioner/smtp/", Tags=[{"Key": "A", "Value": "b"}])
    assert iam.list_user_tags(UserName="example.com")["Tags"] == [{"Key": "A", "Value": "b"}]
    key = iam.create_access_key(UserName="example.com")["AccessKey"]["AccessKeyId"]
    assert iam.get_access_key_last_used(AccessKeyId=key)["UserName"] == "example.com"


def test_who_may_read_all_users_hears_that_one_does_not_exist(operated: Start, refusal: Any) -> None:
    site = operated(USERS, READ)
    assert refusal(site.client("iam").list_user_tags, UserName="example.com")[0] == "NoSuchEntity"


def test_a_user_elsewhere_is_named_by_its_arn(operated: Start, refusal: Any) -> None:
    site = operated(USERS)
    site.aws.client("iam").create_user(UserName="ada", Path="/people/")
    for call in (site.client("iam").delete_user, site.client("iam").create_access_key):
        assert "on resource: arn:aws:iam::123456789012:user/people/ada" in refusal(call, UserName="ada")[1]
    message = refusal(site.client("iam").create_user, UserName="bob")[1]
    assert "iam:CreateUser on resource: arn:aws:iam::123456789012:user/bob" in message


def test_tags_of_what_is_made_want_a_permission_of_their_own(operated: Start, refusal: Any) -> None:
    create = {"Effect": "Allow", "Action": ["iam:CreateUser", "ses:CreateEmailIdentity"], "Resource": "*"}
    site, tags = operated(create), [{"Key": "A", "Value": "b"}]
    message = refusal(site.client("iam").create_user, UserName="example.com", Tags=tags)[1]
    assert "iam:TagUser on resource: arn:aws:iam::123456789012:user/example.com" in message
    message = refusal(site.client("sesv2").create_email_identity, EmailIdentity="example.com", Tags=tags)[1]
    assert "ses:TagResource on resource: arn:aws:ses:us-east-1:123456789012:identity/example.com" in message


def test_every_other_key_may_do_anything(operated: Start) -> None:
    assert operated(NOTHING).aws.client("iam").list_users()["Users"] == []


def test_asking_who_one_is_needs_no_permission(operated: Start) -> None:
    assert operated(NOTHING).client("sts").get_caller_identity()["Account"] == "123456789012"


@pytest.mark.parametrize("named_by", ["id", "alias", "arn"])
def test_a_key_of_one_s_own_behind_a_secret_wants_permissions_of_its_own(
    operated: Start, refusal: Any, named_by: str
) -> None:
    site = operated({"Effect": "Allow", "Action": ["secretsmanager:*", "ssm:*"], "Resource": "*"})
    kms = site.aws.client("kms")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/mail", TargetKeyId=key["KeyId"])
    name = {"id": key["KeyId"], "alias": "alias/mail", "arn": key["Arn"]}[named_by]
    secrets, parameters = site.client("secretsmanager"), site.client("ssm")
    asked = {"Name": "a", "SecretString": "b", "KmsKeyId": name}
    assert f"kms:GenerateDataKey on resource: {key['Arn']}" in refusal(secrets.create_secret, **asked)[1]
    sealed = {"Name": "a", "Value": "b", "Type": "SecureString", "KeyId": name}
    assert f"kms:Encrypt on resource: {key['Arn']}" in refusal(parameters.put_parameter, **sealed)[1]
    site.aws.client("secretsmanager").create_secret(**asked)
    site.aws.client("ssm").put_parameter(**sealed)
    assert f"kms:Decrypt on resource: {key['Arn']}" in refusal(secrets.get_secret_value, SecretId="a")[1]
    assert f"kms:Decrypt on resource: {key['Arn']}" in refusal(parameters.get_parameter, Name="a")[1]
    assert secrets.create_secret(Name="own", SecretString="b", KmsKeyId="alias/aws/secretsmanager")["Name"] == "own"


ZONE = "Z0123456789ABCDEFGHIJ"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:provisioner/smtp/example.com-AbCdEf"


@pytest.mark.parametrize(
    ("call", "answer", "demand"),
    [
        (
            ("route53", "get_hosted_zone", {"Id": ZONE}),
            ("AccessDenied", 403),
            ("route53:GetHostedZone", f"arn:aws:route53:::hostedzone/{ZONE}"),
        ),
        (
            ("route53", "list_resource_record_sets", {"HostedZoneId": ZONE}),
            ("AccessDenied", 403),
            ("route53:ListResourceRecordSets", f"arn:aws:route53:::hostedzone/{ZONE}"),
        ),
        (
            ("route53", "list_tags_for_resource", {"ResourceType": "hostedzone", "ResourceId": ZONE}),
            ("AccessDenied", 403),
            ("route53:ListTagsForResource", f"arn:aws:route53:::hostedzone/{ZONE}"),
        ),
        (
            ("route53", "get_change", {"Id": "C1"}),
            ("AccessDenied", 403),
            ("route53:GetChange", "arn:aws:route53:::change/C1"),
        ),
        (
            ("route53", "list_hosted_zones_by_name", {"DNSName": "a.com", "HostedZoneId": ZONE}),
            ("AccessDenied", 403),
            ("route53:ListHostedZonesByName", "*"),
        ),
        (
            ("sesv2", "get_email_identity", {"EmailIdentity": "a.com"}),
            ("AccessDeniedException", 403),
            ("ses:GetEmailIdentity", "arn:aws:ses:us-east-1:123456789012:identity/a.com"),
        ),
        (
            ("sesv2", "get_configuration_set", {"ConfigurationSetName": "a-com"}),
            ("AccessDeniedException", 403),
            ("ses:GetConfigurationSet", "arn:aws:ses:us-east-1:123456789012:configuration-set/a-com"),
        ),
        (
            ("ses", "verify_domain_dkim", {"Domain": "a.com"}),
            ("AccessDenied", 403),
            ("ses:VerifyDomainDkim", "arn:aws:ses:us-east-1:123456789012:identity/a.com"),
        ),
        (("sesv2", "list_email_identities", {}), ("AccessDeniedException", 403), ("ses:ListEmailIdentities", "*")),
        (
            ("s3", "get_object", {"Bucket": "states", "Key": "mail/x"}),
            ("AccessDenied", 403),
            ("s3:GetObject", "arn:aws:s3:::states/mail/x"),
        ),
        (
            ("s3", "list_objects_v2", {"Bucket": "states"}),
            ("AccessDenied", 403),
            ("s3:ListBucket", "arn:aws:s3:::states"),
        ),
        (
            ("s3", "get_bucket_encryption", {"Bucket": "states"}),
            ("AccessDenied", 403),
            ("s3:GetEncryptionConfiguration", "arn:aws:s3:::states"),
        ),
        (
            ("secretsmanager", "get_secret_value", {"SecretId": "provisioner/smtp/example.com"}),
            ("AccessDeniedException", 400),
            ("secretsmanager:GetSecretValue", SECRET),
        ),
        (
            ("ssm", "get_parameter", {"Name": "/provisioner/smtp/a.com"}),
            ("AccessDeniedException", 400),
            ("ssm:GetParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/provisioner/smtp/a.com"),
        ),
        (("iam", "list_users", {}), ("AccessDenied", 403), ("iam:ListUsers", "arn:aws:iam::123456789012:user/")),
        (("cloudwatch", "list_metrics", {}), ("AccessDeniedException", 400), ("cloudwatch:ListMetrics", "*")),
        (("route53domains", "list_domains", {}), ("AccessDeniedException", 400), ("route53domains:ListDomains", "*")),
    ],
)
def test_each_service_refuses_in_its_own_form(
    operated: Start, refusal: Any, call: tuple[str, str, Any], answer: tuple[str, int], demand: tuple[str, str]
) -> None:
    site, (service, method, asked), (action, resource) = operated(NOTHING), call, demand
    code, message, status = refusal(getattr(site.client(service), method), **asked)
    assert (code, status) == answer
    assert f"is not authorized to perform: {action} on resource: {resource} because" in message
    assert site.denied()[0] == {"action": action, "resource": resource, "times": 1}


def test_a_refusal_without_a_body_is_one_of_s3(operated: Start, refusal: Any) -> None:
    assert refusal(operated(NOTHING).client("s3").head_bucket, Bucket="states")[::2] == ("403", 403)


def test_whether_an_object_is_there_is_told_to_those_only_who_may_list(operated: Start, refusal: Any) -> None:
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    site = operated(read)
    site.aws.client("s3").create_bucket(Bucket="states")
    site.aws.client("s3").put_object(Bucket="states", Key="here", Body=b"x")
    assert site.client("s3").get_object(Bucket="states", Key="here")["Body"].read() == b"x"
    assert (
        "s3:ListBucket on resource: arn:aws:s3:::states"
        in refusal(site.client("s3").get_object, Bucket="states", Key="absent")[1]
    )


def test_a_denial_in_the_policy_is_said_as_one(operated: Start, refusal: Any) -> None:
    site = operated({**USERS, "Resource": "*"}, {**READ, "Effect": "Deny"})
    assert "with an explicit deny" in refusal(site.client("iam").list_user_tags, UserName="example.com")[1]


def test_a_service_that_is_not_known_is_not_decided_on(operated: Start, refusal: Any) -> None:
    code, message, _ = refusal(operated(NOTHING).client("dynamodb").list_tables)
    assert (code, "dynamodb ListTables" in message) == ("NotImplemented", True)


def test_what_was_refused_is_counted_and_can_be_forgotten(operated: Start, refusal: Any) -> None:
    site = operated(NOTHING)
    for _ in range(2):
        refusal(site.client("iam").get_account_summary)
    assert site.denied() == [{"action": "iam:GetAccountSummary", "resource": "*", "times": 2}]
    site.denied("DELETE")
    assert site.denied() == []


@pytest.mark.parametrize(
    ("service", "operation", "told"),
    [
        ("sns", "list_topics", ("AuthorizationError", 403)),
        ("sqs", "list_queues", ("AccessDenied", 403)),
        ("lambda", "list_functions", ("AccessDeniedException", 403)),
        ("scheduler", "list_schedules", ("AccessDeniedException", 403)),
        ("logs", "describe_log_groups", ("AccessDeniedException", 400)),
    ],
)
def test_each_service_refuses_in_its_own_way(
    operated: Start, refusal: Any, service: str, operation: str, told: tuple[str, int]
) -> None:
    code, message, status = refusal(getattr(operated(NOTHING).client(service), operation))
    assert (code, status) == told
    assert "is not authorized to perform" in message
