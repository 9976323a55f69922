"""How a KMS key may be named, and when a service means the same one."""

import pytest

from provisioner.core.credentials.kms_key import KmsKey
from provisioner.errors import InputError

ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
ARN = f"arn:aws:kms:us-east-1:123456789012:key/{ID}"
ALIAS_ARN = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/mail"


@pytest.mark.parametrize(
    "text", [ID, ARN, "alias/mail", ALIAS_ARN, " alias/mail ", "mrk-" + "0a" * 16, "alias/aws/ssm"]
)
def test_a_key_is_named_by_id_alias_or_arn(text: str) -> None:
    assert KmsKey.parse(text).name == text.strip()


@pytest.mark.parametrize("text", ["", "mail", "alias/", "arn:aws:kms:us-east-1:1:key/x", ARN + "x", "alias/a b", "a b"])
def test_anything_else_is_bad_input(text: str) -> None:
    with pytest.raises(InputError) as caught:
        KmsKey.parse(text)
    assert caught.value.code == "invalid_kms_key"
    assert ("write alias/mail" in caught.value.hint) == (text == "mail")


@pytest.mark.parametrize(
    ("asked", "other", "same"),
    [
        (ID, ARN, True),
        (ARN, ID, True),
        (ARN, ARN, True),
        (ARN, ARN.replace("123456789012", "210987654321"), False),
        ("alias/mail", ALIAS_ARN, True),
        ("alias/mail", "alias/other", False),
        ("alias/mail", ARN, False),
        ("alias/aws/ssm", "alias/aws/ssm", True),
    ],
)
def test_a_service_may_answer_with_the_arn(asked: str, other: str, same: bool) -> None:
    assert KmsKey.parse(asked).is_called(other) is same
