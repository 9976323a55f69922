"""The sandbox decides as IAM does, and refuses to decide by what it does not understand."""

import json
import re
from typing import Any

import pytest

from provisioner.core.iam.request import IamRequest
from provisioner.sandbox.policy.evaluate import UnsupportedPolicyError, decide

REQUEST = IamRequest("ses:SendRawEmail", ("arn:aws:ses:us-east-1:123456789012:identity/example.com",), {"y": ("a",)})


def document(**elements: Any) -> str:
    base = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"}
    statement = {key: value for key, value in (base | elements).items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


@pytest.mark.parametrize(
    ("boundary", "allowed"), [(None, True), ("ses:*", True), ("ses:SendEmail", False), ("iam:*", False)]
)
def test_what_a_policy_allows_its_permissions_boundary_must_allow_too(boundary: str | None, allowed: bool) -> None:
    bounds = document(Action=boundary) if boundary else None
    assert decide([document()], REQUEST, bounds).allowed is allowed


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ({"BinaryEquals": {"x": "1"}}, "BinaryEquals"),
        ({"StringMatches": {"x": "1"}}, "StringMatches"),
        ({"StringLike": {"y": "*"}}, "ForAllValues"),
        (["StringLike"], "Condition"),
    ],
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_what_is_not_understood_is_an_error_that_names_it(condition: Any, named: str, effect: str) -> None:
    with pytest.raises(UnsupportedPolicyError, match=re.escape(named)):
        decide([document(), document(Effect=effect, Condition=condition)][effect == "Allow" :], REQUEST)


def test_an_unknown_operator_is_found_behind_a_condition_that_fails_and_in_a_statement_about_something_else() -> None:
    condition = {"StringEquals": {"ses:FromAddress": "x@y"}, "BinaryEquals": {"aws:CurrentTime": "2030-01-01"}}

    with pytest.raises(UnsupportedPolicyError, match="BinaryEquals"):
        decide([document(), document(Action="s3:GetObject", Condition=condition)], REQUEST)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("{", "document"),
        ('{"Version": "2012-10-17"}', "document"),
        (document(Principal="*"), "Principal"),
        (document(Effect="allow"), "'allow'"),
        (document(Action=None), "Action"),
        (document(NotResource="*"), "Resource"),
    ],
)
def test_a_malformed_document_is_an_error(text: str, named: str) -> None:
    with pytest.raises(UnsupportedPolicyError, match=named):
        decide([text], REQUEST)
