"""Which IAM users of the account may send as example.com, beside its own: one user a row."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from mail_users import IDENTITIES, KEY, NOW, SHOP, attached, document, inline, of_group, statement
from mail_users import state as smtp_user

from provisioner.core.credentials.access_key import AccessKey, LastUse
from provisioner.core.credentials.holdings import Holding
from provisioner.core.credentials.iam_user import Bound, GivenPolicy, IamUser
from provisioner.core.credentials.may_send import confined_to, may_send
from provisioner.core.credentials.sending_keys import MaySend, keys_of, keys_of_ours, used_last_first
from provisioner.core.credentials.unseen import Unseen

ARN = "arn:aws:iam::123456789012:user/app"
ALL, ANYBODY = {"Effect": "Allow", "Action": "*", "Resource": "*"}, MaySend("*@example.com")
DENIED = {"Effect": "Deny", "Action": "ses:*", "Resource": "*"}
UNREAD, POLICY = Unseen("AccessDenied"), "arn:aws:iam::123456789012:policy/of-others"
NEVER = document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})


def mail_as(*addresses: str, operator: str = "StringLike", **more: Any) -> dict[str, Any]:
    return statement(Resource="*", Condition={operator: {"ses:FromAddress": list(addresses)}, **more})


def app(*statements: dict[str, Any], **changes: Any) -> IamUser:
    return replace(IamUser("app", ARN, (inline("own", *statements),)), **changes)


@pytest.mark.parametrize(
    ("user", "wanted"),
    [
        (app(ALL), ANYBODY),
        (app(statement(Resource=IDENTITIES, Condition=None)), ANYBODY),
        (app({"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "*"}), ANYBODY),
        (app(inline=(), attached=(attached("all", ALL),)), ANYBODY),
        (app(inline=(), groups=of_group("staff", ALL)), ANYBODY),
        (app(mail_as("*@example.com")), ANYBODY),
        (app(mail_as("orders@example.com")), MaySend("orders@example.com")),
        (app(mail_as("a@example.com", "b-*@example.com", "c@example.net")), MaySend("a@example.com, b-*@example.com")),
        (app({**ALL, "Condition": {"StringEquals": {"aws:username": "app"}}}), ANYBODY),
        (app({**ALL, "Condition": {"StringEquals": {"aws:username": "example.com"}}}), None),
        (app(mail_as("*@example.net")), None),
        (app(statement(Resource="arn:aws:ses:us-east-1:123456789012:identity/example.net", Condition=None)), None),
        (app(statement(Resource="arn:aws:ses:eu-west-1:123456789012:identity/*", Condition=None)), None),
        (app({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}), None),
        (app(ALL, DENIED), None),
        (app(ALL, boundary=Bound(POLICY, NEVER)), None),
        (app(inline=()), None),
    ],
)
def test_a_user_may_send_as_what_its_policies_let_it(user: IamUser, wanted: MaySend | None) -> None:
    assert may_send(user, smtp_user()) == wanted


@pytest.mark.parametrize(
    ("user", "address", "why"),
    [
        (app({**ALL, "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.1"}}}), "*@example.com", "aws:SourceIp"),
        (
            app(mail_as("orders@example.com", IpAddress={"aws:SourceIp": ["192.0.2.1"]})),
            "orders@example.com",
            "aws:SourceIp",
        ),
        (app(ALL, boundary=Bound(POLICY, UNREAD)), "*@example.com", f"nobody read the permissions boundary {POLICY}"),
        (app(ALL, groups={"staff": UNREAD}), "*@example.com", "nobody read policies of the group staff"),
        (
            app(inline=(GivenPolicy(Holding.ATTACHED_POLICY, POLICY, UNREAD),)),
            "*@example.com",
            f"nobody read the attached policy {POLICY}",
        ),
    ],
)
def test_what_is_not_certain_is_said(user: IamUser, address: str, why: str) -> None:
    found = may_send(user, smtp_user())
    assert found is not None
    assert found.address == address
    assert why in found.undecided


@pytest.mark.parametrize(
    "user",
    [
        app(inline=(), boundary=Bound(POLICY, UNREAD)),
        app(inline=(GivenPolicy(Holding.ATTACHED_POLICY, POLICY, UNREAD),), boundary=Bound("another", NEVER)),
    ],
)
def test_what_nobody_could_read_matters_only_where_it_may_decide(user: IamUser) -> None:
    assert may_send(user, smtp_user()) is None


def test_own_users_are_told_with_each_key_and_those_of_others_beside_them() -> None:
    old = AccessKey("AKIAOLD", active=False)
    used = LastUse(NOW - timedelta(days=1), "ses", "us-east-1")
    main = smtp_user(keys=(KEY, old), uses={KEY.id: used, old.id: UNREAD})
    shop = smtp_user(SHOP, keys=UNREAD)
    others = keys_of(app(ALL, keys=()), ANYBODY)
    found = [one.to_document() for one in used_last_first([*others, *keys_of_ours([shop, main])])]
    assert [(one["iam_user"], one["key_id"], one["ours"], one["stored"]) for one in found] == [
        ("example.com", "AKIAOURS", True, True),
        ("example.com", "AKIAOLD", True, False),
        ("app", None, False, False),
        (SHOP.iam_user, None, True, False),
    ]
    assert found[0] == {
        "iam_user": "example.com",
        "sender": None,
        "address": "*@example.com",
        "ours": True,
        "key_id": "AKIAOURS",
        "active": True,
        "stored": True,
        "created": "2026-10-29T12:00:00+00:00",
        "last_used": "2026-11-27T12:00:00+00:00",
        "service": "ses",
        "region": "us-east-1",
        "unseen": None,
    }
    assert (found[1]["last_used"], found[1]["unseen"]) == (None, "last use: AccessDenied")
    assert (found[2]["active"], found[2]["unseen"]) == (None, None)
    assert (found[3]["sender"], found[3]["address"]) == ("shop", "orders@example.com")
    assert found[3]["unseen"] == "access keys: AccessDenied"


def test_a_stored_credential_that_cannot_be_read_is_said() -> None:
    (key,) = keys_of_ours([smtp_user(stored=UNREAD)])
    assert (key.stored, key.unseen) == (False, "stored credential: AccessDenied")


def test_a_user_that_is_gone_sends_nothing() -> None:
    assert list(keys_of_ours([replace(smtp_user(), iam=None)])) == []


@pytest.mark.parametrize(
    ("user", "domains"),
    [
        (app(mail_as("*@example.net")), {"example.net"}),
        (
            app(mail_as("a@Example.net", "b@example.org", operator="StringEquals"), DENIED),
            {"example.net", "example.org"},
        ),
        (app(mail_as("*@example.net"), ALL), None),
        (app(mail_as("*@*.example.net")), None),
        (app(mail_as("*@${aws:username}")), None),
        (app(mail_as("*@example.net", operator="StringNotLike")), None),
        (app(mail_as("*@example.net", operator="StringLikeIfExists")), None),
        (app(mail_as("*@example.net"), {"Effect": "Perhaps"}), None),
        (app(mail_as("*@example.net"), groups={"staff": UNREAD}), None),
    ],
)
def test_a_user_is_confined_to_domains_only_where_that_is_plain(user: IamUser, domains: set[str] | None) -> None:
    assert confined_to(user) == domains
