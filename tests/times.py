"""How long the files of tests take: read for the order in which they begin, written anew by `make test-times`."""

import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

TESTS = Path(__file__).parent
TABLE = TESTS / "times.json"
SHORTEST = 5  # seconds; the order of the files below is of no consequence


@cache
def seconds_by_file() -> Mapping[str, int]:
    """Return the table, e.g. `{"tests/integration/test_life.py": 62}`."""
    table: dict[str, int] = json.loads(TABLE.read_text())
    return table


def measured(reports: Sequence[Path]) -> dict[str, int]:
    """Add up what junit reports say about each file that is still there, longest first."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for report in reports:
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
            file = file_of(case.get("classname", ""))
            if file:
                seconds[file] += float(case.get("time", 0))
    slowest = sorted(seconds.items(), key=lambda item: -item[1])
    return {file: round(spent) for file, spent in slowest if spent >= SHORTEST}


def file_of(classname: str) -> str | None:
    """Return the file of a test by its dotted name, which may end in that of a class; None when it is gone."""
    names = classname.split(".")
    while names:
        path = TESTS.parent.joinpath(*names).with_suffix(".py")
        if path.is_file():
            return path.relative_to(TESTS.parent).as_posix()
        names.pop()
    return None


if __name__ == "__main__":
    TABLE.write_text(json.dumps(measured([Path(report) for report in sys.argv[1:]]), indent=2) + "\n")
