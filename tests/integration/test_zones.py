"""Where the records go: zones created, adopted and left to others; names of every legal form."""

import json
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from integration.harness import Ran, Site
from integration.hints import follow, value_in
from integration.roots import at_once

NOTHING = {"add": 0, "change": 0, "destroy": 0, "import": 0}
LONG = ".".join(("n" * 60, "o" * 60, "p" * 60, "q" * 13, "com"))  # 200 characters; the DKIM names need 44 more
VERIFICATION = '"google-site-verification=abc"'
MX = "10 mail.b.com."
LITERAL = "${path.module}%{x}@example.net"


@pytest.fixture(scope="module")
def delegation_set(site: Site) -> Any:
    return site.client("route53").create_reusable_delegation_set(CallerReference="ours")["DelegationSet"]


@pytest.fixture(scope="module")
def zones(site: Site) -> dict[str, str]:
    """Zones of the customer that exist before, with records of the customer's."""
    return {
        "a-b.com": site.make_zone("a-b.com", ("www.a-b.com", "A", "192.0.2.1"), ("a-b.com", "MX", MX)),
        "b.com": site.make_zone(
            "b.com",
            ("b.com", "TXT", VERIFICATION),
            ("b.com", "MX", MX),
            ("_dmarc.b.com", "TXT", '"v=DMARC1; p=reject"'),
        ),
        "taken.com": site.make_zone(
            "taken.com",
            ("taken.com", "TXT", VERIFICATION),
            ("_dmarc.taken.com", "TXT", '"v=DMARC1; p=quarantine"'),
            ("bounce.taken.com", "A", "192.0.2.7"),
        ),
    }


@pytest.fixture(scope="module")
def provisioned(site: Site, zones: dict[str, str], delegation_set: Any) -> dict[str, Any]:
    """Domains of every kind, provisioned at once; the documents of `new-domain` by A-label."""
    assert set(zones) == {"a-b.com", "b.com", "taken.com"}
    documents = at_once(
        partial(site.new_domain, "a-b.com"),
        partial(site.new_domain, "a.b.com", "--zone", "adopt"),
        partial(site.new_domain, "münchen.de", "--delegation-set", delegation_set["Id"], "--dmarc-rua", LITERAL),
        partial(site.new_domain, LONG, "--zone", "create"),
        partial(site.new_domain, "elsewhere.com", "--zone", "external"),
    )
    return {document["domain"]: document for document in documents}


@pytest.fixture(scope="module")
def refused(site: Site, zones: dict[str, str]) -> tuple[dict[str, Any], Ran, Ran, dict[str, Any]]:
    """What the account held before and after two refusals, and what was said."""
    before = site.everything()
    taken = site.run("new-domain", "taken.com", "--json").expect(5)
    existing = site.run("new-domain", "b.com", "--zone", "create", "--json").expect(5)
    assert zones["taken.com"] in before["zones"]
    return before, taken, existing, site.everything()


def test_records_in_the_way_are_named_and_nothing_is_made(
    refused: tuple[dict[str, Any], Ran, Ran, dict[str, Any]],
) -> None:
    before, taken, _, after = refused
    assert taken.error["code"] == "records_exist"
    assert "A bounce.taken.com = 192.0.2.7" in taken.error["message"]
    assert "--mail-from mail" in taken.error["hint"]
    assert after == before


def test_a_second_zone_of_one_name_is_never_made(refused: tuple[dict[str, Any], Ran, Ran, dict[str, Any]]) -> None:
    before, _, existing, after = refused
    assert existing.error["code"] == "zone_exists"
    assert "--zone adopt" in existing.error["hint"]
    assert after == before


def test_auto_adopts_the_zone_of_that_name_and_leaves_what_it_holds(
    provisioned: dict[str, Any], site: Site, zones: dict[str, str]
) -> None:
    document = provisioned["a-b.com"]
    assert (document["zone"]["mode"], document["zone"]["id"]) == ("adopted", zones["a-b.com"])
    assert document["changes"]["add"] == 11
    held = site.record_sets(zones["a-b.com"])
    assert held["www.a-b.com.", "A"] == (300, ["192.0.2.1"])
    assert held["a-b.com.", "MX"] == (300, [MX])
    assert ("a-b.com.", "TXT") not in held  # no SPF record that knows SES alone over mail of others
    assert len(held) == 2 + len(document["records"])
    tags = site.client("route53").list_tags_for_resource(ResourceType="hostedzone", ResourceId=zones["a-b.com"])
    assert tags["ResourceTagSet"]["Tags"] == []


def test_a_subdomain_goes_into_the_nearest_zone_above_it(
    provisioned: dict[str, Any], site: Site, zones: dict[str, str]
) -> None:
    zone = provisioned["a.b.com"]["zone"]
    assert (zone["mode"], zone["id"], zone["name"], zone["delegated"]) == ("adopted", zones["b.com"], "b.com", True)
    held = site.record_sets(zones["b.com"])
    assert held["bounce.a.b.com.", "MX"] == (300, ["10 feedback-smtp.us-east-1.amazonses.com"])
    assert held["b.com.", "TXT"] == (300, [VERIFICATION])
    assert held["a.b.com.", "TXT"] == (300, ['"v=spf1 include:amazonses.com ~all"'])
    assert len([1 for name, rtype in held if name.endswith("._domainkey.a.b.com.") and rtype == "CNAME"]) == 3


def test_a_subdomain_inherits_the_policy_of_the_domain_above_it(
    provisioned: dict[str, Any], site: Site, zones: dict[str, str]
) -> None:
    assert not [r for r in provisioned["a.b.com"]["records"] if r["name"].startswith("_dmarc")]
    assert ("_dmarc.a.b.com.", "TXT") not in site.record_sets(zones["b.com"])
    assert site.dns("_dmarc.b.com", "TXT") == ['"v=DMARC1; p=reject"']


def test_names_that_look_alike_get_resources_of_their_own(provisioned: dict[str, Any]) -> None:
    alike = [provisioned["a-b.com"], provisioned["a.b.com"]]
    assert [document["configuration_set"] for document in alike] == ["a_b-com", "a-b-com"]
    assert [document["smtp"]["iam_user"] for document in alike] == ["a-b.com", "a.b.com"]


def test_a_fresh_name_gets_a_zone_with_the_servers_of_the_delegation_set(
    provisioned: dict[str, Any], site: Site, delegation_set: Any
) -> None:
    zone = provisioned["xn--mnchen-3ya.de"]["zone"]
    assert zone["mode"] == "created"
    assert sorted(zone["name_servers"]) == sorted(delegation_set["NameServers"])
    described = site.client("route53").get_hosted_zone(Id=zone["id"])["DelegationSet"]
    assert described["Id"].rpartition("/")[2] == delegation_set["Id"].rpartition("/")[2]


def test_an_address_that_looks_like_an_expression_arrives_literally(provisioned: dict[str, Any], site: Site) -> None:
    said = next(r for r in provisioned["xn--mnchen-3ya.de"]["records"] if r["name"].startswith("_dmarc."))
    assert said["values"] == ["v=DMARC1; p=none; rua=mailto:${path.module}%25{x}@example.net"]
    assert site.dns("_dmarc.xn--mnchen-3ya.de", "TXT") == [f'"{said["values"][0]}"']


def test_an_international_name_and_its_a_label_are_one_domain(provisioned: dict[str, Any], site: Site) -> None:
    before = site.everything()
    again = site.run("new-domain", "XN--MNCHEN-3YA.de", "--json").expect(0).document
    assert (again["domain"], again["changed"], again["changes"]) == ("xn--mnchen-3ya.de", False, NOTHING)
    assert again["smtp"] == provisioned["xn--mnchen-3ya.de"]["smtp"]
    assert site.everything() == before


def test_a_lost_workspace_is_taken_in_again_with_its_zone_and_records(provisioned: dict[str, Any], site: Site) -> None:
    before, name = site.everything(), provisioned["xn--mnchen-3ya.de"]["domain"]
    rmtree(site.home / "domains" / name)
    again = site.new_domain(name)
    assert (again["changed"], again["changes"]) == (False, NOTHING | {"import": 13})
    assert (again["zone"], again["smtp"]) == (provisioned[name]["zone"], provisioned[name]["smtp"])
    assert site.everything() == before


def test_a_domain_of_200_characters_fits_all_limits(provisioned: dict[str, Any], site: Site) -> None:
    document = provisioned[LONG]
    assert len(LONG) == 200
    assert len(document["configuration_set"]) == len(document["smtp"]["iam_user"]) == 64
    assert site.keys(document["smtp"]["iam_user"]) == [document["smtp"]["user_name"]]
    code, reply = site.send(document["smtp"], f"a@{LONG}", "b@example.net")
    assert code == 250, reply
    assert site.run("status", LONG, "--wait", "1m", "--json").expect(0).document["domains"][0]["domain"] == LONG


def test_an_external_domain_gets_no_zone_and_no_records(provisioned: dict[str, Any], site: Site) -> None:
    document = provisioned["elsewhere.com"]
    assert document["zone"] == {
        "mode": "external",
        "id": None,
        "name": "elsewhere.com",
        "name_servers": [],
        "delegated": None,
    }
    assert document["changes"]["add"] == 5
    assert [record["action"] for record in document["records"]] == ["add"] * 7
    assert site.zones("elsewhere.com") == []
    (publish,) = (step for step in document["next_steps"] if "at your DNS host" in step)
    assert follow(site, publish).expect(0).stdout.count("._domainkey") == 3
    assert document["identity"]["dkim_status"] == "PENDING"


def test_an_external_domain_verifies_when_its_records_are_published_elsewhere(
    provisioned: dict[str, Any], site: Site
) -> None:
    site.publish(provisioned["elsewhere.com"]["domain"])
    (status,) = site.run("status", "elsewhere.com", "--wait", "1m", "--json").expect(0).document["domains"]
    assert status["identity"]["verified"]
    records = site.run("dns", "records", "elsewhere.com", "--json").expect(0).document["records"]
    assert [record["action"] for record in records] == ["keep"] * 7  # what was published is never given a second time


@pytest.fixture(scope="module")
def missing(site: Site) -> Ran:
    """What is said when a zone shall be adopted that is not there."""
    return site.run("new-domain", "nowhere.org", "--zone", "adopt", "--json").expect(2)


def test_adopting_needs_a_zone(missing: Ran, site: Site) -> None:
    assert missing.error["code"] == "zone_not_found"
    assert not (site.home / "domains" / "nowhere.org").exists()


def test_the_zone_of_a_domain_is_decided_once(provisioned: dict[str, Any], site: Site) -> None:
    before = site.everything()
    assert provisioned["a-b.com"]["zone"]["mode"] == "adopted"
    changed = site.run("new-domain", "a-b.com", "--zone", "external", "--json").expect(5)
    assert changed.error["code"] == "zone_mode_changed"
    assert site.everything() == before
    assert follow(site, changed.error["hint"], "--dry-run", "--json").expect(3).document["domains"][0]["changes"]


@pytest.fixture(scope="module")
def ambiguous(site: Site) -> tuple[list[str], Ran]:
    """Two zones of one name, and what was said of them."""
    ids = [site.make_zone("twice.com"), site.make_zone("twice.com")]
    return ids, site.run("new-domain", "twice.com", "--json").expect(5)


def test_two_zones_of_one_name_are_not_chosen_between(ambiguous: tuple[list[str], Ran]) -> None:
    ids, refused = ambiguous
    assert refused.error["code"] == "zone_ambiguous"
    assert all(zone in refused.error["message"] for zone in ids)


def test_doing_what_the_refusals_advise_helps(
    refused: tuple[dict[str, Any], Ran, Ran, dict[str, Any]],
    missing: Ran,
    ambiguous: tuple[list[str], Ran],
    site: Site,
    tmp_path: Path,
) -> None:
    site.client("route53").delete_hosted_zone(Id=ambiguous[0][1])
    _, taken, existing, _ = refused
    advised = [
        {"domain": "taken.com", "mail_from": value_in(taken.error["hint"], "--mail-from")},
        {"domain": "b.com", "zone": value_in(existing.error["hint"], "--zone")},
        {"domain": "nowhere.org", "zone": value_in(missing.error["hint"], "--zone")},
        {"domain": "twice.com", "zone": "adopt"},
    ]
    manifest = tmp_path / "advised.json"
    manifest.write_text(json.dumps({"domains": advised}))
    planned = site.run("batch", str(manifest), "--dry-run", "--json").expect(3).document
    assert planned["counts"]["planned"] == len(advised), planned
