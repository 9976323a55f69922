"""AWS limits requests per account: throttling is waited out, never a failure."""

import pytest
from integration.harness import Site

from provisioner.sandbox.server import SandboxSettings, parse_throttle


@pytest.fixture(scope="module")
def settings() -> SandboxSettings:
    return SandboxSettings(throttle=parse_throttle("route53=10:50,sesv2=1"))


def test_a_domain_completes_under_the_limits_of_a_real_account(site: Site) -> None:
    (document,) = site.provision(["example.com", "--wait", "2m"])
    assert site.calls()["throttled"]["sesv2"] > 0
    assert (document["changed"], document["identity"]["verified"]) == (True, True)
    assert site.owned("example.com") == {"zones": 1, "identities": 1, "sets": 1, "users": 1, "keys": 1}
