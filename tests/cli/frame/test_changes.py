"""How the changes of a plan are written for people."""

from collections.abc import Mapping
from typing import Any

import pytest

from provisioner.cli.frame.changes import lines_of
from provisioner.core.terraform.attributes import UNKNOWN
from provisioner.core.terraform.plan import Change

Values = Mapping[str, Any] | None


def told(actions: str, summary: str, before: Values, after: Values, *, importing: bool = False) -> list[str]:
    return list(lines_of([Change("a.b", "a", tuple(actions.split()), importing, summary, before, after).to_document()]))


@pytest.mark.parametrize(
    ("actions", "summary", "before", "after", "line"),
    [
        ("create", "TXT x.com", None, {"records": ["v=a"], "ttl": 300}, '  + TXT x.com "v=a"'),
        ("delete", "MX x.com", {"records": ["10 a", "20 b"]}, None, '  - MX x.com "10 a" "20 b"'),
        ("create", "CNAME of DKIM key 1", None, {"records": UNKNOWN}, "  + CNAME of DKIM key 1 (known after apply)"),
        ("create", "IAM user x.com", None, {"name": "x.com", "path": "/"}, "  + IAM user x.com"),
        ("update", "TXT x.com", {"records": ["a"]}, {"records": ["b"]}, '  ~ TXT x.com "a" -> "b"'),
        ("update", "TXT x.com", {"records": ["a", "b"]}, {"records": ["b", "c"]}, '  ~ TXT x.com "a" -> "c"'),
        ("update", "TXT x.com", {"records": ["a"]}, {"records": ["a", "b"]}, '  ~ TXT x.com "a" -> "a" "b"'),
        ("update", "TXT x.com", {"records": ['a""b']}, {"records": ["\\303\\274"]}, '  ~ TXT x.com "ab" -> "ü"'),
        ("update", "TXT x.com", {"ttl": 60}, {"ttl": 300}, "  ~ TXT x.com: TTL 60 -> 300"),
        ("update", "IAM user x", {"tags.T": None}, {"tags.T": ""}, '  ~ IAM user x: tag T (none) -> ""'),
        ("update", "set x", {"a.0.b": False}, {"a.0.b": True}, "  ~ set x: a.0.b false -> true"),
        ("delete create", "MX x.com", {"name": "a"}, {"name": "b"}, '  -/+ MX x.com: name "a" -> "b"'),
    ],
)
def test_a_change_is_one_line(actions: str, summary: str, before: Values, after: Values, line: str) -> None:
    assert told(actions, summary, before, after) == [line]


def test_several_attributes_stand_below_each_other() -> None:
    before, after = {"records": ["a"], "ttl": 60}, {"records": ["b"], "ttl": 300}
    assert told("update", "TXT x.com", before, after) == [
        "  ~ TXT x.com",
        '      values "a" -> "b"',
        "      TTL 60 -> 300",
    ]


def test_what_is_only_taken_into_the_state_is_said_so() -> None:
    taken = "  = IAM user x (exists already, only the state learns of it)"
    assert told("no-op", "IAM user x", {}, {}, importing=True) == [taken]


def test_what_stays_is_not_told() -> None:
    assert told("no-op", "IAM user x", {}, {}) == []
    assert told("read", "data", None, {}) == []
