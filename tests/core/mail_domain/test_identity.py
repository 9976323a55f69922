from dataclasses import replace

import pytest

from provisioner.core.mail_domain.identity import IdentityStatus

SETTLED = IdentityStatus(
    arn="arn:aws:ses:us-east-1:123456789012:identity/example.com",
    verified=True,
    verification_status="SUCCESS",
    dkim_status="SUCCESS",
    dkim_tokens=("a", "b", "c"),
    signing_hosted_zone="dkim.amazonses.com",
    mail_from_domain="bounce.example.com",
    mail_from_status="SUCCESS",
    configuration_set="example-com",
    tags={},
)


def test_an_identity_is_settled_when_everything_succeeded() -> None:
    assert SETTLED.is_settled


@pytest.mark.parametrize(
    "change",
    [{"verified": False}, {"dkim_status": "PENDING"}, {"mail_from_status": "FAILED"}, {"mail_from_status": None}],
)
def test_an_identity_is_not_settled_while_one_part_is_not(change: dict[str, object]) -> None:
    assert not replace(SETTLED, **change).is_settled  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (None, ""),
        ("HOST_NOT_FOUND", "the names do not exist in public DNS"),
        ("INVALID_VALUE", "public DNS has other values there"),
        ("SOMETHING_NEW", "SOMETHING_NEW"),
    ],
)
def test_what_ses_saw_at_its_last_look_is_told_in_words(fault: str | None, words: str) -> None:
    assert replace(SETTLED, fault=fault).fault_in_words == words
