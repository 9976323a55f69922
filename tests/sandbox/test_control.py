"""The page on which the sandbox's knobs are turned."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from knobs import Knobs

from provisioner.errors import InputError
from provisioner.sandbox.knobs.spec import parse_dns_faults
from provisioner.sandbox.server import Sandbox
from provisioner.sandbox.settings import SandboxSettings

GIVEN = {"dns": [{"fault": "delegation", "zone": "b.example", "servers": ["ns1.other.example"]}]}


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    settings = SandboxSettings(dns_faults=parse_dns_faults("a.example:silent"), faults=GIVEN)
    with Sandbox(settings) as sandbox:
        yield sandbox


@pytest.fixture
def knobs(running: Sandbox) -> Iterator[Knobs]:
    yield Knobs(running.addresses.aws)
    Knobs(running.addresses.aws).clear()


def test_everything_taken_back_leaves_what_the_sandbox_was_started_with(knobs: Knobs) -> None:
    started = [{"fault": "silent", "zone": "a.example", "server": "*"}, *GIVEN["dns"]]
    assert knobs.shown()["dns"] == started
    knobs.server("refused", "c.example", "2")
    knobs.clear("a.example")
    knobs.clear()
    assert knobs.shown()["dns"] == started


def test_the_same_said_again_replaces_what_was_said(knobs: Knobs) -> None:
    for fault in ("refused", "silent", "no-tcp"):
        knobs.server(fault, "c.example", "1")
    shown = [entry for entry in knobs.shown()["dns"] if entry["zone"] == "c.example"]
    assert [entry["fault"] for entry in shown] == ["silent", "no-tcp"]


def test_what_is_shown_can_be_given_again(knobs: Knobs) -> None:
    knobs.external("d.example", '@ TXT "a;b" "c"\n')
    knobs.bogus("d.example", keys=("257 3 13 AAAA",))
    knobs.lie("d.example", "TXT", '"x"')
    knobs.records("d.example", "d.example", "MX", "0 .", server="1")
    shown = knobs.shown()
    knobs.clear("d.example")
    knobs.turn(**json.loads(json.dumps(shown)))
    assert knobs.shown() == shown


def test_one_zone_is_taken_back_alone(knobs: Knobs) -> None:
    for zone in ("c.example", "_dmarc.c.example", "d.example"):
        knobs.server("refused", zone)
    knobs.clear("c.example")
    zones = {entry["zone"] for entry in knobs.shown()["dns"]}
    assert "d.example" in zones
    assert not {"c.example", "_dmarc.c.example"} & zones


@pytest.mark.parametrize(
    "entry",
    [
        {"fault": "odd", "zone": "c.example"},
        {"zone": "c.example"},
        {"fault": "records", "zone": "c.example", "name": "c.example"},
        {"fault": "delegation", "zone": "c.example", "servers": "ns1.c.example"},
        {"fault": "zone", "zone": "c.example", "servers": []},
        [],
    ],
)
def test_a_fault_that_nobody_knows_is_refused_and_nothing_is_changed(knobs: Knobs, entry: Any) -> None:
    before = knobs.shown()
    with pytest.raises(ValueError, match="invalid_fault"):
        knobs.turn(dns=[{"fault": "refused", "zone": "e.example"}, entry])
    assert knobs.shown() == before


@pytest.mark.parametrize("document", [["dns"], {"dnss": []}, {"": 1}])
def test_a_document_of_another_kind_is_refused(running: Sandbox, document: Any) -> None:
    with pytest.raises(InputError):
        running.control.turn(document)
