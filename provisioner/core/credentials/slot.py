"""Which of a user's credentials: while one is replaced by another, a credential store keeps both."""

from enum import StrEnum


class Slot(StrEnum):
    """A user's place in the credential store; outside of a rotation only the first is taken.

    `CURRENT` is what is handed out. `PENDING` takes its place when its password has proved to work, and `PREVIOUS` is
    the one before, kept until its access key is gone.
    """

    CURRENT = "current"
    PENDING = "pending"
    PREVIOUS = "previous"
