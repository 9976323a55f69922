"""Two customers of one account: they can write to each other, and neither can write as the other."""

from typing import Any

import pytest
from integration.harness import Site

from provisioner.sandbox.ses.store import store


@pytest.fixture(scope="module")
def smtp(site: Site) -> dict[str, Any]:
    """The SMTP credentials of two verified domains, by domain."""
    entries = {"alice.com": "Alice", "bob.com": "Bob"}
    credentials = site.provision(
        *({"domain": domain, "zone": "external", "customer": customer} for domain, customer in entries.items())
    )
    for domain in entries:
        site.publish(domain)
        (status,) = site.run("status", domain, "--wait", "2m", "--json").expect(0).document["domains"]
        assert status["identity"]["verified"]
    return credentials


@pytest.mark.parametrize(("sender", "recipient"), [("alice.com", "bob.com"), ("bob.com", "alice.com")])
def test_each_can_write_to_the_other(smtp: dict[str, Any], site: Site, sender: str, recipient: str) -> None:
    code, reply = site.send(smtp[sender], f"me@{sender}", f"you@{recipient}")
    assert code == 250, reply
    assert site.sandbox.mailbox.messages()[-1].user_arn.endswith(f"/provisioner/smtp/{sender}")


@pytest.mark.parametrize(("owner", "other"), [("alice.com", "bob.com"), ("bob.com", "alice.com")])
def test_neither_can_write_as_the_other(smtp: dict[str, Any], site: Site, owner: str, other: str) -> None:
    code, reply = site.send(smtp[owner], f"me@{other}", "visitor@example.net", envelope=f"me@{owner}")
    assert code == 554
    assert "not authorized to perform `ses:SendRawEmail'" in reply


@pytest.mark.parametrize(("owner", "other"), [("alice.com", "bob.com"), ("bob.com", "alice.com")])
def test_neither_can_let_bounces_go_to_the_other(smtp: dict[str, Any], site: Site, owner: str, other: str) -> None:
    code, reply = site.send(smtp[owner], f"me@{owner}", "visitor@example.net", envelope=f"me@{other}")
    assert code == 554
    assert "not authorized to perform `ses:SendRawEmail'" in reply


def test_a_name_that_ends_alike_is_not_ones_own(smtp: dict[str, Any], site: Site) -> None:
    code, reply = site.send(smtp["bob.com"], "me@notbob.com", "visitor@example.net")
    assert (code, "not authorized" in reply) == (554, True)


def test_pausing_one_does_not_stop_the_other(smtp: dict[str, Any], site: Site) -> None:
    site.run("pause", "alice.com", "--reason", "too many bounces").expect(0)
    code, reply = site.send(smtp["alice.com"], "me@alice.com", "visitor@example.net")
    assert (code, "paused" in reply) == (554, True)
    verified = site.run("credentials", "verify", "alice.com", "--json").expect(3).document
    assert verified["verdict"] == "paused"
    assert [finding["id"] for finding in verified["findings"]] == ["smtp.ok", "set.paused"]
    assert site.send(smtp["bob.com"], "me@bob.com", "visitor@example.net")[0] == 250
    site.run("resume", "alice.com").expect(0)
    assert site.send(smtp["alice.com"], "me@alice.com", "visitor@example.net")[0] == 250


def test_what_is_paused_stays_so_when_it_is_provisioned_again(smtp: dict[str, Any], site: Site) -> None:
    site.client("sesv2").put_configuration_set_sending_options(ConfigurationSetName="alice-com", SendingEnabled=False)
    again = site.run("new-domain", "alice.com", "--json").expect(0).document
    assert (again["changed"], again["sending"]["enabled"]) == (False, False)
    assert site.send(smtp["alice.com"], "me@alice.com", "visitor@example.net")[0] == 554
    site.run("resume", "alice.com").expect(0)


def test_before_production_access_only_verified_recipients_get_mail(smtp: dict[str, Any], site: Site) -> None:
    account = store("us-east-1").account
    account.production = False
    try:
        assert site.client("sesv2").get_account()["ProductionAccessEnabled"] is False
        code, reply = site.send(smtp["alice.com"], "me@alice.com", "visitor@example.net")
        assert (code, "not verified" in reply, "visitor@example.net" in reply) == (554, True, True)
        assert site.send(smtp["alice.com"], "me@alice.com", "you@bob.com")[0] == 250
        assert site.send(smtp["alice.com"], "me@alice.com", "success@simulator.amazonses.com")[0] == 250
    finally:
        account.production = True
