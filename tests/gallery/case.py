"""How the gallery writes down a fault: how it is made, and what the doctor has to say of it, alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gallery.ward import Patient

Change = Callable[[Patient], object]


@dataclass(frozen=True)
class Case:
    """A state of a domain in words; `make` brings a healthy one into it.

    `found` are the findings that are no consequence of another, `id severity`, the worst first; none for a state that
    is odd and well. `also` are ids that may stand beside them as info. `says` are words of the first finding, its
    message or its remedy. `admitted` are options of the domain.
    """

    words: str
    make: Change
    found: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    admitted: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.words
