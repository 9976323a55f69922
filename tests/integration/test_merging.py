"""What stands in a zone already is merged with, kept, and given back byte for byte, by the real Terraform."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from integration.harness import Ran, RecordSets, Site
from integration.hints import value_in

pytestmark = pytest.mark.timeout(1200)  # the first test waits for its whole story

AT_A_TIME = 4
GOOGLE = '"google-site-verification=aBc_1-2"'
SEVERAL = '"MS=ms12345678" "a second string; with a semicolon"'
OCTAL = '"caf\\303\\251 and a quote \\" inside"'
LONG = f'"{"k" * 255}" "{"l" * 255}" "{"m" * 90}"'
OWN = '"v=spf1 include:amazonses.com ~all"'
LONG_SPF = '"v=spf1 {} " "{} -all"'.format(
    " ".join(f"ip4:192.0.2.{n}" for n in range(17)), " ".join(f"ip4:198.51.100.{n}" for n in range(10, 21))
)
LATER = '"added-by-somebody-later=1"'
DMARC = '"v=DMARC1; p=reject; rua=mailto:dmarc@example.net"'


@dataclass(frozen=True)
class Case:
    """A domain with its TXT set before us, and the set as it must be while we are there."""

    domain: str
    ttl: int
    before: tuple[str, ...]
    merged: tuple[str, ...]
    lose_workspace: bool = False
    later: str | None = None

    def __str__(self) -> str:
        return self.domain


CASES = [
    Case("verified.com", 60, (GOOGLE, SEVERAL, OCTAL, LONG), (GOOGLE, SEVERAL, OCTAL, LONG, OWN)),
    Case(
        "strict.com",
        3600,
        ('"v=spf1 ip4:192.0.2.0/24 -all"', GOOGLE),
        ('"v=spf1 ip4:192.0.2.0/24 include:amazonses.com -all"', GOOGLE),
        lose_workspace=True,
    ),
    Case(
        "redirected.com",
        300,
        (SEVERAL, '"v=spf1 redirect=_spf.redirected.com"'),
        (SEVERAL, '"v=spf1 include:amazonses.com redirect=_spf.redirected.com"'),
        later=LATER,
    ),
    Case("owned.com", 120, ('"v=spf1 include:amazonses.com -all"',), ('"v=spf1 include:amazonses.com -all"',)),
    Case(
        "long.com",
        900,
        (LONG_SPF, OCTAL),
        (LONG_SPF.replace(" -all", " include:amazonses.com -all"), OCTAL),
        lose_workspace=True,
    ),
    Case("bare.com", 300, (), (OWN,), lose_workspace=True),
]


@dataclass(frozen=True)
class Story:
    """All that stood in the zone at each stage; the second run and the destruction as they were reported."""

    first: RecordSets
    merged: RecordSets
    second: Ran
    again: RecordSets
    destroyed: Ran
    last: RecordSets


@pytest.fixture(scope="module")
def stories(site: Site) -> Iterator[dict[str, Future[Story]]]:
    site.make_zone("amazonses.com", ("amazonses.com", "TXT", '"v=spf1 ip4:192.0.2.0/24 -all"'))
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield {case.domain: pool.submit(told, site, case) for case in CASES}


def told(site: Site, case: Case) -> Story:
    domain = case.domain
    zone = site.make_zone(domain, (f"_dmarc.{domain}", "TXT", DMARC), (f"www.{domain}", "A", "192.0.2.9"))
    if case.before:
        put(site, zone, domain, case.ttl, case.before)
    site.put(zone, f"_spf.{domain}", "TXT", '"v=spf1 ip4:192.0.2.7 -all"')
    first = site.record_sets(zone)
    site.run("new-domain", domain, "--json").expect(0)
    merged = site.record_sets(zone)
    if case.later:
        put(site, zone, domain, case.ttl, (*merged[f"{domain}.", "TXT"][1], case.later))
    second = site.run("new-domain", domain, "--json")
    again = site.record_sets(zone)
    if case.lose_workspace:
        rmtree(site.home / "domains" / domain)
    destroyed = site.run("destroy-domain", domain, "--yes", "--json")
    return Story(first, merged, second, again, destroyed, site.record_sets(zone))


def put(site: Site, zone: str, name: str, ttl: int, values: tuple[str, ...]) -> None:
    record_set = {"Name": name, "Type": "TXT", "TTL": ttl, "ResourceRecords": [{"Value": value} for value in values]}
    batch: Any = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record_set}]}
    site.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def apex(case: Case, sets: RecordSets) -> tuple[int, list[str]] | None:
    return sets.get((f"{case.domain}.", "TXT"))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_set_is_merged_with_its_order_ttl_and_octets(case: Case, stories: dict[str, Future[Story]]) -> None:
    assert apex(case, stories[case.domain].result().merged) == (case.ttl, list(case.merged))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nothing_else_in_the_zone_is_touched(case: Case, stories: dict[str, Future[Story]]) -> None:
    story = stories[case.domain].result()
    others = {key: value for key, value in story.first.items() if key != (f"{case.domain}.", "TXT")}
    assert story.merged.items() >= others.items()
    assert story.merged[f"_dmarc.{case.domain}.", "TXT"] == (300, [DMARC])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_second_run_changes_nothing_not_even_what_others_added(case: Case, stories: dict[str, Future[Story]]) -> None:
    story = stories[case.domain].result()
    document = story.second.expect(0).document
    expected = [*case.merged, *([case.later] if case.later else [])]
    assert apex(case, story.again) == (case.ttl, expected)
    if case.later is None:
        assert (document["changed"], story.again) == (False, story.merged)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_destroying_gives_the_zone_back_byte_for_byte(case: Case, stories: dict[str, Future[Story]]) -> None:
    story = stories[case.domain].result()
    story.destroyed.expect(0)
    expected = dict(story.first)
    if case.later:
        expected[f"{case.domain}.", "TXT"] = (case.ttl, [*case.before, case.later])
    assert story.last == expected


@pytest.fixture(scope="module")
def refused(site: Site) -> dict[str, Ran]:
    """What is said of records that are in the way of what was asked, by domain."""
    site.make_zone("taken.com", ("bounce.taken.com", "A", "192.0.2.1"), ("mail.taken.com", "MX", "1 a.example."))
    site.make_zone("theirs.com", ("_dmarc.theirs.com", "TXT", DMARC))
    zone = site.make_zone("routed.com")
    for identifier in ("blue", "green"):
        weighted = {"SetIdentifier": identifier, "Weight": 1, "TTL": 60, "ResourceRecords": [{"Value": GOOGLE}]}
        changed = {"Action": "CREATE", "ResourceRecordSet": {"Name": "routed.com", "Type": "TXT", **weighted}}
        site.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [changed]})
    asked = {"taken.com": (), "theirs.com": ("--dmarc", "none"), "routed.com": ()}
    return {name: site.run("new-domain", name, *options, "--json").expect(5) for name, options in asked.items()}


def test_a_mail_from_label_in_use_is_refused_with_a_free_one(refused: dict[str, Ran], site: Site) -> None:
    error = refused["taken.com"].error
    assert error["code"] == "records_exist"
    assert "A bounce.taken.com" in error["message"]
    assert "--mail-from bounces" in error["hint"]
    assert len(site.record_sets(*site.zones("taken.com"))) == 2


def test_asking_for_another_dmarc_policy_does_not_replace_theirs(refused: dict[str, Ran], site: Site) -> None:
    assert refused["theirs.com"].error["code"] == "dmarc_exists"
    assert site.record_sets(*site.zones("theirs.com")) == {("_dmarc.theirs.com.", "TXT"): (300, [DMARC])}


def test_skipping_spf_later_gives_the_set_back_at_once(site: Site) -> None:
    hosted = (
        "_dmarc.skipped.com",
        "CNAME",
        "skipped.com.dmarc.example.net",
    )  # as those who run DMARC for others want it
    zone = site.make_zone("skipped.com", hosted)
    put(site, zone, "skipped.com", 77, (SEVERAL, OCTAL))
    site.run("new-domain", "skipped.com", "--json").expect(0)
    assert site.record_sets(zone)["skipped.com.", "TXT"] == (77, [SEVERAL, OCTAL, OWN])
    skipped = site.run("new-domain", "skipped.com", "--spf", "skip", "--json").expect(0).document
    assert skipped["changes"]["destroy"] == 0
    assert site.record_sets(zone)["skipped.com.", "TXT"] == (77, [SEVERAL, OCTAL])
    site.run("plan", "skipped.com").expect(0)
    assert site.record_sets(zone)["_dmarc.skipped.com.", "CNAME"] == (300, ["skipped.com.dmarc.example.net"])


def test_txt_sets_with_a_routing_policy_are_refused_by_name(refused: dict[str, Ran]) -> None:
    error = refused["routed.com"].error
    assert error["code"] == "txt_not_mergeable"
    assert "TXT routed.com (set green of a routing policy)" in error["message"]
    assert "--spf skip" in error["hint"]


def test_doing_what_the_refusals_advise_helps(refused: dict[str, Ran], site: Site, tmp_path: Path) -> None:
    options = {"taken.com": "--mail-from", "theirs.com": "--dmarc", "routed.com": "--spf"}
    advised = [
        {"domain": domain, option.strip("-").replace("-", "_"): value_in(refused[domain].error["hint"], option)}
        for domain, option in options.items()
    ]
    manifest = tmp_path / "advised.json"
    manifest.write_text(json.dumps({"domains": advised}))
    planned = site.run("batch", str(manifest), "--dry-run", "--json").expect(3).document
    assert planned["counts"]["planned"] == len(advised), planned
