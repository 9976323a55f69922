import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)?(?:::(test_\w+))?`")


def test_every_test_that_a_guarantee_names_exists() -> None:
    file, found = "", 0
    for path, name in NAMED.findall((ROOT / "docs" / "guarantees.md").read_text()):
        file = path or file
        text = (ROOT / file).read_text()
        assert not name or f"def {name}(" in text or f"\n{name} = " in text, f"{file}::{name}"
        found += bool(path or name)
    assert found > 20
