import json
from typing import Any

import pytest

from provisioner.core.iam.evaluate import Outcome
from provisioner.core.iam.request import IamRequest
from provisioner.sandbox.policy.evaluate import UnsupportedPolicyError
from provisioner.sandbox.policy.resource import Service, Somebody, permits

ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:feedback"
SET = f"arn:aws:ses:us-east-1:{ACCOUNT}:configuration-set/example-com"
SES = Service("ses.amazonaws.com")
OWNER = Somebody(f"arn:aws:iam::{ACCOUNT}:root")
STRANGER = Somebody("arn:aws:iam::999999999999:user/mallory")
NOBODY = Somebody(f"arn:aws:iam::{ACCOUNT}:user/smtp", documents=())
FROM_OUR_SETS = {
    "StringEquals": {"AWS:SourceAccount": ACCOUNT},
    "ArnLike": {"AWS:SourceArn": f"arn:aws:ses:us-east-1:{ACCOUNT}:configuration-set/*"},
}
OTHERS = {"ArnNotEquals": {"aws:SourceArn": SET}}


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Statement": [{"Action": "SNS:Publish", "Resource": TOPIC} | one for one in statements]})


def _allows(principal: Any, condition: Any = None) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal} | ({"Condition": condition} if condition else {})


def _asks(policy: str | None, who: Service | Somebody, source: str | None = None, account: str = ACCOUNT) -> bool:
    context = {"aws:SourceArn": source, "aws:SourceAccount": account} if source else {}
    return permits(policy, who, IamRequest("sns:Publish", (TOPIC,), context), ACCOUNT) is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("principal", "who", "allowed"),
    [
        ({"Service": "ses.amazonaws.com"}, SES, True),
        ({"Service": ["sns.amazonaws.com", "ses.amazonaws.com"]}, SES, True),
        ({"Service": "sns.amazonaws.com"}, SES, False),
        ({"AWS": "*"}, SES, True),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, SES, False),
        ("*", SES, True),
        ({"AWS": STRANGER.arn}, STRANGER, False),  # another account has to let them too
        ({"AWS": NOBODY.arn}, NOBODY, True),
        ({"AWS": ACCOUNT}, NOBODY, True),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, NOBODY, True),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/other"}, NOBODY, False),
        ({"Service": "ses.amazonaws.com"}, NOBODY, False),
        ({"Service": "ses.amazonaws.com"}, OWNER, True),  # by their own policy
    ],
)
def test_a_statement_is_for_the_principals_that_it_names(principal: Any, who: Any, allowed: bool) -> None:
    stranger = Somebody(STRANGER.arn, documents=()) if who is STRANGER else who
    assert _asks(_policy(_allows(principal)), stranger, SET) is allowed


@pytest.mark.parametrize(
    ("source", "account", "allowed"),
    [
        (SET, ACCOUNT, True),
        (SET, "999999999999", False),
        (SET.replace(ACCOUNT, "999999999999"), "999999999999", False),
        (f"arn:aws:ses:us-east-1:{ACCOUNT}:identity/example.com", ACCOUNT, False),
        (None, ACCOUNT, False),
    ],
)
def test_a_service_is_let_by_what_it_acts_for(source: str | None, account: str, allowed: bool) -> None:
    policy = _policy(_allows({"Service": SES.name}, FROM_OUR_SETS))
    assert _asks(policy, SES, source, account) is allowed


def test_a_deny_for_everybody_else_holds_for_those_who_may_do_anything() -> None:
    denied = {"Effect": "Deny", "Principal": "*", "Condition": OTHERS}
    policy = _policy(_allows({"Service": SES.name}), denied)
    assert _asks(policy, SES, SET)
    assert not _asks(policy, OWNER)
    assert not _asks(policy, SES, SET + "-other")


def test_somebody_of_the_account_needs_one_leave_and_somebody_of_another_two() -> None:
    own = json.dumps({"Statement": {"Effect": "Allow", "Action": "sns:*", "Resource": "*"}})
    assert _asks(None, Somebody(NOBODY.arn, (own,)))
    assert not _asks(None, NOBODY)
    mallory = Somebody(STRANGER.arn, (own,))
    assert not _asks(None, mallory)
    assert _asks(_policy(_allows({"AWS": STRANGER.arn})), mallory)


@pytest.mark.parametrize("policy", ["[]", '{"Statement": [{"Effect": "Allow"}]}', '{"Statement": [{"Principal": 1}]}'])
def test_what_cannot_be_read_is_an_error(policy: str) -> None:
    with pytest.raises(UnsupportedPolicyError):
        _asks(policy, SES, SET)
