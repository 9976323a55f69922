"""What nobody could look at."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from provisioner.errors import ProvisionerError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unseen:
    """What could not be looked at, and why; nothing is known of it. `hint` says what helps."""

    reason: str
    hint: str = ""


def seen_unless(codes: Collection[str], look: Callable[[], T]) -> T | Unseen:
    """Return what a look gives; after an error with one of the codes nothing is known of this alone.

    Raises `ProvisionerError` for any other.
    """
    try:
        return look()
    except ProvisionerError as error:
        if error.code not in codes:
            raise
        return Unseen(error.message, error.hint)
