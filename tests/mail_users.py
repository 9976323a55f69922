"""SMTP users as IAM and the credential store have them: one that is as it should be, and what may be changed in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from provisioner.core.credentials.access_key import AccessKey
from provisioner.core.credentials.holdings import Holding
from provisioner.core.credentials.iam_user import GivenPolicy, IamUser
from provisioner.core.credentials.smtp_user_state import SmtpUserState
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.smtp_user import SmtpUser

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
VIRGINIA = Region.parse("us-east-1")
DOMAIN = DomainName.parse("example.com")
MAIN, SHOP = SmtpUser(DOMAIN), SmtpUser(DOMAIN, "shop")
ADDRESS = "orders@example.com"  # of the sender
SES = "arn:aws:ses:us-east-1:123456789012"
IDENTITIES, IDENTITY, SET = f"{SES}:identity/*", f"{SES}:identity/example.com", f"{SES}:configuration-set/example-com"
KEY = AccessKey("AKIAOURS", active=True, created=NOW - timedelta(days=30))


def statement(**changes: Any) -> dict[str, Any]:
    """Return the statement that lets the domain send, with changes; None takes an element out."""
    ours = {
        "Effect": "Allow",
        "Action": "ses:SendRawEmail",
        "Resource": [IDENTITIES, SET],
        "Condition": {
            "StringLike": {"ses:FromAddress": "*@example.com"},
            "StringLikeIfExists": {"ses:FeedbackAddress": "*@example.com"},
        },
    }
    return {name: value for name, value in (ours | changes).items() if value is not None}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def inline(name: str, *statements: dict[str, Any]) -> GivenPolicy:
    return GivenPolicy(Holding.INLINE_POLICY, name, document(*statements))


def attached(name: str, *statements: dict[str, Any]) -> GivenPolicy:
    return GivenPolicy(Holding.ATTACHED_POLICY, f"arn:aws:iam::123456789012:policy/{name}", document(*statements))


def of_group(group: str, *statements: dict[str, Any]) -> dict[str, tuple[GivenPolicy, ...]]:
    return {group: (GivenPolicy(Holding.GROUP, group, document(*statements), "rights"),)}


def ours(**changes: Any) -> GivenPolicy:
    return inline("send-as-domain", statement(**changes))


def iam_user(user: SmtpUser = MAIN, **changes: Any) -> IamUser:
    only = {"StringLike": {"ses:FromAddress": ADDRESS}}
    policy = ours() if user.sender is None else ours(Condition=only)
    arn = f"arn:aws:iam::123456789012:user/provisioner/smtp/{user.iam_user}"
    return replace(IamUser(user.iam_user, arn, (policy,), keys=(KEY,), uses={KEY.id: None}), **changes)


def state(user: SmtpUser = MAIN, *, stored: Any = "AKIAOURS", rotation: Any = None, **changes: Any) -> SmtpUserState:
    """Return a user that is as it should be, with changes of what IAM has of it."""
    address = ADDRESS if user.sender else None
    return SmtpUserState(user, iam_user(user, **changes), stored, VIRGINIA, rotation, address, "123456789012")
