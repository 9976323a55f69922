"""Whether the policies of an SMTP user let it send: one state of IAM a row."""

from typing import Any

import pytest
from mail_users import (
    ADDRESS,
    IDENTITY,
    MAIN,
    SET,
    SHOP,
    VIRGINIA,
    attached,
    inline,
    of_group,
    ours,
    state,
    statement,
)

from provisioner.core.checks.policy import unseen
from provisioner.core.checks.smtp_users import access
from provisioner.core.credentials.holdings import Holding
from provisioner.core.credentials.iam_user import Bound, GivenPolicy
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.credentials.unseen import Unseen
from provisioner.core.findings import Finding

DENY = statement(Effect="Deny", Action="ses:*", Resource="*", Condition=None)
MORE = {"Effect": "Allow", "Resource": "*"}
OWN = {"StringLike": {"ses:FromAddress": "*@example.com"}}
BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
ONLY_STORAGE = Bound(BOUNDARY, {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
UNREAD = Unseen("iam:GetPolicyVersion: AccessDenied: not authorized")


def found(given: SmtpUserState, **options: Any) -> list[Finding]:
    return [*access(given, **options), *unseen(given)]


def told(given: SmtpUserState, **options: Any) -> list[tuple[str, str]]:
    return [(finding.id, str(finding.severity)) for finding in found(given, **options)]


@pytest.mark.parametrize(
    "given",
    [
        state(),
        state(SHOP),
        state(inline=(ours(Condition=OWN),)),
        state(inline=(ours(Condition={**OWN, "Bool": {"aws:SecureTransport": "true"}}),)),
        state(inline=(ours(Condition={**OWN, "StringEquals": {"ses:ApiVersion": "2"}}),)),
        state(inline=(ours(Action=["ses:SendRawEmail", "ses:SendEmail"]),)),
        state(inline=(ours(Condition={"StringLike": {"ses:FromAddress": ["*@example.com", "*@*.example.com"]}}),)),
        state(boundary=Bound(BOUNDARY, {"Statement": {"Effect": "Allow", "Action": "ses:*", "Resource": "*"}})),
        state(SHOP, inline=(ours(Condition={"StringEquals": {"ses:FromAddress": ADDRESS}}),)),
        SmtpUserState(MAIN, state().iam, "AKIAOURS", VIRGINIA),
    ],
    ids=[
        "ours",
        "a sender's",
        "without the condition on the return path",
        "with TLS wanted as well",
        "with the version of SMTP wanted",
        "the API's action as well",
        "subdomains as well",
        "a boundary that lets mail through",
        "compared without wildcards",
        "the account known by the user alone",
    ],
)
def test_policies_that_let_it_send_its_own_mail_and_no_more_say_nothing(given: SmtpUserState) -> None:
    assert found(given) == []


ROWS = {
    "everything of SES without a condition": (
        state(inline=(ours(Resource="*", Condition=None),)),
        "iam.too_wide",
        "error",
    ),
    "every address, of the right set": (state(inline=(ours(Condition=None),)), "iam.too_wide", "error"),
    "a pattern without the at sign": (
        state(inline=(ours(Condition={"StringLike": {"ses:FromAddress": "*example.com"}}),)),
        "iam.too_wide",
        "error",
    ),
    "every set": (state(inline=(ours(Resource="*"),)), "iam.too_wide", "warning"),
    "a sender with the policy of the whole domain": (state(SHOP, inline=(ours(),)), "iam.too_wide", "error"),
    "a wide policy of somebody's": (
        state(attached=(attached("mail", statement(Resource="*", Condition=None)),)),
        "iam.too_wide",
        "error",
    ),
    "by the API": (
        state(attached=(attached("mail", statement(Action="ses:SendEmail", Resource="*", Condition=None)),)),
        "iam.too_wide",
        "error",
    ),
    "from one network alone": (
        state(inline=(ours(Condition={**OWN, "IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),)),
        "iam.conditional",
        "info",
    ),
    "the identity without the set": (state(inline=(ours(Resource=IDENTITY),)), "iam.too_narrow", "error"),
    "the set without the identity": (state(inline=(ours(Resource=SET),)), "iam.too_narrow", "error"),
    "its own identity and the set": (state(inline=(ours(Resource=[IDENTITY, SET]),)), "iam.too_narrow", "warning"),
    "the action of the API": (state(inline=(ours(Action="ses:SendEmail"),)), "iam.too_narrow", "error"),
    "the version of the API before": (
        state(inline=(ours(Condition={"StringEquals": {"ses:ApiVersion": "1"}}),)),
        "iam.too_narrow",
        "error",
    ),
    "another domain's addresses": (
        state(inline=(ours(Condition={"StringLike": {"ses:FromAddress": "*@example.org"}}),)),
        "iam.too_narrow",
        "error",
    ),
    "another region": (
        state(inline=(ours(Resource="arn:aws:ses:eu-west-1:123456789012:*"),)),
        "iam.too_narrow",
        "error",
    ),
    "policy gone": (state(inline=()), "iam.no_policy", "error"),
    "policy gone, another lets it send": (
        state(inline=(inline("mail", statement()),)),
        "iam.no_policy",
        "warning",
    ),
    "denied by its own": (state(inline=(ours(), inline("quiet", DENY))), "iam.denied", "error"),
    "denied by one that is attached": (state(attached=(attached("quiet", DENY),)), "iam.denied", "error"),
    "denied by its group": (state(groups=of_group("no-mail", DENY)), "iam.denied", "error"),
    "denied by a boundary": (
        state(boundary=Bound(BOUNDARY, {"Statement": [DENY, {**MORE, "Action": "*"}]})),
        "iam.boundary",
        "error",
    ),
    "a boundary without SES": (state(boundary=ONLY_STORAGE), "iam.boundary", "error"),
    "a boundary that is no policy any more": (state(boundary=Bound(BOUNDARY, None)), "check.not_run", "warning"),
    "user gone": (SmtpUserState(MAIN, None, "AKIAOURS", VIRGINIA), "iam.no_user", "error"),
    "an operator that nobody knows": (
        state(inline=(ours(Condition={"StringResembles": {"ses:FromAddress": "*"}}),)),
        "check.not_run",
        "warning",
    ),
    "inline policies unseen": (state(inline=UNREAD), "check.not_run", "warning"),
    "attached policies unseen": (state(attached=UNREAD), "check.not_run", "warning"),
    "groups unseen": (state(groups=UNREAD), "check.not_run", "warning"),
    "user and boundary unseen": (state(arn=UNREAD, boundary=UNREAD), "check.not_run", "warning"),
    "administrator": (state(attached=(attached("admin", {**MORE, "Action": "*"}),)), "iam.more_than_mail", "error"),
    "administrator by its group": (
        state(groups=of_group("admins", {**MORE, "Action": "*"})),
        "iam.more_than_mail",
        "error",
    ),
    "all of SES": (state(inline=(ours(), inline("ses", {**MORE, "Action": "ses:*"}))), "iam.more_than_mail", "error"),
    "everything but one service": (
        state(inline=(ours(), inline("power", {**MORE, "NotAction": ["iam:*", "organizations:*"]}))),
        "iam.more_than_mail",
        "error",
    ),
    "our policy made into more": (state(inline=(ours(Action="*"),)), "iam.more_than_mail", "error"),
    "roles of others": (
        state(inline=(ours(), inline("role", {**MORE, "Action": "sts:AssumeRole"}))),
        "iam.more_than_mail",
        "error",
    ),
    "the bucket of its media": (
        state(inline=(ours(), inline("media", {**MORE, "Action": ["s3:GetObject", "s3:PutObject"]}))),
        "iam.more_than_mail",
        "warning",
    ),
    "a group that reads metrics": (
        state(groups=of_group("watchers", {**MORE, "Action": "cloudwatch:GetMetricData"})),
        "iam.more_than_mail",
        "info",
    ),
    "a further policy for its own mail": (
        state(inline=(ours(), inline("mail", statement()))),
        "iam.further_policy",
        "info",
    ),
    "a group without policies": (state(groups={"staff": ()}), "iam.group", "info"),
    "a console password": (state(has_password=True), "iam.console_password", "warning"),
}  # fmt: skip


@pytest.mark.parametrize(("given", "id_", "severity"), ROWS.values(), ids=ROWS)
def test_each_state_of_the_policies_is_one_finding(given: SmtpUserState, id_: str, severity: str) -> None:
    assert told(given) == [(id_, severity)]


@pytest.mark.parametrize(("given", "id_", "severity"), ROWS.values(), ids=ROWS)
def test_each_finding_is_about_the_user_and_all_but_notes_have_a_remedy(
    given: SmtpUserState, id_: str, severity: str
) -> None:
    (finding,) = found(given)
    assert finding.subject == f"IAM user {given.user.iam_user}"
    assert finding.remedy or severity == "info"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("everything of SES without a condition", "it may send as others, for instance ses:SendRawEmail from info@"),
        ("a pattern without the at sign", "ses:SendRawEmail from info@evil-example.com"),
        ("a sender with the policy of the whole domain", "from not-orders@example.com"),
        ("every set", "through another configuration set"),
        ("the identity without the set", f"it does not cover {SET}"),
        ("the action of the API", "it allows ses:SendEmail, which SMTP does not use"),
        ("the version of the API before", "it wants 1 as ses:ApiVersion, which is 2 for SMTP"),
        ("another domain's addresses", "a condition on ses:FromAddress is not met by mail from info@example.com"),
        ("from one network alone", "decides by aws:SourceIp"),
        ("its own identity and the set", "mail to addresses whose domain is in this account, too"),
        ("an operator that nobody knows", "the condition operator 'StringResembles' is not known here"),
        ("denied by its group", "the policy rights of the group no-mail denies it to send"),
        ("administrator", "puts more into the hands of whoever has its key than the mail of one domain: *"),
        ("everything but one service", "everything but iam:*, organizations:*"),
        ("inline policies unseen", "nobody looked at its inline policy: iam:GetPolicyVersion: AccessDenied"),
    ],
)
def test_a_finding_says_what_is_wrong_and_with_which_request(row: str, words: str) -> None:
    (finding,) = found(ROWS[row][0])
    assert words in finding.message


@pytest.mark.parametrize(
    ("row", "remedy"),
    [
        ("denied by its own", "aws iam delete-user-policy --user-name example.com --policy-name quiet"),
        (
            "denied by one that is attached",
            "aws iam detach-user-policy --user-name example.com --policy-arn arn:aws:iam::123456789012:policy/quiet",
        ),
        ("denied by its group", "aws iam remove-user-from-group --user-name example.com --group-name no-mail"),
        (
            "administrator",
            "aws iam detach-user-policy --user-name example.com --policy-arn arn:aws:iam::123456789012:policy/admin",
        ),
        ("administrator by its group", "aws iam remove-user-from-group --user-name example.com --group-name admins"),
        ("our policy made into more", "`provisioner new-domain example.com` puts it back as it was"),
        ("everything of SES without a condition", "`provisioner new-domain example.com` puts it back as it was"),
        ("a console password", "aws iam delete-login-profile --user-name example.com"),
        ("a group without policies", "aws iam remove-user-from-group --user-name example.com --group-name staff"),
    ],
)
def test_a_remedy_takes_away_what_is_not_ours_and_puts_back_what_is(row: str, remedy: str) -> None:
    (finding,) = found(ROWS[row][0])
    assert finding.remedy == remedy
    assert (finding.command == ("new-domain", "example.com")) is ("new-domain" in remedy)


def test_while_the_account_is_in_the_sandbox_of_ses_a_policy_for_one_identity_refuses_everybody() -> None:
    assert told(state(inline=(ours(Resource=[IDENTITY, SET]),)), in_sandbox=True) == [("iam.too_narrow", "error")]
    assert told(state(), in_sandbox=True) == []


def test_a_boundary_that_cuts_what_others_gave_leaves_nothing_to_say() -> None:
    bounds = Bound(BOUNDARY, {"Statement": {"Effect": "Allow", "Action": "ses:SendRawEmail", "Resource": "*"}})
    assert told(state(attached=(attached("admin", {**MORE, "Action": "s3:*"}),), boundary=bounds)) == [
        ("iam.further_policy", "info")
    ]


def test_a_policy_that_is_wide_from_one_network_is_wide() -> None:
    given = state(inline=(ours(Resource="*", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),))
    assert told(given) == [("iam.conditional", "info"), ("iam.too_wide", "error")]


def test_a_deny_that_is_seen_counts_although_other_parts_are_not() -> None:
    given = state(groups=UNREAD, attached=(attached("quiet", DENY),))
    assert told(given) == [("iam.denied", "error"), ("check.not_run", "warning")]


def test_a_policy_that_nobody_could_read_is_noted_and_said() -> None:
    given = state(attached=(GivenPolicy(Holding.ATTACHED_POLICY, "arn:aws:iam::aws:policy/X", UNREAD),))
    assert told(given) == [("iam.further_policy", "info"), ("check.not_run", "warning")]


def test_a_sender_whose_address_nobody_knows_is_not_judged() -> None:
    unknown = SmtpUserState(SHOP, state(SHOP).iam, "AKIAOURS", VIRGINIA, account="123456789012")
    assert told(unknown) == []


def test_three_senders_of_one_domain_each_limited_to_its_address_are_as_they_should_be() -> None:
    assert [told(state(user)) for user in (MAIN, SHOP)] == [[], []]
