"""How a user agrees to what is about to be changed."""

from typing import Protocol


class Consent(Protocol):
    """The user's agreement to one change: given beforehand, or when asked."""

    def given(self, question: str) -> bool:
        """Return whether the user agrees; raises `InputError` when nobody can be asked."""
