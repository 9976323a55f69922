"""Write down what checkdmarc says of the records beside this file, for test_agreement.py to hold us against.

It is no test, and checkdmarc is not needed to run the tests: `pip install checkdmarc==6.0.4` into an environment of its
own, then `python tests/core/checkdmarc/record_verdicts.py`. DNS is in the rows; nothing is asked of a network.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import checkdmarc.dmarc  # type: ignore[import-not-found]  # in an environment of its own
import checkdmarc.spf  # type: ignore[import-not-found]
import checkdmarc.utils  # type: ignore[import-not-found]
import dns.rdata
import dns.resolver

HERE = Path(__file__).parent


def answering(zone: Mapping[str, list[str]]) -> Callable[..., list[dns.rdata.Rdata]]:
    """Return what takes the place of the one function of checkdmarc that asks a resolver."""

    def resolve(domain: str, record_type: str, **_: Any) -> list[dns.rdata.Rdata]:
        name = str(domain).lower().rstrip(".")
        if values := zone.get(f"{record_type} {name}"):
            return [rdata(record_type, value) for value in values]
        if any(question.split(" ")[1] == name for question in zone):
            raise dns.resolver.NoAnswer
        raise dns.resolver.NXDOMAIN

    return resolve


def rdata(record_type: str, value: str) -> dns.rdata.Rdata:
    if record_type == "TXT":
        octets = value.encode()
        strings = [octets[start : start + 255] for start in range(0, len(octets), 255)]
        wire = b"".join(bytes([len(string)]) + string for string in strings)
        return dns.rdata.from_wire("IN", "TXT", wire, 0, len(wire))
    return dns.rdata.from_text("IN", record_type, value)


def verdict(judge: Callable[[str], Any]) -> dict[str, Any]:
    try:
        found = judge("example.com")
    except Exception as error:  # noqa: BLE001 - its class is the verdict
        return {"error": type(error).__name__, "says": str(error).splitlines()[0]}
    parsed = found.get("parsed", found)
    warnings = parsed["warnings"] if "tags" in parsed else found["warnings"]
    counts = {key: found[key] for key in ("dns_lookups", "void_dns_lookups") if key in found}
    return {"error": None, **counts, "warnings": warnings}


def main() -> None:
    judges = {"spf": checkdmarc.spf.get_spf_record, "dmarc": checkdmarc.dmarc.get_dmarc_record}
    for name, judge in judges.items():
        path = HERE / f"{name}.json"
        document = json.loads(path.read_text("utf-8"))
        for row in document["rows"]:
            checkdmarc.utils.DNS_CACHE.clear()
            zone = {**document["dns"], **row.get("dns", {}), document["at"]: [row["record"]]}
            checkdmarc.utils._resolve_with_failover = answering(zone)
            row["checkdmarc"] = verdict(judge)
        head = {key: value for key, value in document.items() if key != "rows"}
        rows = ",\n".join("  " + json.dumps(row, ensure_ascii=True) for row in document["rows"])
        path.write_text(f'{json.dumps(head, indent=1)[:-2]},\n "rows": [\n{rows}\n ]\n}}\n', "utf-8")


if __name__ == "__main__":
    main()
