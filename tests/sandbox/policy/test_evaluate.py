"""The IAM evaluator: what a policy lets one request do."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.sandbox.policy.conditions import UnsupportedPolicyError
from provisioner.sandbox.policy.evaluate import Decision, IamRequest, evaluate
from provisioner.sandbox.policy.glob import arn_matches, matches

PREFIX = "arn:aws:ses:us-east-1:123456789012:"
IDENTITY = f"{PREFIX}identity/example.com"
SET = f"{PREFIX}configuration-set/example-com"
CONTEXT: dict[str, str | tuple[str, ...]] = {
    "ses:FromAddress": "info@example.com",
    "ses:FeedbackAddress": "info@example.com",
    "ses:Recipients": ("a@one.test", "b@two.test"),
    "ses:ApiVersion": "2",
    "aws:SecureTransport": "true",
    "aws:SourceIp": "192.0.2.7",
    "aws:username": "mail-example",
    "aws:PrincipalArn": "arn:aws:iam::123456789012:user/provisioner/smtp/mail-example",
}


def statement(**elements: Any) -> dict[str, Any]:
    base = {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": [IDENTITY, SET]}
    return {key: value for key, value in (base | elements).items() if value is not None}


def decide(*statements: dict[str, Any], resources: tuple[str, ...] = (IDENTITY, SET), **context: Any) -> Decision:
    known = {key: value for key, value in (CONTEXT | context).items() if value is not None}
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return evaluate([document], IamRequest("ses:SendRawEmail", resources, known))


def allows(condition: dict[str, Any], **context: Any) -> bool:
    return decide(statement(Condition=condition), **context).allowed


@pytest.mark.parametrize(
    ("boundary", "allowed"),
    [(None, True), ("ses:*", True), ("ses:SendRawEmail", True), ("ses:SendEmail", False), ("iam:*", False)],
)
def test_what_a_policy_allows_its_permissions_boundary_must_allow_too(boundary: str | None, allowed: bool) -> None:
    documents = [json.dumps({"Statement": statement(Action=action)}) for action in ("ses:SendRawEmail", boundary)]
    request = IamRequest("ses:SendRawEmail", (IDENTITY, SET), CONTEXT)
    decision = evaluate(documents[:1], request, documents[1] if boundary else None)
    assert decision == (Decision(True) if allowed else Decision(False, IDENTITY))


def test_a_boundary_alone_allows_nothing() -> None:
    bounds = json.dumps({"Statement": statement(Action="*")})
    assert not evaluate([], IamRequest("ses:SendRawEmail", (IDENTITY,), CONTEXT), bounds).allowed


def test_nothing_is_allowed_without_a_policy() -> None:
    assert evaluate([], IamRequest("ses:SendRawEmail", (IDENTITY,), {})) == Decision(False, IDENTITY)


def test_every_resource_of_the_request_must_be_allowed() -> None:
    assert decide(statement()).allowed
    assert decide(statement(Resource=IDENTITY)) == Decision(False, SET)
    assert decide(statement(Resource=IDENTITY), statement(Resource=SET)).allowed


def test_a_deny_wins_over_every_allow_and_names_its_resource() -> None:
    decision = decide(statement(Resource="*"), statement(Effect="Deny", Resource=SET))

    assert decision == Decision(False, SET, explicit_deny=True)


def test_a_deny_in_one_document_wins_over_an_allow_in_another() -> None:
    documents = [json.dumps({"Statement": statement(Effect=effect)}) for effect in ("Allow", "Deny")]

    assert not evaluate(documents, IamRequest("ses:SendRawEmail", (IDENTITY,), {})).allowed


@pytest.mark.parametrize(
    "action",
    ["ses:SendRawEmail", "SES:sendrawemail", "ses:Send*", "*", ["s3:*", "ses:?endRawEmail"]],
)
def test_actions_match_without_regard_to_case_and_with_wildcards(action: Any) -> None:
    assert decide(statement(Action=action)).allowed


@pytest.mark.parametrize("action", ["ses:SendEmail", "s3:*", "ses:SendRawEmail?", []])
def test_another_action_does_not_help(action: Any) -> None:
    assert not decide(statement(Action=action)).allowed


def test_not_action_and_not_resource_cover_everything_else() -> None:
    assert decide(statement(Action=None, NotAction="iam:*")).allowed
    assert not decide(statement(Action=None, NotAction="ses:*")).allowed
    assert decide(statement(Resource=None, NotResource=f"{PREFIX}identity/other.test")).allowed
    assert decide(statement(Resource=None, NotResource=IDENTITY)).resource == IDENTITY


@pytest.mark.parametrize(
    ("resource", "allowed"),
    [
        (f"{PREFIX}identity/*", True),
        ("arn:aws:ses:*:*:identity/example.???", True),
        (f"{PREFIX}identity/EXAMPLE.com", False),
        (f"{PREFIX}identity/", False),
        ("arn:aws:ses:eu-west-1:123456789012:identity/*", False),
    ],
)
def test_resources_match_with_wildcards_and_case(resource: str, allowed: bool) -> None:
    assert decide(statement(Resource=resource), resources=(IDENTITY,)).allowed is allowed


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"ses:FromAddress": "info@example.com"}}, True),
        ({"StringEquals": {"SES:fromaddress": ["x@y", "info@example.com"]}}, True),
        ({"StringEquals": {"ses:FromAddress": "Info@example.com"}}, False),
        ({"StringEquals": {"ses:FromAddress": "*@example.com"}}, False),
        ({"StringEqualsIgnoreCase": {"ses:FromAddress": "INFO@example.com"}}, True),
        ({"StringLike": {"ses:FromAddress": "*@example.com"}}, True),
        ({"StringLike": {"ses:FromAddress": "*@*.example.com"}}, False),
        ({"StringNotEquals": {"ses:FromAddress": "x@y"}}, True),
        ({"StringNotEquals": {"ses:FromAddress": ["x@y", "info@example.com"]}}, False),
        ({"StringNotLike": {"ses:FromAddress": "*@example.com"}}, False),
        ({"Bool": {"aws:SecureTransport": True}}, True),
        ({"Bool": {"aws:SecureTransport": "false"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}, True),
        ({"NotIpAddress": {"aws:SourceIp": "192.0.2.7"}}, False),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/provisioner/*"}}, True),
        ({"ArnEquals": {"aws:PrincipalArn": "arn:*"}}, False),
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}, True),
        ({"Null": {"ses:FromDisplayName": "true", "ses:FromAddress": "false"}}, True),
        ({"Null": {"ses:FromAddress": "true"}}, False),
        ({"StringEquals": {"ses:ApiVersion": 2}}, True),
        ({"StringEquals": {"ses:ApiVersion": "2", "ses:FromAddress": "x@y"}}, False),
        ({"StringEquals": {"ses:ApiVersion": "2"}, "StringLike": {"ses:FromAddress": "*"}}, True),
        ({"StringLike": {"aws:PrincipalArn": "*/${aws:username}"}}, True),
        ({"StringLike": {"aws:PrincipalArn": "*/${aws:PrincipalTag/none}"}}, False),
        ({"StringEquals": {"ses:FromAddress": "${missing, 'info@example.com'}"}}, True),
        ({}, True),
    ],
)
def test_a_condition_decides(condition: dict[str, Any], expected: bool) -> None:
    assert allows(condition) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringLike", False),
        ("StringNotEquals", True),
        ("StringNotLike", True),
        ("StringEqualsIfExists", True),
        ("StringNotLikeIfExists", True),
        ("ForAllValues:StringLike", True),
        ("ForAnyValue:StringLike", False),
        ("ForAnyValue:StringNotLike", False),
    ],
)
def test_an_absent_key_is_met_only_where_aws_says_so(operator: str, expected: bool) -> None:
    assert allows({operator: {"ses:FromDisplayName": "*"}}) is expected


def test_if_exists_still_compares_a_key_that_is_there() -> None:
    assert not allows({"StringEqualsIfExists": {"ses:FromAddress": "x@y"}})


@pytest.mark.parametrize(
    ("operator", "wanted", "expected"),
    [
        ("ForAllValues:StringLike", ["*@one.test", "*@two.test"], True),
        ("ForAllValues:StringLike", "*@one.test", False),
        ("ForAnyValue:StringLike", "*@two.test", True),
        ("ForAnyValue:StringEquals", "c@three.test", False),
        ("ForAllValues:StringNotLike", "*@three.test", True),
        ("ForAnyValue:StringNotLike", "*@one.test", True),
        ("ForAllValues:StringEqualsIfExists", ["a@one.test", "b@two.test"], True),
    ],
)
def test_a_multivalued_key_is_compared_value_by_value(operator: str, wanted: Any, expected: bool) -> None:
    assert allows({operator: {"ses:Recipients": wanted}}) is expected


@pytest.mark.parametrize(
    ("condition", "named"),
    [
        ({"NumericLessThan": {"x": "1"}}, "NumericLessThan"),
        ({"ForSomeValues:StringLike": {"x": "1"}}, "ForSomeValues:StringLike"),
        ({"StringMatches": {"x": "1"}}, "StringMatches"),
        ({"StringLike": {"ses:Recipients": "*"}}, "ForAllValues"),
        ({"IpAddress": {"aws:SourceIp": "here"}}, "'here'"),
        ({"StringLike": {"ses:FromAddress": {"nested": 1}}}, "nested"),
        (["StringLike"], "Condition"),
    ],
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_what_is_not_understood_is_an_error_that_names_it(condition: Any, named: str, effect: str) -> None:
    with pytest.raises(UnsupportedPolicyError, match=re.escape(named)):
        decide(statement(Effect=effect, Condition=condition))


def test_an_unknown_operator_is_found_behind_a_condition_that_fails_and_in_a_statement_about_something_else() -> None:
    condition = {"StringEquals": {"ses:FromAddress": "x@y"}, "DateLessThan": {"aws:CurrentTime": "2030-01-01"}}

    with pytest.raises(UnsupportedPolicyError, match="DateLessThan"):
        decide(statement(), statement(Action="s3:GetObject", Condition=condition))


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ("{", "document"),
        ('{"Version": "2012-10-17"}', "document"),
        (json.dumps({"Statement": "x"}), "not a mapping"),
        (json.dumps({"Statement": statement(Principal="*")}), "Principal"),
        (json.dumps({"Statement": statement(Effect="allow")}), "'allow'"),
        (json.dumps({"Statement": statement(Action=None)}), "Action"),
        (json.dumps({"Statement": statement(NotResource="*")}), "Resource"),
    ],
)
def test_a_malformed_document_is_an_error(document: str, named: str) -> None:
    with pytest.raises(UnsupportedPolicyError, match=named):
        evaluate([document], IamRequest("ses:SendRawEmail", (IDENTITY,), {}))


def test_a_wildcard_that_arrives_in_a_value_of_the_request_stays_a_character() -> None:
    condition = {"StringLike": {"ses:FromAddress": "${ses:FeedbackAddress}"}}

    assert not allows(condition, **{"ses:FeedbackAddress": "*"})
    assert allows(condition, **{"ses:FeedbackAddress": "*", "ses:FromAddress": "*"})


def test_a_star_in_an_arn_condition_does_not_reach_over_a_colon() -> None:
    assert arn_matches("arn:aws:ses:*:1:identity/*", "arn:aws:ses:us-east-1:1:identity/a:b")
    assert not arn_matches("arn:aws:*:identity/*", "arn:aws:ses:us-east-1:1:identity/a")


ALPHABET = st.text("ab.*?[\\$\n", max_size=9)


def naive(pattern: str, text: str) -> bool:
    """Match by definition: slow, and plainly right."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(naive(pattern[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and naive(pattern[1:], text[1:])


@given(ALPHABET, ALPHABET)
def test_a_pattern_matches_what_its_definition_says(pattern: str, text: str) -> None:
    assert matches(pattern, text) is naive(pattern, text)


@given(st.text(max_size=20))
def test_every_text_matches_the_star_and_itself_by_question_marks(text: str) -> None:
    assert matches("*", text)
    assert matches("?" * len(text), text)


@given(st.text(st.characters(exclude_characters="*?\ue000\ue001"), max_size=20), st.text(max_size=20))
def test_a_pattern_without_wildcards_matches_itself_alone(pattern: str, text: str) -> None:
    assert matches(pattern, text) is (pattern == text)


def test_many_stars_do_not_take_for_ever() -> None:
    assert not matches("a*" * 60 + "b", "a" * 5000)
