"""A zone that exists is not a zone that the registrar points to; all this under a real account's limits of requests."""

from typing import Any

import pytest
from integration.harness import Site

from provisioner.sandbox.http.throttle import parse_throttle
from provisioner.sandbox.settings import SandboxSettings


@pytest.fixture(scope="module")
def settings() -> SandboxSettings:
    return SandboxSettings(undelegated=True, throttle=parse_throttle("route53=10:50,sesv2=1"))


@pytest.fixture(scope="module")
def pending(site: Site) -> Any:
    return site.run("new-domain", "example.com", "--wait", "5s", "--json").expect(3).document


def test_waiting_in_vain_exits_with_3_and_hands_over_the_credential_all_the_same(pending: Any, site: Site) -> None:
    assert pending["changed"] is True
    assert pending["identity"]["verified"] is False
    assert (pending["identity"]["dkim_status"], pending["identity"]["mail_from_status"]) == ("PENDING", "PENDING")
    assert site.keys("example.com") == [pending["smtp"]["user_name"]]
    assert len(pending["smtp"]["password"]) == 44


def test_the_name_servers_to_set_are_the_next_step(pending: Any) -> None:
    assert pending["zone"]["delegated"] is False
    servers = pending["zone"]["name_servers"]
    assert len(servers) == 4
    assert any("registrar" in step and all(server in step for server in servers) for step in pending["next_steps"])


def test_status_says_that_it_is_pending(pending: Any, site: Site) -> None:
    (status,) = site.run("status", "example.com", "--wait", "1s", "--json").expect(3).document["domains"]
    assert status["identity"] == pending["identity"]
    assert status["zone"]["delegated"] is False
    assert "NOT DELEGATED" in site.run("status", "example.com").expect(0).stdout


def test_throttling_was_waited_out(pending: Any, site: Site) -> None:
    assert site.calls()["throttled"]["sesv2"] > 0
    assert site.owned("example.com") == {"zones": 1, "identities": 1, "sets": 1, "users": 1, "keys": 1}
    assert len(site.record_sets(pending["zone"]["id"])) == 7
