"""A text that must never be seen by accident."""

import hmac
from typing import Never


class Secret:
    """Hold a secret text; only `reveal` gives it back.

    `repr`, `str` and `format` show `***`; `json` and `pickle` refuse it, and so do `copy` and `dataclasses.asdict`.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself: for the store, the hand-over and the wire, nowhere else."""
        return self._text

    def __repr__(self) -> str:
        return "'***'"

    def __str__(self) -> str:
        return "***"

    def __format__(self, _spec: str) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, others = (secret._text.encode("utf-8", "surrogatepass") for secret in (self, other))
        return hmac.compare_digest(mine, others)

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce_ex__(self, _protocol: object) -> Never:
        raise TypeError("a Secret is not copied or pickled; call reveal() where it is handed over")
