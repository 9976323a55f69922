"""A batch under the request limits of a real account: throttled, waited out, no domain fails."""

import json
from pathlib import Path

import pytest
from integration.harness import Site
from integration.relay import Onwards, Reply, Request, relay_to

from provisioner.sandbox.http.throttle import parse_throttle
from provisioner.sandbox.settings import SandboxSettings


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


@pytest.mark.parametrize("way", ["shared", "cold"])
def test_the_provider_is_never_told_that_ses_was_asked_too_early(site: Site, tmp_path: Path, way: str) -> None:
    attempts: list[str] = []

    def watch(request: Request, onwards: Onwards) -> Reply:
        if request.operation.startswith("sesv2:") and not request.from_boto:
            attempts.append(request.headers["Amz-Sdk-Request"].partition(";")[0])
        return onwards()

    path = tmp_path / "m.json"
    names = [f"{way}{number}.com" for number in range(2)]
    path.write_text(json.dumps({"defaults": {"zone": "external"}, "domains": names}))
    before = site.calls()["throttled"]["sesv2"]
    with relay_to(site.sandbox.addresses.aws, watch) as relay:
        options = ["--json", *(["--cold"] if way == "cold" else [])]
        site.run("batch", str(path), *options, AWS_ENDPOINT_URL=relay.url).expect(0)
    assert site.calls()["throttled"]["sesv2"] > before
    assert len(attempts) >= 2 * 7
    assert set(attempts) == {"attempt=1"}
