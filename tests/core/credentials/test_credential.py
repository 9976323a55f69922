import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from provisioner.core.credentials.credential import Replaced, SmtpCredential
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import ProvisionerError

PASSWORD = "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9"


def test_a_credential_is_derived_for_the_regions_endpoint(credential: SmtpCredential) -> None:
    assert (credential.host, credential.port) == ("email-smtp.us-east-1.amazonaws.com", 587)
    assert (credential.security, credential.region) == ("starttls", "us-east-1")
    assert (credential.user_name, credential.iam_user) == ("AKIAIOSFODNN7EXAMPLE", "example.com")
    assert credential.password.reveal() == PASSWORD


def test_a_credential_never_shows_its_password(credential: SmtpCredential) -> None:
    assert PASSWORD not in f"{credential} {credential!r}"


def test_a_credential_survives_the_store(credential: SmtpCredential) -> None:
    document = json.loads(json.dumps(credential.to_document()))
    assert document["password"] == PASSWORD
    assert SmtpCredential.from_document(document) == credential


def test_a_credential_that_was_stored_before_there_were_senders_is_the_main_user_s(credential: SmtpCredential) -> None:
    assert "sender" not in credential.to_document()
    assert credential.user == SmtpUser(DomainName("example.com"))


def test_the_credential_of_a_sender_survives_the_store(credential: SmtpCredential) -> None:
    user = SmtpUser(credential.domain, "shop")
    shop = SmtpCredential.derived(user, Region.parse("us-east-1"), "AKIA2", Secret("some+secret+key"))
    again = SmtpCredential.from_document(json.loads(json.dumps(shop.to_document())))
    assert (again, again.user, again.iam_user) == (shop, user, "example.com+shop")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"password": None}, "password"),
        ({"password": 5}, "password"),
        ({"port": "587"}, "port"),
        ({"port": True}, "port"),
        ({"domain": "Not A Domain"}, "domain"),
        ({"version": 2}, "version"),
        ({"user_name": ["x"]}, "user_name"),
        ({"sender": "../x"}, "sender"),
        ({"sender": 5}, "sender"),
        ({"replaces": "AKIA"}, "replaces"),
        ({"replaces": {"user_name": "AKIA"}}, "at"),
        ({"replaces": {"user_name": 5, "at": "2026-11-28T03:10:05+00:00"}}, "user_name"),
        ({"switched_off_at": "yesterday"}, "switched_off_at"),
        ({"switched_off_at": "2026-11-28T03:10:05"}, "switched_off_at"),
    ],
)
def test_a_document_of_the_wrong_shape_is_refused_without_its_values(
    credential: SmtpCredential, change: dict[str, Any], what: str
) -> None:
    with pytest.raises(ProvisionerError) as caught:
        SmtpCredential.from_document(credential.to_document() | change)
    assert (caught.value.code, caught.value.exit_code) == ("corrupt_credential", 1)
    assert what in caught.value.message
    assert PASSWORD not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("document", [None, [], "text", {}, {1: 2}])
def test_what_is_no_document_is_refused(document: object) -> None:
    with pytest.raises(ProvisionerError) as caught:
        SmtpCredential.from_document(document)
    assert caught.value.code == "corrupt_credential"


def test_a_missing_field_is_named(credential: SmtpCredential) -> None:
    document = credential.to_document()
    del document["iam_user"]
    with pytest.raises(ProvisionerError, match="iam_user is missing"):
        SmtpCredential.from_document(document)


def test_what_a_credential_replaced_and_when_its_key_was_switched_off_survive_the_store(
    credential: SmtpCredential,
) -> None:
    at = datetime(2026, 11, 28, 3, 10, 5, tzinfo=UTC)
    marked = replace(credential, replaces=Replaced("AKIAOLD", at), switched_off_at=at)
    document = json.loads(json.dumps(marked.to_document()))
    assert document["replaces"] == {"user_name": "AKIAOLD", "at": "2026-11-28T03:10:05+00:00"}
    assert SmtpCredential.from_document(document) == marked
    assert {"replaces", "switched_off_at"} & set(credential.to_document()) == set()
