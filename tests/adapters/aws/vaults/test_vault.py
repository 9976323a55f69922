"""Credentials in Secrets Manager and in Parameter Store: whose they are, what is refused, AWS on a bad day."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.vaults.secretsmanager import SecretsManager
from provisioner.adapters.aws.vaults.ssm import ParameterStore
from provisioner.adapters.aws.vaults.vault import Found, Vault, VaultCredentialStore
from provisioner.core.credentials.credential import Secret, SmtpCredential
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, ProvisionerError, Refused

EXAMPLE = SmtpUser(DomainName.parse("example.com"))
SHOP = SmtpUser(EXAMPLE.domain, "shop")
SECRET, PARAMETER = "provisioner/smtp/example.com", "/provisioner/smtp/example.com"
TAGS = [{"Key": "ManagedBy", "Value": "provisioner"}, {"Key": "Domain", "Value": "example.com"}]
DENIED = "AccessDeniedException"
DELETING = "You can't create this secret because a secret with this name is already scheduled for deletion."
VAULTS: dict[str, Callable[[AwsSession], Vault]] = {"secretsmanager": SecretsManager, "ssm": ParameterStore}


def credential(user: SmtpUser = EXAMPLE) -> SmtpCredential:
    return SmtpCredential.derived(user, Region.parse("us-east-1"), "AKIA1", Secret("some+secret+key"))


class Aws:
    """One of the two services, around the store: what is in it, and what it shall answer."""

    def __init__(self, kind: str, session: AwsSession) -> None:
        self.kind, self.slept = kind, list[float]()
        self.client = session.client(kind)
        self.store = VaultCredentialStore(VAULTS[kind](session), self.slept.append)
        self.name = SECRET if kind == "secretsmanager" else PARAMETER

    def put(self, text: str, tags: list[dict[str, str]] | None = None) -> None:
        """Make what somebody else would make."""
        if self.kind == "ssm":
            self.client.put_parameter(Name=self.name, Value=text, Type="SecureString", Tags=tags or [])
        else:
            self.client.create_secret(Name=self.name, SecretString=text, Tags=tags or [])

    def text(self) -> str:
        if self.kind == "ssm":
            return str(self.client.get_parameter(Name=self.name, WithDecryption=True)["Parameter"]["Value"])
        return str(self.client.get_secret_value(SecretId=self.name)["SecretString"])

    def tags(self) -> list[dict[str, str]]:
        if self.kind == "ssm":
            return list(self.client.list_tags_for_resource(ResourceType="Parameter", ResourceId=self.name)["TagList"])
        return list(self.client.describe_secret(SecretId=self.name)["Tags"])

    def refuses(self, operation: str, code: str, message: str = "no", times: int = 1000) -> None:
        """Let the next calls of an operation be answered with an error."""
        left = [times]

        def answer(**_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
            left[0] -= 1
            if left[0] < 0:
                return None
            return AWSResponse("", 400, {}, None), {"Error": {"Code": code, "Message": message}}

        service = self.client.meta.service_model.service_id.hyphenize()
        self.client.meta.events.register(f"before-call.{service}.{operation}", answer)


@pytest.fixture(params=list(VAULTS))
def aws(request: pytest.FixtureRequest, emulated: AwsSession) -> Aws:
    return Aws(request.param, emulated)


@pytest.fixture
def secrets(emulated: AwsSession) -> Aws:
    return Aws("secretsmanager", emulated)


@pytest.fixture
def parameters(emulated: AwsSession) -> Aws:
    return Aws("ssm", emulated)


def test_the_location_is_the_service_and_the_name(aws: Aws) -> None:
    assert aws.store.location(EXAMPLE) == f"{aws.kind}:{aws.name}"


def test_what_is_kept_carries_our_tags(aws: Aws) -> None:
    aws.store.save(credential())
    aws.store.save(credential())
    assert aws.tags() == TAGS


def test_what_is_put_aside_is_beside_where_it_was(aws: Aws) -> None:
    aws.put("half", TAGS)
    assert aws.store.set_aside(EXAMPLE) == f"{aws.kind}:{aws.name}/corrupt-1"


@pytest.mark.parametrize(
    "tags", [[], [TAGS[0], {"Key": "Domain", "Value": "example.org"}], [TAGS[1]]], ids=["none", "another's", "half"]
)
def test_what_is_another_s_stays_as_it_is(aws: Aws, tags: list[dict[str, str]]) -> None:
    aws.put('{"user": "ada"}', tags)
    for attempt in (
        lambda: aws.store.save(credential()),
        lambda: aws.store.check_writable(EXAMPLE),
        lambda: aws.store.set_aside(EXAMPLE),
    ):
        with pytest.raises(Refused, match="not ours and stays as it is") as caught:
            attempt()
        assert caught.value.code == "credential_not_ours"
        assert caught.value.message.startswith(f"{aws.kind}:{aws.name}: ")
        assert "ManagedBy=provisioner and Domain=example.com" in caught.value.hint
        assert "ada" not in str(caught.value.__dict__)
    aws.store.remove(EXAMPLE)
    assert aws.text() == '{"user": "ada"}'


def test_a_credential_that_somebody_restored_without_tags_is_ours(aws: Aws) -> None:
    aws.put(json.dumps(credential().to_document()))
    assert aws.store.load(EXAMPLE) == credential()
    aws.store.save(credential())
    aws.store.remove(EXAMPLE)
    assert aws.store.load(EXAMPLE) is None


def test_a_credential_of_another_domain_under_the_name_is_not_ours(aws: Aws) -> None:
    aws.put(json.dumps(credential(SmtpUser(DomainName.parse("example.org"))).to_document()))
    with pytest.raises(Refused):
        aws.store.check_writable(EXAMPLE)


def test_the_credential_of_a_sender_is_beside_the_domain_s_and_tagged_with_its_name(aws: Aws) -> None:
    aws.store.save(credential(SHOP))
    aws.name += "/shop"
    assert aws.store.location(SHOP) == f"{aws.kind}:{aws.name}"
    assert aws.tags() == [*TAGS, {"Key": "Sender", "Value": "shop"}]


def test_what_was_put_aside_of_the_domain_s_is_not_taken_for_a_sender_s(aws: Aws) -> None:
    aws.put("half", TAGS)
    aws.store.set_aside(EXAMPLE)
    with pytest.raises(Refused, match="not ours and stays as it is"):
        aws.store.check_writable(SmtpUser(EXAMPLE.domain, "corrupt-1"))


def test_a_document_of_the_wrong_shape_is_said_with_its_place(aws: Aws) -> None:
    aws.put('{"version": 1, "domain": "example.com"}', TAGS)
    with pytest.raises(ProvisionerError, match="region is missing") as caught:
        aws.store.load(EXAMPLE)
    assert caught.value.code == "corrupt_credential"
    assert caught.value.message.startswith(f"{aws.kind}:{aws.name}: ")


@pytest.mark.parametrize(
    ("kind", "operation"),
    [
        ("secretsmanager", "DescribeSecret"),
        ("secretsmanager", "GetSecretValue"),
        ("secretsmanager", "CreateSecret"),
        ("secretsmanager", "PutSecretValue"),
        ("ssm", "GetParameter"),
        ("ssm", "ListTagsForResource"),
        ("ssm", "PutParameter"),
    ],
)
def test_whatever_saving_needs_and_may_not_do_is_said_before_a_key_is_made(
    emulated: AwsSession, kind: str, operation: str
) -> None:
    aws = Aws(kind, emulated)
    aws.refuses(operation, DENIED)
    with pytest.raises(ProvisionerError, match=f"{kind}:{operation} \\(.*example.com\\): {DENIED}") as caught:
        aws.store.check_writable(EXAMPLE)
    assert caught.value.code == "access_denied"
    assert "allow the action" in caught.value.hint


def test_what_may_not_be_read_is_not_taken_for_absent(aws: Aws) -> None:
    aws.refuses("GetSecretValue" if aws.kind == "secretsmanager" else "GetParameter", DENIED)
    with pytest.raises(ProvisionerError) as caught:
        aws.store.load(EXAMPLE)
    assert caught.value.code == "access_denied"


def test_what_may_not_be_deleted_is_no_success(aws: Aws) -> None:
    aws.store.save(credential())
    aws.refuses("DeleteSecret" if aws.kind == "secretsmanager" else "DeleteParameter", DENIED)
    with pytest.raises(ProvisionerError, match=DENIED):
        aws.store.remove(EXAMPLE)


def test_no_error_shows_the_password(aws: Aws, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    aws.refuses("PutSecretValue" if aws.kind == "secretsmanager" else "PutParameter", "InternalServiceError")
    with pytest.raises(ProvisionerError) as caught:
        aws.store.save(credential())
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert credential().password.reveal() not in shown


def test_what_was_found_does_not_show_its_content() -> None:
    assert "BMXhUYlu5Z3g" not in repr(Found("BMXhUYlu5Z3g", {}))


@pytest.mark.parametrize("kind", list(VAULTS))
def test_without_a_region_none_is_guessed(no_aws: None, kind: str) -> None:
    store = VaultCredentialStore(VAULTS[kind](AwsSession({}, None, None)))
    with pytest.raises(InputError, match=f"PROVISIONER_STORE={kind}") as caught:
        store.load(EXAMPLE)
    assert caught.value.code == "no_region"


def test_the_region_is_that_of_the_session(aws: Aws, emulated: AwsSession) -> None:
    aws.store.save(credential())
    elsewhere = VaultCredentialStore(VAULTS[aws.kind](AwsSession({}, "eu-west-1", None)))
    assert elsewhere.load(EXAMPLE) is None


def test_the_longest_name_that_is_ever_used_is_one_that_the_service_takes(aws: Aws) -> None:
    domain = DomainName.of_ascii(".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 57, "com"]))
    assert len(domain.ascii) == 253
    longest = SmtpUser(domain, "s" * 32)
    name = f"{VAULTS[aws.kind](AwsSession({}, 'us-east-1', None)).name(longest)}/corrupt-999"
    if aws.kind == "secretsmanager":
        create = aws.client.meta.service_model.operation_model("CreateSecret")
        assert len(name) <= create.input_shape.members["Name"].metadata["max"]
    else:
        assert len(f"arn:aws-us-gov:ssm:us-gov-west-1:123456789012:parameter{name}") <= 1011
        assert len(json.dumps(credential(longest).to_document())) < 4096


def test_looking_whether_it_could_be_kept_makes_no_new_version_of_a_secret(secrets: Aws) -> None:
    secrets.store.save(credential())
    before = secrets.client.describe_secret(SecretId=SECRET)["VersionIdsToStages"]
    secrets.store.check_writable(EXAMPLE)
    assert secrets.client.describe_secret(SecretId=SECRET)["VersionIdsToStages"] == before


@pytest.fixture
def doomed(secrets: Aws) -> Aws:
    """A secret of ours that somebody has scheduled for deletion."""
    secrets.store.save(credential())
    secrets.client.delete_secret(SecretId=SECRET, RecoveryWindowInDays=30)
    return secrets


def test_a_secret_that_is_scheduled_for_deletion_counts_as_absent(doomed: Aws) -> None:
    assert doomed.store.load(EXAMPLE) is None


def test_a_secret_that_is_scheduled_for_deletion_is_in_nobody_s_way(doomed: Aws) -> None:
    doomed.store.check_writable(EXAMPLE)
    doomed.store.save(credential())
    assert doomed.store.load(EXAMPLE) == credential()
    assert "DeletedDate" not in doomed.client.describe_secret(SecretId=SECRET)


def test_a_secret_that_is_scheduled_for_deletion_is_forgotten_at_once(doomed: Aws) -> None:
    doomed.store.remove(EXAMPLE)
    with pytest.raises(doomed.client.exceptions.ResourceNotFoundException):
        doomed.client.describe_secret(SecretId=SECRET)


def test_a_secret_of_others_that_is_scheduled_for_deletion_stays_scheduled(secrets: Aws) -> None:
    secrets.put("theirs")
    secrets.client.delete_secret(SecretId=SECRET, RecoveryWindowInDays=30)
    assert secrets.store.load(EXAMPLE) is None
    with pytest.raises(Refused, match="not ours"):
        secrets.store.check_writable(EXAMPLE)
    assert "DeletedDate" in secrets.client.describe_secret(SecretId=SECRET)


def test_a_name_that_is_still_being_deleted_is_waited_for(secrets: Aws) -> None:
    secrets.refuses("CreateSecret", "InvalidRequestException", DELETING, times=2)
    secrets.store.check_writable(EXAMPLE)
    secrets.store.save(credential())
    assert secrets.slept == [1, 2]
    assert secrets.store.load(EXAMPLE) == credential()


def test_what_was_made_and_cannot_be_seen_yet_is_waited_for(aws: Aws) -> None:
    secrets = aws.kind == "secretsmanager"
    operation, code = (
        ("DescribeSecret", "ResourceNotFoundException") if secrets else ("GetParameter", "ParameterNotFound")
    )
    aws.refuses(operation, code, times=2)
    aws.store.check_writable(EXAMPLE)
    assert aws.slept == [2]
    aws.store.save(credential())
    assert aws.store.load(EXAMPLE) == credential()


def test_a_restoration_that_came_too_late_is_tried_as_a_new_secret(doomed: Aws) -> None:
    doomed.refuses("RestoreSecret", "ResourceNotFoundException", times=1)
    doomed.store.check_writable(EXAMPLE)
    assert doomed.slept == [1]


def test_a_name_that_does_not_become_free_is_said_after_a_minute(secrets: Aws) -> None:
    secrets.refuses("CreateSecret", "InvalidRequestException", DELETING)
    with pytest.raises(ProvisionerError, match="still deleting") as caught:
        secrets.store.check_writable(EXAMPLE)
    assert caught.value.code == "store_busy"
    assert sum(secrets.slept) == 60


def test_another_invalid_request_is_not_waited_out(secrets: Aws) -> None:
    secrets.refuses("CreateSecret", "InvalidRequestException", "the secret is managed by another service", times=1)
    with pytest.raises(ProvisionerError, match="managed by another service"):
        secrets.store.check_writable(EXAMPLE)
    secrets.put("x", TAGS)
    secrets.refuses("GetSecretValue", "InvalidRequestException", "the secret is managed by another service")
    with pytest.raises(ProvisionerError, match="managed by another service"):
        secrets.store.load(EXAMPLE)
    assert secrets.slept == []


def test_a_secret_without_a_value_holds_nothing_and_is_written_to(secrets: Aws) -> None:
    secrets.client.create_secret(Name=SECRET, Tags=TAGS)
    assert secrets.store.load(EXAMPLE) is None
    secrets.store.check_writable(EXAMPLE)
    assert secrets.store.load(EXAMPLE) is None
    secrets.store.save(credential())
    assert secrets.store.load(EXAMPLE) == credential()


def test_a_binary_secret_is_put_aside_as_it_is(secrets: Aws) -> None:
    secrets.client.create_secret(Name=SECRET, SecretBinary=b"\xff\x00", Tags=TAGS)
    with pytest.raises(ProvisionerError, match="not a JSON object"):
        secrets.store.load(EXAMPLE)
    aside = secrets.store.set_aside(EXAMPLE).removeprefix("secretsmanager:")
    assert secrets.client.get_secret_value(SecretId=aside)["SecretBinary"] == b"\xff\x00"
    assert secrets.store.load(EXAMPLE) is None


def test_a_parameter_is_encrypted(parameters: Aws) -> None:
    parameters.store.save(credential())
    assert parameters.client.get_parameter(Name=PARAMETER)["Parameter"]["Type"] == "SecureString"


def test_no_password_goes_into_a_parameter_that_is_not_encrypted(parameters: Aws) -> None:
    parameters.client.put_parameter(Name=PARAMETER, Value="x", Type="String", Tags=TAGS)
    with pytest.raises(Refused, match="neither a SecureString parameter"):
        parameters.store.save(credential())
    assert parameters.text() == "x"
