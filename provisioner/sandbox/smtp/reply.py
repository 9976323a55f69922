"""SES's refusals over SMTP, in SES's words.

Source: SES developer guide, "Amazon SES SMTP issues" (response codes), and replies seen in public mail logs for what
the guide does not quote.
"""

from collections.abc import Sequence

CREDENTIALS_INVALID = "535 Authentication Credentials Invalid"
TOO_LONG = "552 Message is too long."
TEMPORARY_FAILURE = "451 Temporary service failure"
IDLE = "451 Timeout waiting for data from client"
UNKNOWN_PARAMETER = "555 MAIL FROM parameters not recognized or not implemented"
NO_SENDER = "501 Invalid MAIL FROM address provided"


_FAULTS = {
    (421, "connect"): "Too many concurrent SMTP connections",
    (454, "auth"): "Temporary authentication failure",
    (535, "auth"): "Authentication Credentials Invalid",
    (454, "mail"): "Throttling failure: Maximum sending rate exceeded",
}


def refusal(code: int, moment: str) -> str:
    """Return what SES says with a code to a connection (`connect`), to `auth` or to `mail`."""
    return f"{code} {_FAULTS.get((code, moment), 'Temporary service failure')}"


class RejectedError(Exception):
    """The message is refused; `reply` is the one line that the client gets."""

    def __init__(self, reply: str) -> None:
        self.reply = " ".join(reply.encode("ascii", "backslashreplace").decode("ascii").split())
        super().__init__(self.reply)


def access_denied(user_arn: str, resource: str) -> RejectedError:
    """Say that IAM does not allow it."""
    return RejectedError(
        f"554 Access denied: User `{user_arn}' is not authorized to perform `ses:SendRawEmail' on resource `{resource}'"
    )


def undecidable(reason: str) -> RejectedError:
    """Say that the sandbox cannot evaluate a policy: AWS has no such reply, and a guess would be worse."""
    return RejectedError(f"554 Access denied: {reason}")


def not_verified(region: str, addresses: Sequence[str]) -> RejectedError:
    """Say that a sender, or in SES's sandbox a recipient, is not a verified identity."""
    return RejectedError(
        "554 Message rejected: Email address is not verified. The following identities failed the check "
        f"in region {region.upper()}: {', '.join(addresses)}"
    )


def transaction_failed(reason: str) -> RejectedError:
    """Say that the message itself is not acceptable."""
    return RejectedError(f"554 Transaction failed: {reason}")


def no_such_set(name: str) -> RejectedError:
    """Say that the configuration set does not exist."""
    return RejectedError(f"554 Configuration set does not exist: {name}")


def set_paused(name: str) -> RejectedError:
    """Say that sending is switched off for the configuration set."""
    return RejectedError(f"554 Sending paused for configuration set {name}.")


def account_paused() -> RejectedError:
    """Say that sending is switched off for the account."""
    return RejectedError(
        "554 Sending paused for this account. For more information, please check the inbox of the email address "
        "associated with your AWS account."
    )


def mail_from_not_verified() -> RejectedError:
    """Say that the identity rejects mail while its MAIL FROM domain has no MX."""
    return RejectedError("554 MAIL FROM domain not verified: DNS setup for MAIL FROM domain is invalid.")


def throttled(reason: str) -> RejectedError:
    """Say that a sending limit is reached."""
    return RejectedError(f"454 Throttling failure: {reason}")
