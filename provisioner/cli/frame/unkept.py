"""How a credential is handed over that is stored nowhere, as the key behind it could not be deleted again either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from provisioner.errors import KeyNotKept, ProvisionerError

_TITLE = "This SMTP credential works, is stored nowhere, and is shown this once:"


def in_text(not_kept: Sequence[KeyNotKept]) -> list[str]:
    """Return what to print of each: that it is shown this once, whose it is, its password, and what to do next."""
    return ["\n".join([_TITLE, *_lines(error)]) for error in not_kept]


def document(error: KeyNotKept) -> dict[str, Any]:
    """Return the JSON of an error that has its credential with it."""
    return error.to_document() | {"credential": error.credential()}


def in_json(error: ProvisionerError, not_kept: Sequence[KeyNotKept]) -> dict[str, Any]:
    """Return what to add to the document of an error: its own `credential`, and the `credentials` that it carries."""
    carried = [one.credential() for one in not_kept if one is not error]
    own = {"credential": error.credential()} if isinstance(error, KeyNotKept) and error in not_kept else {}
    return own | ({"credentials": carried} if carried else {})


def _lines(error: KeyNotKept) -> Iterator[str]:
    credential: Mapping[str, Any] = error.credential()
    yield from (f"  {name}: {value}" for name, value in credential.items())
    yield f"  next: {error.hint}"
