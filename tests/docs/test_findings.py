"""Every finding that the program has is on a page that says what it means."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
AREAS = (
    "dns", "record", "dkim", "ses", "identity", "mailfrom", "spf", "dmarc", "set", "events", "account", "reputation",
    "iam", "key", "smtp", "clock", "check", "mx", "metrics", "drift",
)  # fmt: skip  # a list, not a column
IDS = re.compile(rf'"((?:{"|".join(AREAS)})\.[a-z_]+)"')


def ids() -> set[str]:
    sources = [*(ROOT / "provisioner" / "core").rglob("*.py"), *(ROOT / "provisioner" / "usecases").rglob("*.py")]
    return {found for source in sources for found in IDS.findall(source.read_text())}


def test_every_finding_is_explained_on_a_page() -> None:
    pages = "\n".join(page.read_text() for page in (ROOT / "docs").rglob("*.md"))
    known = ids()
    assert len(known) > 100
    assert sorted(one for one in known if f"`{one}`" not in pages and one.split(".")[1] not in _short(pages)) == []


def _short(pages: str) -> set[str]:
    """Ids in tables that name the area once, as `all_absent` below `dkim.`."""
    return set(re.findall(r"`\.?([a-z_]+)`", pages))
