"""What SES's replies mean; the texts are those of the developer guide and of public reports."""

import pytest

from provisioner.core.credentials.smtp_reply import Cause, SmtpReply

UNVERIFIED = (
    "Message rejected: Email address is not verified. The following identities failed the check in region US-EAST-1: "
)


@pytest.mark.parametrize(
    ("code", "text", "cause"),
    [
        (535, "Authentication Credentials Invalid", Cause.LOGIN),
        (535, "Account not subscribed to SES", Cause.NOT_SUBSCRIBED),
        (554, "Access denied: User U is not authorized to perform ses:SendRawEmail on resource", Cause.NOT_AUTHORIZED),
        (554, "User `arn:u' is not authorized to perform `ses:SendRawEmail' on resource `arn:i'", Cause.NOT_AUTHORIZED),
        (554, f"{UNVERIFIED}a@b.com", Cause.NOT_VERIFIED),
        (554, "Sending paused for this account. For more information, please check the inbox", Cause.ACCOUNT_PAUSED),
        (554, "Sending is paused for configuration set example-com", Cause.SET_PAUSED),
        (454, "Throttling failure: Daily message quota exceeded", Cause.THROTTLED),
        (454, "Temporary authentication failure", Cause.TEMPORARY),
        (451, "Temporary service failure", Cause.TEMPORARY),
        (554, "Transaction failed: Duplicate header 'From'.", Cause.OTHER),
    ],
)  # fmt: skip  # a table
def test_a_reply_says_why_a_message_was_refused(code: int, text: str, cause: Cause) -> None:
    assert SmtpReply(code, text).cause is cause


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (f"{UNVERIFIED}test@example.com, visitor@example.net", ("test@example.com", "visitor@example.net")),
        (f"{UNVERIFIED}a@b.com, c@d.com...", ("a@b.com", "c@d.com...")),
        (f"{UNVERIFIED}a@b.com, ...", ("a@b.com",)),
        ("Sending paused for this account.", ()),
    ],
)
def test_a_reply_names_the_addresses_that_are_not_verified(text: str, addresses: tuple[str, ...]) -> None:
    assert SmtpReply(554, text).unverified == addresses
