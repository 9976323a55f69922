"""The account, and this machine."""

from gallery.case import Case

CASES = (
    Case(
        "sending is switched off for the account",
        lambda patient: patient.ses.put_account_sending_attributes(SendingEnabled=False),
        ("account.paused error",),
    ),
)
