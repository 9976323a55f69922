"""A batch under the request limits of a real account: throttled, waited out, no domain fails."""

import json
from pathlib import Path

import pytest
from integration.harness import Site

from provisioner.sandbox.server import SandboxSettings, parse_throttle


@pytest.fixture(scope="module")
def settings() -> SandboxSettings:
    return SandboxSettings(throttle=parse_throttle("route53=10:50,sesv2=1"))


def test_throttling_is_waited_out_by_every_domain_of_a_batch(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(json.dumps({"domains": [f"slow{number}.com" for number in range(3)]}))
    done = site.run("batch", str(path), "--parallelism", "3", "--json").expect(0).document
    assert done["counts"]["provisioned"] == 3
    assert site.calls()["throttled"]["sesv2"] > 0
    for number in range(3):
        assert site.owned(f"slow{number}.com") == {"zones": 1, "identities": 1, "sets": 1, "users": 1, "keys": 1}
