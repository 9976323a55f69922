"""The end of a process before or after any of its calls to something outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Thing = TypeVar("Thing")


class DiedError(BaseException):
    """Nothing that the program does for itself comes after it."""


class Deaths:
    """Counts calls, of whatever it stands around, and ends all at the one of this number, before it or after it."""

    def __init__(self, number: int, *, after: bool) -> None:
        self.calls = 0
        self._number, self._after = number, after
        self._dead = False

    def around(self, thing: Thing) -> Thing:
        """Return a stand-in whose public methods are counted."""
        return _Mortal(thing, self)  # type: ignore[return-value]  # it has the thing's methods

    def of(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return the call, counted."""

        def counted(*arguments: Any, **named: Any) -> Any:
            if self._dead:
                raise DiedError  # `finally` and `except` come to nothing
            self.calls += 1
            if self.calls == self._number and not self._after:
                self._die()
            number = self.calls
            try:
                return call(*arguments, **named)
            finally:
                if number == self._number:
                    self._die()

        return counted

    def _die(self) -> None:
        self._dead = True
        raise DiedError


class _Mortal:
    def __init__(self, thing: object, deaths: Deaths) -> None:
        self._thing, self._deaths = thing, deaths

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._thing, name)
        return self._deaths.of(found) if callable(found) else found
