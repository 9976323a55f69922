"""What the doctor and `drift` find of a domain that the real Terraform made."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from integration.harness import Ran, Site
from integration.hints import follow

from provisioner.sandbox.zones import ACCOUNT

DOMAIN = "drifting.example"
BOUNDARY = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ses:*", "Resource": "*"}}
SET = "drifting-example"
DMARC = f"TXT _dmarc.{DOMAIN}"
SIGNING_OFF, SUPPRESSION_OFF = ("dkim.signing_off", "error"), ("set.suppression_off", "error")


@dataclass(frozen=True)
class Doctored:
    """What the doctor said of the domain: as it was made, out of order, repaired, and of its changes twice after it."""

    well: Any
    ill: Any
    repaired: Any
    mended: Any
    again: Any


@pytest.fixture(scope="module")
def doctored(site: Site) -> Doctored:
    """The domain made, put out of order by boto3, and repaired by the doctor."""
    site.make_zone(DOMAIN)
    iam, ses = site.client("iam"), site.client("sesv2")
    made = iam.create_policy(PolicyName="boundary", PolicyDocument=json.dumps(BOUNDARY))
    site.provision({"domain": DOMAIN, "permissions_boundary": made["Policy"]["Arn"], "ignore_tags": "CreatedBy,Cost*"})
    iam.tag_user(UserName=DOMAIN, Tags=[{"Key": "CreatedBy", "Value": "the organization's tagger"}])
    site.run("status", DOMAIN, "--wait", "2m").expect(0)

    def doctor(*options: str, code: int = 0) -> Any:
        (found,) = site.run("doctor", DOMAIN, *options, "--json").expect(code).document["domains"]
        return found

    well = doctor()
    ses.put_email_identity_dkim_attributes(EmailIdentity=DOMAIN, SigningEnabled=False)
    ses.put_configuration_set_suppression_options(ConfigurationSetName=SET, SuppressedReasons=[])
    ill = doctor("--changes", code=3)
    repaired = doctor("--repair", "--yes")
    return Doctored(well, ill, repaired, doctor("--changes"), doctor("--changes"))


@pytest.fixture(scope="module")
def tampered(site: Site, doctored: Doctored) -> Site:
    """The site after somebody was at work in the console."""
    assert doctored.repaired["healthy"]
    site.run("drift", DOMAIN).expect(0)
    _change(site, "UPSERT", f"_dmarc.{DOMAIN}", "TXT", TTL=60)
    _change(site, "DELETE", f"bounce.{DOMAIN}", "MX")
    ses = site.client("sesv2")
    ses.put_configuration_set_delivery_options(ConfigurationSetName=SET, TlsPolicy="REQUIRE")
    ses.tag_resource(
        ResourceArn=f"arn:aws:ses:us-east-1:{ACCOUNT}:identity/{DOMAIN}",
        Tags=[{"Key": "CostCenter", "Value": "42"}],
    )
    ses.put_configuration_set_sending_options(ConfigurationSetName=SET, SendingEnabled=False)
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


def _bad(found: Any) -> list[tuple[str, str]]:
    """Errors and warnings, each with its severity."""
    told = [(one["id"], one["severity"]) for one in found["findings"]]
    return sorted(one for one in told if one[1] in ("error", "warning"))


def test_the_doctor_finds_nothing_wrong_with_what_terraform_made(doctored: Doctored) -> None:
    assert (doctored.well["healthy"], _bad(doctored.well)) == (True, [])
    assert {one["id"] for one in doctored.well["findings"]} >= {"smtp.ok"}


def test_the_doctor_names_exactly_what_was_switched_off(doctored: Doctored) -> None:
    assert _bad(doctored.ill) == [SIGNING_OFF, SUPPRESSION_OFF]
    assert all(one["repairable"] for one in doctored.ill["findings"] if one["severity"] == "error")


def test_a_repair_switches_it_on_again(doctored: Doctored, site: Site) -> None:
    assert _bad(doctored.repaired) == []
    ses = site.client("sesv2")
    assert ses.get_email_identity(EmailIdentity=DOMAIN)["DkimAttributes"]["SigningEnabled"] is True
    options = ses.get_configuration_set(ConfigurationSetName=SET)["SuppressionOptions"]
    assert sorted(options["SuppressedReasons"]) == ["BOUNCE", "COMPLAINT"]


def test_what_changed_is_told_once(doctored: Doctored) -> None:
    def told(found: Any) -> list[list[tuple[str, str]]]:
        return [sorted((one["id"], one["severity"]) for one in found[what]) for what in ("new", "mended")]

    both = [SIGNING_OFF, SUPPRESSION_OFF]
    assert [told(one) for one in (doctored.ill, doctored.mended, doctored.again)] == [[both, []], [[], both], [[], []]]


def test_each_change_is_told_by_attribute_with_what_was_expected_and_found(drifted: Ran) -> None:
    found = _found(drifted)
    assert drifted.code == 3
    assert found[DMARC, "ttl"] == (300, 60)
    assert found[f"configuration set {SET}", "delivery_options.0.tls_policy"] == ("OPTIONAL", "REQUIRE")
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
