"""What policies say of sending by SMTP."""

import pytest

from provisioner.core.credentials.sending_policy import allows_sending, denies_sending


def policy(**statement: object) -> object:
    return {"Statement": [{"Effect": "Allow", "Resource": "*", **statement}]}


@pytest.mark.parametrize(
    "document",
    [
        policy(Action="ses:SendRawEmail"),
        policy(Action=["ses:GetAccount", "SES:sendrawemail"]),
        policy(Action="ses:Send*"),
        policy(Action="*"),
        policy(NotAction="iam:*"),
        {"Statement": {"Effect": "Allow", "Action": "ses:*", "Resource": "*"}},
    ],
)
def test_what_allows_the_action_of_smtp_allows_sending(document: object) -> None:
    assert allows_sending(document)


@pytest.mark.parametrize(
    "document",
    [
        policy(Action="ses:SendEmail"),
        policy(Action="ses:SendRawEmail", Effect="Deny"),
        policy(NotAction="ses:*"),
        {"Statement": []},
        {},
        None,
        "text",
    ],
)
def test_what_does_not_name_it_does_not(document: object) -> None:
    assert not allows_sending(document)


def test_only_a_denial_of_everything_denies_for_sure() -> None:
    assert denies_sending(policy(Action="ses:*", Effect="Deny"))
    assert denies_sending(policy(Action="*", Effect="Deny", Resource=["*"]))
    assert not denies_sending(policy(Action="ses:*"))
    assert not denies_sending(policy(Action="ses:*", Effect="Deny", Resource="arn:aws:ses:eu-west-1:*:identity/x"))
    assert not denies_sending(policy(Action="ses:*", Effect="Deny", Condition={"Bool": {"aws:SecureTransport": "x"}}))
