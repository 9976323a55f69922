"""The IAM evaluator: what a policy lets one request do."""

from typing import Any

import pytest

from provisioner.core.iam.evaluate import Decision, Outcome, evaluate
from provisioner.core.iam.policy import Policy
from provisioner.core.iam.request import IamRequest

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


def policy(*statements: dict[str, Any], name: str = "ours") -> Policy:
    return Policy.of(name, {"Version": "2012-10-17", "Statement": list(statements)})


def decide(*statements: dict[str, Any], resources: tuple[str, ...] = (IDENTITY, SET), **context: Any) -> Decision:
    known = {key: value for key, value in (CONTEXT | context).items() if value is not None}
    return evaluate([policy(*statements)], IamRequest("ses:SendRawEmail", resources, known))


def allows(condition: dict[str, Any], **context: Any) -> bool:
    return decide(statement(Condition=condition), **context).allowed


@pytest.mark.parametrize(
    ("boundary", "allowed"),
    [(None, True), ("ses:*", True), ("ses:SendRawEmail", True), ("ses:SendEmail", False), ("iam:*", False)],
)
def test_what_a_policy_allows_its_permissions_boundary_must_allow_too(boundary: str | None, allowed: bool) -> None:
    bounds = policy(statement(Action=boundary), name="bounds") if boundary else None
    decision = evaluate([policy(statement())], IamRequest("ses:SendRawEmail", (IDENTITY, SET), CONTEXT), bounds)
    assert decision == (Decision(Outcome.ALLOWED) if allowed else Decision(Outcome.OUT_OF_BOUNDS, IDENTITY))


def test_a_deny_of_the_boundary_counts_as_one_of_a_policy() -> None:
    bounds = policy(statement(), statement(Effect="Deny", Resource=SET), name="bounds")
    decision = evaluate([policy(statement())], IamRequest("ses:SendRawEmail", (IDENTITY, SET), CONTEXT), bounds)
    assert decision == Decision(Outcome.DENIED, SET, "bounds")


def test_a_boundary_alone_allows_nothing() -> None:
    bounds = policy(statement(Action="*"))
    assert not evaluate([], IamRequest("ses:SendRawEmail", (IDENTITY,), CONTEXT), bounds).allowed


def test_nothing_is_allowed_without_a_policy() -> None:
    assert evaluate([], IamRequest("ses:SendRawEmail", (IDENTITY,), {})) == Decision(Outcome.NOT_ALLOWED, IDENTITY)


def test_every_resource_of_the_request_must_be_allowed() -> None:
    assert decide(statement()).allowed
    assert decide(statement(Resource=IDENTITY)) == Decision(Outcome.NOT_ALLOWED, SET)
    assert decide(statement(Resource=IDENTITY), statement(Resource=SET)).allowed


def test_a_deny_wins_over_every_allow_and_names_its_resource() -> None:
    decision = decide(statement(Resource="*"), statement(Effect="Deny", Resource=SET))

    assert decision == Decision(Outcome.DENIED, SET, "ours")
    assert decision.explicit_deny


def test_a_deny_in_one_document_wins_over_an_allow_in_another() -> None:
    policies = [policy(statement(Effect=effect), name=effect) for effect in ("Allow", "Deny")]

    decision = evaluate(policies, IamRequest("ses:SendRawEmail", (IDENTITY,), {}))

    assert decision == Decision(Outcome.DENIED, IDENTITY, "Deny")


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
    ("operator", "given", "wanted", "expected"),
    [
        ("NumericEquals", "10", "10.0", True),
        ("NumericNotEquals", "10", "11", True),
        ("NumericLessThan", "9", "10", True),
        ("NumericLessThan", "10", "10", False),
        ("NumericLessThanEquals", "10", 10, True),
        ("NumericGreaterThan", "100", "20", True),
        ("NumericGreaterThanEquals", "3", "4", False),
        ("DateLessThan", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00+02:00", True),
        ("DateGreaterThan", "2026-01-02T00:00:00Z", "2026-01-03", False),
        ("DateGreaterThan", "2026-01-02T00:00:00Z", "1767225600", True),
        ("DateEquals", "2026-01-02T00:00:00Z", "2026-01-02", True),
        ("DateNotEquals", "2026-01-02T00:00:00Z", "2026-01-02", False),
    ],
)
def test_numbers_and_dates_are_compared_as_such(operator: str, given: str, wanted: Any, expected: bool) -> None:
    assert allows({operator: {"x": wanted}}, x=given) is expected


UNKNOWN = (
    ({"BinaryEquals": {"x": "1"}}, "BinaryEquals"),
    ({"ForSomeValues:StringLike": {"x": "1"}}, "ForSomeValues:StringLike"),
    ({"StringMatches": {"x": "1"}}, "StringMatches"),
    ({"StringLike": {"ses:Recipients": "*"}}, "ForAllValues"),
    ({"IpAddress": {"aws:SourceIp": "here"}}, "'here'"),
    ({"NumericLessThan": {"ses:FromAddress": "1"}}, "'1'"),
    ({"StringLike": {"ses:FromAddress": {"nested": 1}}}, "nested"),
    ({"StringNotLike": {"ses:FromAddress": "${aws:PrincipalTag/none}"}}, "variable"),
    ({"ForAnyValue:StringLikeIfExists": {"ses:FromDisplayName": "*"}}, "absent"),
    (["StringLike"], "Condition"),
)


@pytest.mark.parametrize(("condition", "named"), UNKNOWN)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_what_is_not_understood_neither_allows_nor_denies(condition: Any, named: str, effect: str) -> None:
    decision = decide(*([statement()] if effect == "Deny" else []), statement(Effect=effect, Condition=condition))

    assert (decision.outcome, decision.policy) == (Outcome.UNKNOWN, "ours")
    assert decision.unknown is not None
    assert named in decision.unknown.why


@pytest.mark.parametrize(("condition", "_named"), UNKNOWN)
def test_what_is_not_understood_does_not_matter_where_another_statement_decides(condition: Any, _named: str) -> None:
    puzzle = statement(Condition=condition)
    denied = statement(Effect="Deny", Condition=condition)

    assert decide(puzzle, statement()).allowed
    assert decide(denied, statement(Effect="Deny"), statement()).explicit_deny
    assert decide(denied).outcome is Outcome.NOT_ALLOWED
    assert decide(statement(), puzzle | {"Action": "s3:GetObject"}, denied | {"Action": "s3:*"}).allowed


def test_a_condition_that_fails_decides_beside_one_that_is_not_understood() -> None:
    condition = {"StringEquals": {"ses:FromAddress": "x@y"}, "BinaryEquals": {"x": "y"}}

    assert decide(statement(Condition=condition)).outcome is Outcome.NOT_ALLOWED
    assert decide(statement(), statement(Effect="Deny", Condition=condition)).allowed


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, Outcome.UNKNOWN),
        ({"NotIpAddressIfExists": {"aws:SourceIp": "192.0.2.0/24"}}, Outcome.UNKNOWN),
        ({"Null": {"aws:SourceVpc": "true"}}, Outcome.UNKNOWN),
        ({"StringLike": {"ses:FromAddress": "*@${aws:PrincipalTag/domain}"}}, Outcome.UNKNOWN),
        ({"Bool": {"aws:SecureTransport": "true"}}, Outcome.ALLOWED),
        ({"StringLike": {"ses:FromDisplayName": "*"}}, Outcome.NOT_ALLOWED),
        ({"StringEquals": {"aws:username": "x"}, "IpAddress": {"aws:SourceIp": "::1"}}, Outcome.NOT_ALLOWED),
    ],
)
def test_a_key_of_which_nobody_knows_the_value_leaves_it_open(condition: Any, expected: Outcome) -> None:
    context = {key: value for key, value in CONTEXT.items() if key != "aws:SourceIp"}
    request = IamRequest("ses:SendRawEmail", (IDENTITY,), context, undetermined=("aws:*",))

    assert evaluate([policy(statement(Condition=condition))], request).outcome is expected


@pytest.mark.parametrize(
    ("document", "named"),
    [
        (None, "document"),
        ([], "document"),
        ({"Version": "2012-10-17"}, "document"),
        ({"Statement": "x"}, "not a mapping"),
        ({"Statement": statement(Principal="*")}, "Principal"),
        ({"Statement": statement(Effect="allow")}, "'allow'"),
        ({"Statement": statement(Action=None)}, "Action"),
        ({"Statement": statement(NotResource="*")}, "Resource"),
        ({"Statement": statement(Action=[{}])}, "value"),
    ],
)
def test_a_malformed_document_leaves_everything_open_and_says_what_is_wrong(document: Any, named: str) -> None:
    odd = Policy.of("odd", document)
    decision = evaluate([odd], IamRequest("ses:SendRawEmail", (IDENTITY,), {}))
    beside = evaluate([policy(statement()), odd], IamRequest("ses:SendRawEmail", (IDENTITY,), {}))

    assert named in odd.faults[0]
    assert not decision.allowed
    assert beside.allowed or beside.outcome is Outcome.UNKNOWN


def test_a_document_of_json_text_is_read_and_one_that_is_not_leaves_it_open() -> None:
    assert Policy.read("ours", '{"Statement": []}').faults == ()
    assert Policy.read("ours", "{").faults == ("a document without statements",)


@pytest.mark.parametrize(("version", "allowed"), [("2012-10-17", True), ("2008-10-17", False), (None, False)])
def test_a_variable_is_one_in_documents_of_the_newer_version_alone(version: str | None, allowed: bool) -> None:
    one = statement(Condition={"StringEquals": {"aws:username": "${aws:username}"}})
    given = Policy.of("ours", {"Version": version, "Statement": one})

    assert evaluate([given], IamRequest("ses:SendRawEmail", (IDENTITY, SET), CONTEXT)).allowed is allowed


@pytest.mark.parametrize(
    ("resource", "allowed"),
    [("${aws:username}.example", True), ("${nobody}.example", False), ("${nobody, 'mail-example'}.example", True)],
)
def test_a_variable_in_a_resource_is_filled_in(resource: str, allowed: bool) -> None:
    decided = decide(
        statement(Resource=f"{PREFIX}identity/{resource}"), resources=(f"{PREFIX}identity/mail-example.example",)
    )

    assert decided.allowed is allowed


def test_a_wildcard_that_arrives_in_a_value_of_the_request_stays_a_character() -> None:
    condition = {"StringLike": {"ses:FromAddress": "${ses:FeedbackAddress}"}}

    assert not allows(condition, **{"ses:FeedbackAddress": "*"})
    assert allows(condition, **{"ses:FeedbackAddress": "*", "ses:FromAddress": "*"})
