"""What nobody could look at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unseen:
    """What could not be looked at, and why; nothing is known of it. `hint` says what helps."""

    reason: str
    hint: str = ""
