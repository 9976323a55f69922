"""What is asked later: one change at a time, in place, remembered, and only ever to our own records."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from integration.harness import RecordSets, Site
from integration.roots import at_once

POLICY, MOVED = "example.net", "example.org"  # each gets one change, at the same time
NOTHING = dict.fromkeys(("add", "change", "destroy", "import"), 0)


@dataclass(frozen=True)
class Changed:
    """A domain in a zone of the customer's, before and after one more option, and with what is planned then."""

    zone: str
    credential: Any
    before: RecordSets
    second: Any
    after: RecordSets
    planned: Any


@pytest.fixture(scope="module")
def changed(site: Site) -> dict[str, Changed]:
    options = {POLICY: ["--dmarc", "reject"], MOVED: ["--mail-from", "other"]}
    for domain in options:
        records = [(name, rtype, *values) for (name, rtype), (_, values) in theirs(domain).items()]
        site.make_zone(domain, *records)
    credentials = site.provision(*options)
    works = [partial(change, site, domain, credentials[domain], asked) for domain, asked in options.items()]
    return dict(zip(options, at_once(*works), strict=True))


def change(site: Site, domain: str, credential: Any, options: list[str]) -> Changed:
    (zone,) = site.zones(domain)
    before = site.record_sets(zone)
    second = site.new_domain(domain, *options)
    planned = site.new_domain(domain, "--dry-run")
    return Changed(zone, credential, before, second, site.record_sets(zone), planned)


def theirs(domain: str) -> RecordSets:
    """Return what the customer's zone holds before."""
    return {
        (f"www.{domain}.", "A"): (300, ["192.0.2.1"]),
        (f"{domain}.", "MX"): (300, [f"10 mail.{domain}."]),
    }


def test_another_policy_is_one_change_in_place(changed: dict[str, Changed]) -> None:
    found = changed[POLICY]
    assert found.second["changes"] == NOTHING | {"change": 2}  # the record, and what the identity's tags remember
    assert found.second["changed"] is True
    assert found.before["_dmarc.example.net.", "TXT"] == (300, ['"v=DMARC1; p=none"'])
    assert found.after == found.before | {("_dmarc.example.net.", "TXT"): (300, ['"v=DMARC1; p=reject"'])}


def test_another_mail_from_replaces_its_own_two_records_and_nothing_else(changed: dict[str, Changed]) -> None:
    found = changed[MOVED]
    old = {key: value for key, value in found.before.items() if key[0] == "bounce.example.org."}
    moved = {("other.example.org.", rtype): value for (_, rtype), value in old.items()}
    assert len(moved) == 2
    assert found.after == {key: value for key, value in found.before.items() if key not in old} | moved


def test_ses_uses_the_new_mail_from(changed: dict[str, Changed], site: Site) -> None:
    assert changed[MOVED].second["identity"]["mail_from_domain"] == "other.example.org"
    identity = site.client("sesv2").get_email_identity(EmailIdentity=MOVED)
    assert identity["MailFromAttributes"]["MailFromDomain"] == "other.example.org"


@pytest.mark.parametrize("domain", [POLICY, MOVED])
def test_a_change_keeps_the_credential(changed: dict[str, Changed], site: Site, domain: str) -> None:
    found = changed[domain]
    smtp = dict(found.second["smtp"])
    assert smtp.pop("stored_in").endswith(f"/credentials/{domain}/smtp.json")
    assert smtp.items() <= found.credential.items()
    assert site.keys(domain) == [found.credential["user_name"]]


@pytest.mark.parametrize("domain", [POLICY, MOVED])
def test_what_was_asked_is_remembered_by_a_run_without_the_option(
    changed: dict[str, Changed], site: Site, domain: str
) -> None:
    assert changed[domain].planned["changes"] == NOTHING
    shown = site.run("show", domain, "--json").expect(0).document
    expected = {POLICY: ("reject", "bounce.example.net"), MOVED: ("none", "other.example.org")}
    assert (shown["dmarc"], shown["mail_from"]) == expected[domain]


def test_an_adopted_zone_is_given_back_as_it_was(changed: dict[str, Changed], site: Site) -> None:
    given_back = changed[MOVED]
    assert given_back.planned["changes"] == NOTHING
    site.run("destroy-domain", MOVED, "--yes").expect(0)
    assert site.record_sets(given_back.zone) == theirs(MOVED)
    assert site.owned(MOVED) == {"zones": 1, "identities": 0, "sets": 0, "users": 0, "keys": 0}
