import json
from typing import Any

import pytest

from provisioner.core.credentials.credential import SmtpCredential
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
