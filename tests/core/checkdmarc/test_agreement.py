"""Our verdicts beside those of checkdmarc 6, written down in spf.json and dmarc.json; docs/spf-and-dmarc.md has why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provisioner.core.checks.dmarc import Setting, check
from provisioner.core.dmarc.record import only_record
from provisioner.core.dns.answers import Absent, DnsAnswer, Found
from provisioner.core.dns.ask import Ask
from provisioner.core.spf.published import spf_at
from provisioner.core.spf.syntax import SpfRecord
from provisioner.core.spf.worst_case import count_lookups
from provisioner.core.values.domain import DomainName

HERE = Path(__file__).parent
DOCS = HERE.parents[2] / "docs" / "spf-and-dmarc.md"
EXAMPLE = DomainName("example.com")

# Rows where the two do not agree: what we say, and why.
OTHERWISE = {
    "SPF version matching is case insensitive": "valid: the version in any case (RFC 7208 section 4.5)",
    "state: ours in capitals": "valid: the version in any case (RFC 7208 section 4.5)",
    "text after exp value warns": "permerror: an unknown term is an error wherever it stands (RFC 7208 section 4.6)",
    "ptr with explicit domain": "not void: what `ptr` asks for depends on the client (RFC 7208 section 5.5)",
    "wildcard found": "no effect: without `p` and `rua` nothing is processed (RFC 9989 section 4.10.1)",
    "RFC 9989 missing p tag warning": "taken as `p=none`, which is a warning (RFC 9989 section 4.10.1)",
    "DMARC fo redundancy": "a value that is not allowed, as any other (RFC 9989 section 4.7)",
    "state: failure reports asked for in two ways": "a value that is not allowed, as any other (RFC 9989 section 4.7)",
    "state: addresses without a comma between": "no address: commas stand between them (RFC 9989 section 4.7)",
    "state: reports by https": "of little use: receivers must support `mailto:` alone (RFC 9989 section 4.7)",
    "DMARC pct removed not validated": "valid: `pct` is not read any more (RFC 9989 appendix A.6)",
    "many rua uris warning": "valid: an empty `rua` is as good as none (RFC 9989 section 4.8)",
}


def rows(name: str) -> list[Any]:
    document = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    found = []
    for row in document["rows"]:
        zone = {**document["dns"], **row.get("dns", {}), document["at"]: [row["record"]]}
        found.append(pytest.param(asking(zone), row, id=row["id"]))
    return found


def asking(zone: dict[str, list[str]]) -> Ask:
    names = {question.split(" ")[1] for question in zone}

    def ask(name: str, rtype: str) -> DnsAnswer:
        values = zone.get(f"{rtype} {name.lower()}")
        return Found(tuple(values)) if values else Absent(nxdomain=name.lower() not in names)

    return ask


def our_spf(ask: Ask) -> tuple[Any, ...]:
    record = spf_at("example.com", ask)
    if not isinstance(record, SpfRecord):
        return ("none",) if type(record).__name__ == "NoSpf" else ("permerror",)
    count = count_lookups(ask, record.text, "example.com")
    return ("permerror",) if count.faults else ("valid", count.lookups, count.void)


def their_spf(verdict: dict[str, Any]) -> tuple[Any, ...]:
    if verdict["error"] is None:
        return ("valid", verdict["dns_lookups"], verdict["void_dns_lookups"])
    return ("none",) if verdict["says"] == "An SPF record does not exist." else ("permerror",)


@pytest.mark.parametrize(("ask", "row"), rows("spf"))
def test_spf_is_judged_alike(ask: Ask, row: dict[str, Any]) -> None:
    agree = our_spf(ask) == their_spf(row["checkdmarc"])
    assert agree != (row["id"] in OTHERWISE), (our_spf(ask), row["checkdmarc"])


NOT_READ = {"UnrelatedTXTRecordFoundAtDMARC", "DMARCRecordStartsWithWhitespace"}
FAULTS = {"dmarc.no_policy", "dmarc.invalid_tag", "dmarc.repeated_tag", "dmarc.invalid_rua", "dmarc.syntax"}


def our_dmarc(ask: Ask, text: str) -> str:
    if only_record([text]) is None:
        return "not read"
    found = check(EXAMPLE, Setting("bounce.example.com"), ask)
    return "faulty" if any(finding.id in FAULTS for finding in found) else "valid"


def their_dmarc(verdict: dict[str, Any]) -> str:
    if verdict["error"] in NOT_READ:
        return "not read"
    return "valid" if verdict["error"] is None else "faulty"


@pytest.mark.parametrize(("ask", "row"), rows("dmarc"))
def test_dmarc_is_judged_alike(ask: Ask, row: dict[str, Any]) -> None:
    agree = our_dmarc(ask, row["record"]) == their_dmarc(row["checkdmarc"])
    assert agree != (row["id"] in OTHERWISE), (our_dmarc(ask, row["record"]), row["checkdmarc"])


def test_each_difference_is_in_the_docs() -> None:
    told = DOCS.read_text("utf-8")
    known = {param.values[1]["id"] for name in ("spf", "dmarc") for param in rows(name)}
    assert OTHERWISE.keys() <= known
    for row, why in OTHERWISE.items():
        assert f"| {row} |" in told
        assert why in told
