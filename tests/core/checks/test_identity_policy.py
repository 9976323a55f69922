"""Whom the policies of an SES identity let send, and whom they keep from it: one policy a row."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fakes.aws import identity
from mail_users import state

from provisioner.core.checks.identity_policy import check
from provisioner.core.checks.observed import NOT_WANTED, Observed

THEM, US = "999988887777", "123456789012"
USER = f"arn:aws:iam::{US}:user/provisioner/smtp/example.com"
SEND = {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": f"arn:aws:ses:us-east-1:{US}:identity/example.com"}
DENY = {"Effect": "Deny", "Action": "ses:SendRawEmail", "Resource": "*"}
SOURCE = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}


def found(observed: Callable[..., Observed], *statements: Any, **facts: Any) -> list[tuple[str, str]]:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    ours = replace(identity("example.com", "SUCCESS"), policies={"others": text})
    findings = check(observed(identity=ours, **{"users": (state(),), **facts}))
    return [(one.id, str(one.severity)) for one in findings]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({**SEND, "Principal": {"AWS": THEM}}, [("identity.open_to_account", "warning")]),
        ({**SEND, "Principal": {"AWS": f"arn:aws:iam::{THEM}:root"}}, [("identity.open_to_account", "warning")]),
        (
            {**SEND, "Principal": {"AWS": [f"arn:aws:iam::{THEM}:user/x", US]}},
            [("identity.open_to_account", "warning")],
        ),
        ({**SEND, "Principal": "*"}, [("identity.open_to_account", "error")]),
        ({**SEND, "Principal": {"AWS": "*"}, **SOURCE}, [("identity.open_to_account", "warning")]),
        ({**SEND, "Principal": {"AWS": US}}, []),
        ({**SEND, "Principal": {"AWS": USER}}, []),
        ({**SEND, "Principal": {"Service": "ses.amazonaws.com"}}, []),
        ({**SEND, "Principal": {"AWS": THEM}, "Action": "ses:GetEmailIdentity"}, []),
        ({**DENY, "Principal": "*"}, [("identity.policy_denies", "error")]),
        ({**DENY, "Principal": {"AWS": US}}, [("identity.policy_denies", "error")]),
        ({**DENY, "Principal": {"AWS": f"arn:aws:iam::{US}:root"}}, [("identity.policy_denies", "error")]),
        ({**DENY, "Principal": {"AWS": USER}}, [("identity.policy_denies", "error")]),
        ({**DENY, "NotPrincipal": {"AWS": THEM}}, [("identity.policy_denies", "error")]),
        ({**DENY, "NotPrincipal": {"AWS": USER}}, []),
        ({**DENY, "Principal": {"AWS": THEM}}, []),
        ({**DENY, "Principal": {"AWS": f"arn:aws:iam::{US}:user/other"}}, []),
        ({**DENY, "Principal": "*", "Action": "ses:SendEmail"}, []),
        (
            {**DENY, "Principal": "*", "Condition": {"StringNotLike": {"ses:FromAddress": "*@example.com"}}},
            [],
        ),
        (
            {**DENY, "Principal": "*", "Condition": {"StringResembles": {"ses:FromAddress": "*"}}},
            [("check.not_run", "warning")],
        ),
    ],
)
def test_each_statement_is_judged_by_whom_it_is_about(
    observed: Callable[..., Observed], statement: Any, expected: list[tuple[str, str]]
) -> None:
    assert found(observed, statement) == expected


def test_an_account_is_named_once_with_the_policy_and_the_command(observed: Callable[..., Observed]) -> None:
    text = json.dumps({"Statement": [{**SEND, "Principal": {"AWS": [THEM, f"arn:aws:iam::{THEM}:root"]}}]})
    ours = replace(identity("example.com", "SUCCESS"), policies={"others": text})
    (finding,) = check(observed(identity=ours))
    assert finding.message == f"its policy others lets AWS account {THEM} send as example.com"
    named = "--email-identity example.com --policy-name others"
    assert finding.remedy == f"when nobody needs it: `aws sesv2 delete-email-identity-policy {named}`"


def test_without_users_that_were_seen_the_domain_s_own_is_meant(observed: Callable[..., Observed]) -> None:
    assert found(observed, {**DENY, "Principal": {"AWS": USER}}, users=NOT_WANTED) == [
        ("identity.policy_denies", "error")
    ]


def test_of_an_identity_that_is_missing_nothing_is_said(observed: Callable[..., Observed]) -> None:
    assert list(check(observed(identity=None))) == []
