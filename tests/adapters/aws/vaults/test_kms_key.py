"""The KMS key of what is kept: the one asked for or the account's own, changed when asked, clear when it is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.vaults import EXAMPLE, SHOP, TAGS, VAULTS, Aws, credential

from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.vaults.vault import VaultCredentialStore
from provisioner.core.credentials.kms_key import KmsKey
from provisioner.core.credentials.slot import Slot
from provisioner.errors import ProvisionerError

OWN = {"secretsmanager": None, "ssm": "alias/aws/ssm"}  # Secrets Manager does not name its own


@pytest.fixture
def key(emulated: AwsSession) -> str:
    kms = emulated.client("kms")
    key_id = str(kms.create_key()["KeyMetadata"]["KeyId"])
    kms.create_alias(AliasName="alias/mail", TargetKeyId=key_id)
    return key_id


def with_key(aws: Aws, session: AwsSession, name: str) -> VaultCredentialStore:
    make: Any = VAULTS[aws.kind]
    return VaultCredentialStore(make(session, KmsKey.parse(name)), aws.slept.append)


def key_of(aws: Aws, name: str = "") -> str | None:
    if aws.kind == "secretsmanager":
        found = aws.client.describe_secret(SecretId=name or aws.name).get("KmsKeyId")
    else:
        filters = [{"Key": "Name", "Option": "Equals", "Values": [name or aws.name]}]
        found = aws.client.describe_parameters(ParameterFilters=filters)["Parameters"][0].get("KeyId")
    return None if found is None else str(found)


def test_without_one_it_is_the_account_s_own(aws: Aws) -> None:
    aws.store.check_writable(EXAMPLE)
    aws.store.save(credential())
    assert key_of(aws) == OWN[aws.kind]
    assert not aws.store.key_differs(EXAMPLE)


def test_what_is_made_is_encrypted_with_the_one_that_was_asked_for(aws: Aws, emulated: AwsSession, key: str) -> None:
    store = with_key(aws, emulated, "alias/mail")
    store.check_writable(EXAMPLE)
    assert key_of(aws) == "alias/mail"
    store.save(credential())
    assert (key_of(aws), store.load(EXAMPLE), store.key_differs(EXAMPLE)) == ("alias/mail", credential(), False)


def test_a_key_that_is_made_later_is_tried_with_the_other_key_first(aws: Aws, emulated: AwsSession, key: str) -> None:
    aws.store.save(credential())
    with_key(aws, emulated, key).check_writable(EXAMPLE)
    assert (key_of(aws), aws.store.load(EXAMPLE)) == (key, credential())


def test_what_is_there_is_encrypted_anew_in_every_slot_and_stays_what_it_is(
    aws: Aws, emulated: AwsSession, key: str
) -> None:
    for slot in Slot:
        aws.store.save(credential(key_id=f"AKIA{slot}"), slot)
    aws.store.save(credential(SHOP))
    before = [aws.store.load(EXAMPLE, slot) for slot in Slot]
    store = with_key(aws, emulated, key)
    assert store.key_differs(EXAMPLE)
    store.encrypt_anew(EXAMPLE)
    assert not store.key_differs(EXAMPLE)
    assert [store.load(EXAMPLE, slot) for slot in Slot] == before
    assert (key_of(aws), key_of(aws, f"{aws.name}/shop")) == (key, OWN[aws.kind])
    back = with_key(aws, emulated, f"alias/aws/{aws.kind}")
    back.encrypt_anew(EXAMPLE)
    assert not back.key_differs(EXAMPLE)


def test_nothing_there_has_no_key_that_could_differ(aws: Aws, emulated: AwsSession, key: str) -> None:
    store = with_key(aws, emulated, key)
    store.encrypt_anew(EXAMPLE)
    assert not store.key_differs(EXAMPLE)


REFUSALS = {
    "secretsmanager": [
        ("EncryptionFailure", "no"),
        ("AccessDeniedException", "not authorized to perform: kms:Decrypt"),
    ],
    "ssm": [("InvalidKeyId", "Invalid keyId"), ("AccessDeniedException", "not authorized to perform: kms:Encrypt")],
}


@pytest.mark.parametrize("which", [0, 1])
def test_a_key_that_cannot_be_used_is_said_before_an_access_key_is_made(
    aws: Aws, emulated: AwsSession, which: int
) -> None:
    store = with_key(aws, emulated, "alias/wrong")
    aws.refuses("CreateSecret" if aws.kind == "secretsmanager" else "PutParameter", *REFUSALS[aws.kind][which])
    with pytest.raises(ProvisionerError) as caught:
        store.check_writable(EXAMPLE)
    assert caught.value.code == "kms_key"
    assert "the KMS key alias/wrong" in caught.value.message
    assert "PROVISIONER_STORE_KMS_KEY" in caught.value.hint


def test_a_key_that_is_gone_is_said_when_a_credential_is_read(aws: Aws) -> None:
    aws.put("{}", TAGS)
    read, code = (
        ("GetSecretValue", "DecryptionFailure") if aws.kind == "secretsmanager" else ("GetParameter", "InvalidKeyId")
    )
    aws.refuses(read, code, "the key is pending deletion")
    with pytest.raises(ProvisionerError, match=r"pending deletion \(the KMS key that encrypts it") as caught:
        aws.store.load(EXAMPLE)
    assert caught.value.code == "kms_key"
