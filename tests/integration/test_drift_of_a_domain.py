"""Drift, as the real Terraform sees it."""

import json
from typing import Any

import pytest
from integration.harness import Ran, Site
from integration.hints import follow

from provisioner.sandbox.zones import ACCOUNT

DOMAIN = "drifting.example"
BOUNDARY = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ses:*", "Resource": "*"}}
DMARC = f"TXT _dmarc.{DOMAIN}"


@pytest.fixture(scope="module")
def tampered(site: Site) -> Site:
    """The site after somebody was at work in the console."""
    site.make_zone(DOMAIN)
    iam = site.client("iam")
    made = iam.create_policy(PolicyName="boundary", PolicyDocument=json.dumps(BOUNDARY))
    site.provision({"domain": DOMAIN, "permissions_boundary": made["Policy"]["Arn"], "ignore_tags": "CreatedBy,Cost*"})
    iam.tag_user(UserName=DOMAIN, Tags=[{"Key": "CreatedBy", "Value": "the organization's tagger"}])
    site.run("drift", DOMAIN).expect(0)
    _change(site, "UPSERT", f"_dmarc.{DOMAIN}", "TXT", TTL=60)
    _change(site, "DELETE", f"bounce.{DOMAIN}", "MX")
    ses = site.client("sesv2")
    ses.put_configuration_set_delivery_options(ConfigurationSetName="drifting-example", TlsPolicy="REQUIRE")
    ses.tag_resource(
        ResourceArn=f"arn:aws:ses:us-east-1:{ACCOUNT}:identity/{DOMAIN}",
        Tags=[{"Key": "CostCenter", "Value": "42"}],
    )
    ses.put_configuration_set_sending_options(ConfigurationSetName="drifting-example", SendingEnabled=False)
    return site


@pytest.fixture(scope="module")
def drifted(tampered: Site) -> Ran:
    return tampered.run("drift", DOMAIN, "--json")


def _change(site: Site, action: str, name: str, rtype: str, **changes: Any) -> None:
    route53, (zone,) = site.client("route53"), site.zones(DOMAIN)
    found = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    (record,) = (one for one in found if (one["Name"], one["Type"]) == (f"{name}.", rtype))
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record | changes}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def _found(ran: Ran) -> dict[tuple[str, str | None], tuple[Any, Any]]:
    (domain,) = ran.document["domains"]
    return {(d["what"], d["attribute"]): (d["expected"], d["found"]) for d in domain["differences"]}


def test_each_change_is_told_by_attribute_with_what_was_expected_and_found(drifted: Ran) -> None:
    found = _found(drifted)
    assert drifted.code == 3
    assert found[DMARC, "ttl"] == (300, 60)
    assert found["configuration set drifting-example", "delivery_options.0.tls_policy"] == ("OPTIONAL", "REQUIRE")
    expected, there = found[f"MX bounce.{DOMAIN}", None]
    assert there is None
    assert expected["records"] == ["10 feedback-smtp.us-east-1.amazonses.com"]
    assert len(found) == 3


def test_tags_that_are_to_be_ignored_stay_and_the_users_boundary_is_as_asked(drifted: Ran, tampered: Site) -> None:
    assert not any("tag" in str(attribute) for _, attribute in _found(drifted))
    user = tampered.client("iam").get_user(UserName=DOMAIN)["User"]
    assert user["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith(":policy/boundary")
    assert "CreatedBy" in {tag["Key"] for tag in user["Tags"]}


def test_it_is_told_that_these_changes_came_from_outside(drifted: Ran) -> None:
    (domain,) = drifted.document["domains"]
    assert all(difference["changed_outside"] for difference in domain["differences"])


def test_sending_that_was_switched_off_is_told_as_meant(drifted: Ran) -> None:
    (domain,) = drifted.document["domains"]
    (meant,) = domain["on_purpose"]
    assert (meant["attribute"], meant["found"]) == ("sending_options.0.sending_enabled", False)


def test_drift_leaves_no_plan_behind(drifted: Ran, tampered: Site) -> None:
    assert drifted.document["domains"]
    assert not list(tampered.home.rglob("*.tfplan"))


def test_drift_is_the_same_without_the_state(drifted: Ran, tampered: Site) -> None:
    state = tampered.home / f"domains/{DOMAIN}/terraform.tfstate"
    text = state.read_text()
    state.unlink()
    try:
        assert _found(tampered.run("drift", DOMAIN, "--json")) == _found(drifted)
        assert not state.exists()
    finally:
        state.write_text(text)


def test_a_domain_that_cannot_be_checked_is_told_beside_the_others(tampered: Site) -> None:
    broken = tampered.home / "domains/broken.example"
    broken.mkdir()
    (broken / "request.json").write_text("{")
    ran = tampered.run("drift", "--json")
    (broken / "request.json").unlink()
    by_name = {domain["domain"]: domain for domain in ran.document["domains"]}
    assert ran.code == 1
    assert by_name["broken.example"]["error"]["code"] == "corrupt_request"
    assert by_name[DOMAIN]["drift"] is True


def test_an_unknown_domain_is_a_fault_of_the_command_line(tampered: Site) -> None:
    ran = tampered.run("drift", "unknown.example", "--json")
    assert (ran.code, ran.error["code"]) == (2, "unknown_domain")
    follow(tampered, ran.error["hint"], "--zone", "external", "--dry-run").expect(3)
