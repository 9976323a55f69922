"""What is asked later: one change at a time, in place, remembered, and only ever to our own records."""

from typing import Any

import pytest
from integration.harness import RecordSets, Site

DOMAIN = "example.org"
THEIRS = {
    ("www.example.org.", "A"): (300, ["192.0.2.1"]),
    ("example.org.", "MX"): (300, ["10 mail.example.org."]),
}


@pytest.fixture(scope="module")
def zone(site: Site) -> str:
    zone = site.make_zone(DOMAIN)
    for (name, rtype), (_, values) in THEIRS.items():
        site.put(zone, name, rtype, *values)
    return zone


@pytest.fixture(scope="module")
def history(site: Site, zone: str) -> list[tuple[Any, RecordSets]]:
    """Provisioned, then another policy, then another MAIL FROM; each document with the zone's records after it."""
    steps: list[list[str]] = [[], ["--dmarc", "reject"], ["--mail-from", "other"]]
    return [(site.provision([DOMAIN, *options])[0], site.record_sets(zone)) for options in steps]


@pytest.fixture(scope="module")
def given_back(site: Site, history: list[tuple[Any, RecordSets]], zone: str) -> RecordSets:
    assert len(history) == 3
    assert site.run("destroy-domain", DOMAIN, "--dry-run", "--json").expect(0).document["changes"]["destroy"] == 12
    assert site.record_sets(zone) == history[-1][1]
    site.run("destroy-domain", DOMAIN, "--yes").expect(0)
    return site.record_sets(zone)


def test_another_policy_is_one_change_in_place(history: list[tuple[Any, RecordSets]]) -> None:
    (_, before), (document, after), _ = history
    assert document["changes"] == {"add": 0, "change": 1, "destroy": 0, "import": 0}
    assert document["changed"] is True
    policy = {("_dmarc.example.org.", "TXT"): (300, ['"v=DMARC1; p=reject"'])}
    assert after == before | policy != before


def test_another_mail_from_replaces_its_own_two_records_and_keeps_the_policy(
    history: list[tuple[Any, RecordSets]], site: Site
) -> None:
    _, (_, before), (document, after) = history
    old = {key for key in before if key[0] == "bounce.example.org."}
    moved = {("other.example.org.", rtype): before[name, rtype] for name, rtype in old}
    assert len(moved) == 2
    assert after == {key: value for key, value in before.items() if key not in old} | moved
    assert document["identity"]["mail_from_domain"] == "other.example.org"
    identity = site.client("sesv2").get_email_identity(EmailIdentity=DOMAIN)
    assert identity["MailFromAttributes"]["MailFromDomain"] == "other.example.org"


def test_every_change_keeps_the_credential(history: list[tuple[Any, RecordSets]], site: Site) -> None:
    credentials = [document["smtp"] for document, _ in history]
    assert credentials[0] == credentials[1] == credentials[2]
    assert site.keys(DOMAIN) == [credentials[0]["user_name"]]


def test_what_was_asked_is_remembered(history: list[tuple[Any, RecordSets]], site: Site) -> None:
    assert len(history) == 3
    assert site.run("plan", DOMAIN, "--json").expect(0).document["changes"] == dict.fromkeys(
        ("add", "change", "destroy", "import"), 0
    )
    shown = site.run("show", DOMAIN, "--json").expect(0).document
    assert (shown["dmarc"], shown["mail_from"]) == ("reject", "other.example.org")


def test_a_record_of_ours_that_somebody_deleted_comes_back(
    history: list[tuple[Any, RecordSets]], site: Site, zone: str
) -> None:
    _, records = history[-1]
    ttl, values = records["_dmarc.example.org.", "TXT"]
    site.change(zone, "DELETE", "_dmarc.example.org", "TXT", *values)
    assert ttl == 300
    assert site.provision([DOMAIN])[0]["changes"] == {"add": 1, "change": 0, "destroy": 0, "import": 0}
    assert site.record_sets(zone) == records


def test_an_adopted_zone_is_given_back_as_it_was(given_back: RecordSets, site: Site, zone: str) -> None:
    assert given_back == THEIRS
    assert site.everything() == {"zones": {zone: THEIRS}, "identities": [], "sets": [], "users": {}}
