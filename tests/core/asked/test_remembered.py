import json
from dataclasses import replace
from typing import Any

import pytest

from provisioner.core.asked.boundary import Boundary
from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.ignored_tags import IgnoredTags
from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import Dmarc, Request, Spf, Tls, ZoneMode
from provisioner.core.asked.senders import Sender, Senders
from provisioner.core.asked.tags import Tags
from provisioner.core.spf.merge import Part
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError

REQUEST = Request(
    region=Region("eu-west-1"),
    zone=ZoneMode.ADOPT,
    contact=EmailAddress("ann", "example.com"),
    customer="Bäckerei Müller",
    mail_from="return",
    dmarc=Dmarc.REJECT,
    dmarc_rua=EmailAddress("${x}", "example.com"),
    delegation_set="N1PA6795SAMPLE",
    spf=Spf.SKIP,
    tls=Tls.OPTIONAL,
    tags=Tags((("Key", ""), ("Team", "web"))),
    senders=Senders((Sender("scanner", "scan"), Sender("shop", "Orders"))),
    permissions_boundary=Boundary("arn:aws:iam::123456789012:policy/boundary"),
    ignore_tags=IgnoredTags(("CreatedBy",), ("Cost",)),
)
DECISIONS = Decisions(
    zone=ResolvedZone(ResolvedMode.ADOPTED, "example.com", "Z123"),
    dmarc_inherited=True,
    dmarc_theirs=False,
    spf_part=Part.RECORD,
)
FULL = Remembered(REQUEST, DECISIONS, "123456789012", "Z123")


@pytest.mark.parametrize(
    "remembered",
    [
        FULL,
        Remembered(FULL.request, replace(DECISIONS, dmarc_inherited=False)),
        Remembered(FULL.request, Decisions(DECISIONS.zone)),
        Remembered(FULL.request, replace(DECISIONS, feedback_topic="arn:aws:sns:us-east-1:123456789012:events")),
        Remembered(Request(Region("us-east-1")), None),
    ],
)
def test_what_is_remembered_comes_back_exactly(remembered: Remembered) -> None:
    assert Remembered.from_document(json.loads(json.dumps(remembered.to_document()))) == remembered


def test_the_remembered_form_is_stable() -> None:
    assert FULL.to_document() == {
        "version": 1,
        "account": "123456789012",
        "zone_id": "Z123",
        "region": "eu-west-1",
        "zone": "adopt",
        "contact": "ann@example.com",
        "customer": "Bäckerei Müller",
        "mail_from": "return",
        "dmarc": "reject",
        "dmarc_rua": "${x}@example.com",
        "delegation_set": "N1PA6795SAMPLE",
        "spf": "skip",
        "tls": "optional",
        "tags": {"Key": "", "Team": "web"},
        "senders": {"scanner": "scan", "shop": "Orders"},
        "permissions_boundary": "arn:aws:iam::123456789012:policy/boundary",
        "ignore_tags": "CreatedBy,Cost*",
        "resolved_zone": {"mode": "adopted", "name": "example.com", "id": "Z123"},
        "dmarc_inherited": True,
        "dmarc_theirs": False,
        "spf_part": "record",
    }


def test_a_field_that_an_older_version_did_not_write_has_its_default() -> None:
    bare = Remembered.from_document({"version": 1, "region": "us-east-1"})
    assert bare == Remembered(Request(Region("us-east-1"), tls=Tls.REQUIRE), None)  # as every domain had it then


def test_a_file_of_the_version_that_knew_no_decisions_is_read() -> None:
    """Written by the version that kept wish and decision in one class."""
    text = """
        {
          "version": 1,
          "region": "us-east-1",
          "zone": "auto",
          "contact": null,
          "customer": "Ada",
          "mail_from": "bounce",
          "dmarc": null,
          "dmarc_rua": null,
          "delegation_set": null,
          "spf": "merge",
          "tags": {},
          "senders": {},
          "resolved_zone": {
            "mode": "created",
            "name": "example.com",
            "id": null
          },
          "dmarc_inherited": false,
          "dmarc_theirs": false,
          "spf_part": "set"
        }
    """
    zone = ResolvedZone(ResolvedMode.CREATED, "example.com", None)
    remembered = Remembered.from_document(json.loads(text))
    assert remembered.request == Request(Region("us-east-1"), customer="Ada", tls=Tls.REQUIRE)
    assert remembered.decisions == Decisions(zone, dmarc_inherited=False, dmarc_theirs=False, spf_part=Part.SET)
    assert remembered.to_document() == json.loads(text) | {
        "account": None,
        "zone_id": None,
        "tls": "require",
        "permissions_boundary": "none",
        "ignore_tags": "none",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"region": None},
        {"region": "mars"},
        {"zone": "new"},
        {"contact": 5},
        {"contact": "nobody"},
        {"tags": "Team"},
        {"tags": {"Team": 5}},
        {"tags": {"ManagedBy": "x"}},
        {"senders": ["shop"]},
        {"senders": {"shop": None}},
        {"senders": {"shop": "*"}},
        {"dmarc_inherited": "yes"},
        {"resolved_zone": {}},
        {"resolved_zone": {"mode": "other", "name": "example.com", "id": None}},
        {"resolved_zone": {"mode": "created", "name": "example.com", "id": 5}},
        {"resolved_zone": "Z123"},
        {"spf_part": "all"},
        {"version": "1"},
        {"version": 0},
    ],
)
def test_a_document_of_the_wrong_shape_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ProvisionerError) as caught:
        Remembered.from_document(FULL.to_document() | change)
    assert (caught.value.code, caught.value.exit_code) == ("corrupt_request", 1)
    assert caught.value.hint


@pytest.mark.parametrize("document", [None, [], "text", {}])
def test_what_is_no_document_is_refused(document: object) -> None:
    with pytest.raises(ProvisionerError) as caught:
        Remembered.from_document(document)
    assert caught.value.code == "corrupt_request"


@pytest.mark.parametrize("change", [{"version": 2}, {"archive": ["a"]}])
def test_what_a_newer_version_wrote_is_not_half_understood(change: dict[str, Any]) -> None:
    with pytest.raises(ProvisionerError) as caught:
        Remembered.from_document(FULL.to_document() | change)
    assert caught.value.code == "newer_request"
    assert "newer" in caught.value.hint
