"""Credentials in either service: whose they are, what is refused, what is said."""

from __future__ import annotations

import json
import logging
import traceback

import pytest
from fakes.vaults import EXAMPLE, SHOP, TAGS, VAULTS, Aws, credential

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.vaults.vault import SecretEntry, VaultCredentialStore
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError, ProvisionerError, Refused

DENIED = "AccessDeniedException"


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
    assert "BMXhUYlu5Z3g" not in repr(SecretEntry("BMXhUYlu5Z3g", {}))


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
