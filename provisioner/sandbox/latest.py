"""One result that is kept until what it was made of changes."""

import operator
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """What was worked out last, for as long as it would come out the same: hundreds of questions come in a second."""

    def __init__(self) -> None:
        self._kept: tuple[Sequence[object], T] | None = None

    def get(self, parts: Sequence[object], make: Callable[[], T]) -> T:
        """Return what is made of these very objects, made anew when one of them is another."""
        kept = self._kept
        if kept is None or len(kept[0]) != len(parts) or not all(map(operator.is_, kept[0], parts)):
            self._kept = kept = parts, make()
        return kept[1]
