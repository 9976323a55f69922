"""SES chooses another DKIM suffix than the region's documented one, and names it only once the identity exists."""

import pytest
from integration.harness import Site

from provisioner.sandbox.settings import SandboxSettings

SUFFIX = "k7.dkim.us-east-1.amazonses.com"


@pytest.fixture(scope="module")
def settings() -> SandboxSettings:
    return SandboxSettings(signing_hosted_zone=SUFFIX)


def test_the_records_are_corrected_in_the_same_run_and_the_next_run_is_unchanged(site: Site) -> None:
    zone = site.make_zone("example.com")
    first = site.new_domain("example.com", "--wait", "2m")
    assert first["identity"]["dkim_status"] == "SUCCESS"
    dkim = {key: values for key, (_, values) in site.record_sets(zone).items() if key[1] == "CNAME"}
    assert dkim == {
        (f"{token}._domainkey.example.com.", "CNAME"): [f"{token}.{SUFFIX}"]
        for token in (name.partition(".")[0] for name, _ in dkim)
    }
    assert {r["values"][0].partition(".")[2] for r in first["records"] if r["type"] == "CNAME"} == {SUFFIX}
    again = site.new_domain("example.com")
    assert again == first | {"changed": False, "changes": dict.fromkeys(first["changes"], 0)}
