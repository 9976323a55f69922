"""What `dns records`, `dns zonefile` and `dns check` print of a domain whose DNS is elsewhere, or not delegated."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from fakes.world import World

from provisioner.cli.frame.app import run
from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import ZoneMode
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.usecases.mail_domain.new_domain import new_domain

EXT = DomainName.parse("ext.com")
US = Region.parse("us-east-1")
OLD, NEW = "v=spf1 mx -all", "v=spf1 mx include:amazonses.com -all"

Print = Callable[..., tuple[int, str]]


@pytest.fixture
def printed(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Print:
    monkeypatch.setattr("provisioner.wiring.edges.build", lambda *_: world.edges)
    monkeypatch.setattr("provisioner.wiring.doctor.doctor_edges", lambda *_: world.of_doctor)

    def called(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        return run(arguments), capsys.readouterr().out

    return called


@pytest.fixture
def elsewhere(world: World) -> World:
    world.resolver.answers("ext.com", "NS", "ns1.host.example").answers("ext.com", "TXT", OLD)
    world.resolver.answers("amazonses.com", "TXT", "v=spf1 ip4:199.255.192.0/22 -all")
    world.resolver.answers("_dmarc.ext.com", "CNAME", "ext.com.dmarc.example")
    new_domain(world.edges, EXT, Asked(region=US, zone=ZoneMode.EXTERNAL))
    return world


def test_the_table_says_what_to_do_for_each_record(elsewhere: World, printed: Print) -> None:
    code, text = printed("dns", "records", "ext.com")
    rows = [line.split(None, 4) for line in text.splitlines()]
    assert code == 0
    assert rows[0] == ["ACTION", "NAME", "TYPE", "TTL", "VALUE"]
    assert rows[1] == ["replace", "ext.com", "TXT", *OLD.split(None, 1)]
    assert rows[2] == ["by", "ext.com", "TXT", "300", NEW]
    assert rows[3] == ["keep", "_dmarc.ext.com", "CNAME", "300", "ext.com.dmarc.example"]
    assert {row[0] for row in rows[4:9]} == {"add"}
    assert "never add a second one" in text


def test_the_document_says_it_too(elsewhere: World, printed: Print) -> None:
    document = json.loads(printed("dns", "records", "ext.com", "--json")[1])
    spf = next(record for record in document["records"] if record["name"] == "ext.com")
    assert spf == {
        "name": "ext.com", "type": "TXT", "ttl": 300, "values": [NEW], "action": "replace", "replaces": [OLD]
    }  # fmt: skip
    assert len(document["notes"]) == 1


def test_a_zone_file_adds_nothing_beside_what_stands_there(elsewhere: World, printed: Print) -> None:
    text = printed("dns", "zonefile", "ext.com")[1]
    imported = [line for line in text.splitlines() if not line.startswith((";", "$"))]
    assert len(imported) == 5
    assert not any(line.startswith(("@", "_dmarc")) for line in imported)
    assert f'; by\t@\t300\tIN\tTXT\t"{NEW}"' in text


def test_what_dns_did_not_say_is_in_none_of_them(elsewhere: World, printed: Print) -> None:
    elsewhere.resolver.times_out("ext.com", "NS")
    document = json.loads(printed("dns", "records", "ext.com", "--json")[1])
    assert {record["name"].partition(".")[2] for record in document["records"]} == {"ext.com", "_domainkey.ext.com"}
    assert [note.partition(":")[0] for note in document["notes"]] == ["SPF is left out", "DMARC is left out"]
    assert "; SPF is left out: DNS did not say" in printed("dns", "zonefile", "ext.com")[1]


def test_a_check_of_a_zone_that_is_not_delegated_shows_the_cause_alone(world: World, printed: Print) -> None:
    new_domain(world.edges, EXT, Asked(region=US))
    code, text = printed("dns", "check", "ext.com")
    first, remedy, reference = text.splitlines()
    assert code == 3
    assert first.startswith("error    NS ext.com: the zone above does not know it")
    assert "set the name servers at the registrar" in remedy
    assert "Route 53 developer guide" in reference
