"""The names of a manifest's fields, as people write them."""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

EXAMPLE = "write\n  domains:\n    - example.com\n    - {domain: example.org, customer: Ada Lovelace}"

_BETWEEN = re.compile(r"[\s-]+")


def plain(name: str) -> str:
    """Return a name as the fields are written: `Mail From` of a spreadsheet is `mail_from`."""
    return _BETWEEN.sub("_", name.strip().lower())


@lru_cache(maxsize=1024)
def nearest(name: str, names: tuple[str, ...]) -> str:
    """Return a hint for a name that is none of these."""
    near = difflib.get_close_matches(plain(name), names, n=1)
    return f"did you mean {near[0]}?" if near else f"the fields here are {', '.join(names)}"
