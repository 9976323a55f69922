"""check_host() against the openspf test suite for RFC 7208 (openspf/rfc7208-tests.yml, openspf/LICENSE)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable
from provisioner.core.spf.evaluation import check_host
from provisioner.core.spf.senders import Client

SUITE = Path(__file__).parent / "openspf" / "rfc7208-tests.yml"
ALIASES = 9  # a resolver gives up on a loop of them


class Zone:
    """The zone data of one scenario: `SPF` stands for TXT too where no TXT is given, `TXT: NONE` for its absence."""

    def __init__(self, data: dict[str, list[Any]]) -> None:
        self.rows = {name.lower(): rows for name, rows in data.items()}

    def __call__(self, name: str, rtype: str) -> DnsAnswer:
        for _ in range(ALIASES):
            rows = self.rows.get(name.lower())
            if rows is None:
                return Absent(nxdomain=True)
            values = tuple(self._values(rows, rtype))
            if values:
                return Found(values)
            if "TIMEOUT" in rows:
                return Unreachable("timed out")
            alias = next((row["CNAME"] for row in rows if isinstance(row, dict) and "CNAME" in row), None)
            if alias is None:
                return Absent(nxdomain=False)
            name = alias
        return Unreachable("a loop of aliases")

    def _values(self, rows: list[Any], rtype: str) -> Iterator[str]:
        records = [(kind, value) for row in rows if isinstance(row, dict) for kind, value in row.items()]
        source = "SPF" if rtype == "TXT" and "TXT" not in {kind for kind, _ in records} else rtype
        for kind, value in records:
            if kind == source and value != "NONE":
                yield _text(kind, value)


def _text(kind: str, value: Any) -> str:
    if kind == "MX":
        return f"{value[0]} {value[1] or '.'}"
    return "".join(value) if isinstance(value, list) else str(value)


def cases() -> Iterator[Any]:
    for scenario in yaml.load_all(SUITE.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        zone = Zone(scenario["zonedata"])
        for name, case in scenario["tests"].items():
            yield pytest.param(zone, case, id=name)


@pytest.mark.parametrize(("zone", "case"), list(cases()))
def test_receivers_come_to_the_result_of_the_suite(zone: Zone, case: dict[str, Any]) -> None:
    client = Client.at(case["host"], case["mailfrom"], case["helo"])
    evaluation = check_host(client, zone)
    expected = case["result"] if isinstance(case["result"], list) else [case["result"]]
    assert evaluation.result in expected, (evaluation.problem, case.get("comment"))
