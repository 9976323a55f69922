"""Examples made of one draw: a tape of octets, which Hypothesis draws and shrinks as a whole.

To Hypothesis each draw costs a fifth of a millisecond, and a TXT set is made of sixty choices: read from a tape, all of
them cost as much as five.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from hypothesis import strategies as st

LENGTH = 256  # octets; twice what most examples read
Option = TypeVar("Option")
Made = TypeVar("Made")


class Tape:
    """Choices, one after another; behind the end each is the first option, to which a failing example shrinks."""

    def __init__(self, octets: bytes) -> None:
        self._octets, self._place = octets, 0

    def number(self, below: int) -> int:
        """Return a number from 0, of as many octets as it takes to tell them apart."""
        size = ((below - 1).bit_length() + 7) // 8
        read = self._octets[self._place : self._place + size]
        self._place += size
        return int.from_bytes(read, "big") % below

    def pick(self, options: Sequence[Option]) -> Option:
        """Return one of the options; one that stands there twice comes twice as often."""
        return options[self.number(len(options))]


def made_by(make: Callable[[Tape], Made]) -> st.SearchStrategy[Made]:
    """Return the strategy whose examples a function makes of a tape."""
    return st.binary(min_size=LENGTH, max_size=LENGTH).map(lambda octets: make(Tape(octets)))
