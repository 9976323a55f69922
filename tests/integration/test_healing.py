"""The state loses something, AWS loses something, or the workspace is gone: only what is really missing is made."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import pytest
from integration.harness import Ran, Site

from provisioner.core.mail_domain.records import Purpose
from provisioner.core.terraform import addresses
from provisioner.core.values.domain import DomainName
from provisioner.core.values.resource_names import USER_POLICY
from provisioner.core.values.smtp_user import SmtpUser

pytestmark = pytest.mark.timeout(1200)  # the first test waits for the domain, and for its turn

DOMAIN = "healed.com"
MAIN = SmtpUser(DomainName.parse(DOMAIN))
OPTIONS = ("--customer", "Ada Lovelace", "--contact", "o'brien@example.net", "--mail-from", "mail", "--tag", "Team=web")
DMARC = ("--dmarc", "reject", "--dmarc-rua", "dmarc@healed.com")
ONE_OF_EACH = {"zones": 1, "identities": 1, "sets": 1, "users": 1, "keys": 1}
NOTHING = {"add": 0, "change": 0, "destroy": 0, "import": 0}
STATIC = (Purpose.SPF, Purpose.DMARC, Purpose.MAIL_FROM_MX, Purpose.MAIL_FROM_SPF)
RESOURCES = [
    addresses.ZONE,
    addresses.IDENTITY,
    addresses.MAIL_FROM,
    addresses.CONFIGURATION_SET,
    addresses.iam_user(MAIN),
    addresses.user_policy(MAIN),
    *map(addresses.record, STATIC),
    *addresses.dkim_records(),
]


@pytest.fixture(scope="module")
def made(site: Site) -> Any:
    document = site.new_domain(DOMAIN, *OPTIONS, *DMARC)
    assert document["changes"]["add"] == len(RESOURCES)
    return document


@pytest.fixture(scope="module")
def healed(site: Site, made: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Ran]]]:
    """For each resource, the run of a home whose state has lost just that one; imports change nothing on AWS."""
    assert made["changed"]
    with ThreadPoolExecutor(3) as pool:
        homes = {address: tmp_path_factory.mktemp("home") / "home" for address in RESOURCES}
        for address, home in homes.items():
            copytree(site.home, home, symlinks=True)
            forget(home / "domains" / DOMAIN / "terraform.tfstate", address)
        yield {a: pool.submit(new_domain, site, DOMAIN, PROVISIONER_HOME=str(home)) for a, home in homes.items()}


def forget(path: Path, address: str) -> None:
    """Take one resource out of a state file, as `terraform state rm` does."""
    state = json.loads(path.read_text())
    there = sum(len(resource["instances"]) for resource in state["resources"])
    for resource in state["resources"]:
        name = f"{resource['module']}.{resource['type']}.{resource['name']}"
        resource["instances"] = [i for i in resource["instances"] if name + key_of(i) != address]
    state["resources"] = [resource for resource in state["resources"] if resource["instances"]]
    assert sum(len(resource["instances"]) for resource in state["resources"]) == there - 1
    path.write_text(json.dumps(state | {"serial": state["serial"] + 1}))


def key_of(instance: dict[str, Any]) -> str:
    return f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""


def new_domain(site: Site, *arguments: str, **changes: str | None) -> Ran:
    return site.run("new-domain", *arguments, "--json", **changes)


@pytest.mark.parametrize("address", RESOURCES)
def test_a_resource_that_the_state_has_lost_is_imported_and_nothing_changes(
    healed: dict[str, Future[Ran]], made: Any, address: str
) -> None:
    document = healed[address].result().expect(0).document
    assert document["changes"] == NOTHING | {"import": 1}
    assert document["changed"] is False
    assert document["smtp"] == made["smtp"] | {"stored_in": document["smtp"]["stored_in"]}


def test_a_lost_workspace_comes_back_with_all_that_was_asked(
    healed: dict[str, Future[Ran]], made: Any, site: Site
) -> None:
    assert all(run.result().code == 0 for run in healed.values())
    before = site.run("show", DOMAIN, "--json").expect(0).document
    held = site.everything()
    rmtree(site.home / "domains" / DOMAIN)
    document = new_domain(site, DOMAIN).expect(0).document
    assert document["changes"] == NOTHING | {"import": len(RESOURCES)}
    assert (document["changed"], document["smtp"]) == (False, made["smtp"])
    assert site.run("show", DOMAIN, "--json").document == before
    assert site.everything() == held
    site.run("plan", DOMAIN).expect(0)


def test_destroying_with_a_state_that_is_lost_leaves_nothing_behind(
    healed: dict[str, Future[Ran]], made: Any, site: Site
) -> None:
    assert all(run.result().code == 0 for run in healed.values())
    assert made["domain"] == DOMAIN
    (site.home / "domains" / DOMAIN / "terraform.tfstate").unlink()
    ran = site.run("destroy-domain", DOMAIN, "--yes", "--json").expect(0)
    assert ran.document["domains"][0]["changes"]["destroy"] == len(RESOURCES)
    assert site.owned(DOMAIN) == dict.fromkeys(ONE_OF_EACH, 0)


def delete_record(site: Site, domain: str, name: str, rtype: str) -> None:
    (zone,) = site.zones(domain)
    _, values = site.record_sets(zone)[name, rtype]
    site.change(zone, "DELETE", name, rtype, *values)


def delete_zone(site: Site, domain: str) -> None:
    (zone,) = site.zones(domain)
    for (name, rtype), (_, values) in site.record_sets(zone).items():
        site.change(zone, "DELETE", name, rtype, *values)
    site.client("route53").delete_hosted_zone(Id=zone)


def delete_user(site: Site, domain: str) -> None:
    iam = site.client("iam")
    for key in site.keys(domain):
        iam.delete_access_key(UserName=domain, AccessKeyId=key)
    iam.delete_user_policy(UserName=domain, PolicyName=USER_POLICY)
    iam.delete_user(UserName=domain)


Loss = tuple[str, Callable[[Site, str], None], int]  # what is deleted on AWS, how, and how many resources that costs

LOSSES: dict[str, list[Loss]] = {
    "one.com": [
        ("the SPF record", lambda site, domain: delete_record(site, domain, f"{domain}.", "TXT"), 1),
        ("the user", delete_user, 2),
        (
            "the policy",
            lambda site, domain: site.client("iam").delete_user_policy(UserName=domain, PolicyName=USER_POLICY),
            1,
        ),
    ],
    "two.com": [
        ("the zone", delete_zone, 8),
        (
            "the configuration set",
            lambda site, domain: site.client("sesv2").delete_configuration_set(ConfigurationSetName="two-com"),
            1,
        ),
    ],
    "three.com": [
        (
            "the identity",
            lambda site, domain: site.client("sesv2").delete_email_identity(EmailIdentity=domain),
            5,  # with its MAIL FROM, and the three DKIM records that carry its tokens
        ),
    ],
}


@pytest.fixture(scope="module")
def repaired(site: Site) -> Iterator[dict[str, Future[list[Any]]]]:
    with ThreadPoolExecutor(len(LOSSES)) as pool:
        yield {domain: pool.submit(partial(lose_and_repair, site, domain)) for domain in LOSSES}


def lose_and_repair(site: Site, domain: str) -> list[tuple[int, Ran, dict[str, int], Ran]]:
    new_domain(site, domain).expect(0)
    found = []
    for _, lose, cost in LOSSES[domain]:
        lose(site, domain)
        ran = new_domain(site, domain)
        found.append((cost, ran, site.owned(domain), site.run("plan", domain, "--json")))
    return found


@pytest.mark.parametrize("domain", LOSSES)
def test_what_was_deleted_on_aws_is_made_again_and_nothing_else(
    repaired: dict[str, Future[list[tuple[int, Ran, dict[str, int], Ran]]]], domain: str
) -> None:
    for cost, ran, owned, planned in repaired[domain].result():
        document = ran.expect(0).document
        assert (document["changed"], document["changes"]["add"]) == (True, cost)
        assert owned == ONE_OF_EACH
        assert planned.expect(0).document["changes"] == NOTHING
        assert document["smtp"]["password"]


def test_things_of_our_names_without_our_tags_are_refused_until_taken_over(site: Site) -> None:
    ses, iam = site.client("sesv2"), site.client("iam")
    command = ("theirs.com", "--zone", "external")
    refused = {}
    makers: dict[str, Callable[[], object]] = {
        "IAM user theirs.com": lambda: iam.create_user(UserName="theirs.com"),
        "configuration set theirs-com": lambda: ses.create_configuration_set(ConfigurationSetName="theirs-com"),
        "SES identity": lambda: ses.create_email_identity(EmailIdentity="theirs.com"),
    }
    for code, make in makers.items():
        make()
        refused[code] = new_domain(site, *command).expect(5).error
    for name, error in refused.items():
        assert error["code"] == "not_ours"
        assert name in error["message"]
        assert "--take-over" in error["hint"]
    assert site.keys("theirs.com") == []
    elsewhere = new_domain(site, *command, "--take-over", "--yes").expect(5).error
    assert (elsewhere["code"], "--new-path /provisioner/smtp/" in elsewhere["hint"]) == ("user_elsewhere", True)
    iam.update_user(UserName="theirs.com", NewPath="/provisioner/smtp/")
    taken = new_domain(site, *command, "--take-over", "--yes").expect(0).document
    assert taken["changes"]["import"] == 3
    assert site.owned("theirs.com") == ONE_OF_EACH | {"zones": 0}
    tags = ses.get_email_identity(EmailIdentity="theirs.com")["Tags"]
    assert {"Key": "ManagedBy", "Value": "provisioner"} in tags
    assert {"Key": "ManagedBy", "Value": "provisioner"} in iam.list_user_tags(UserName="theirs.com")["Tags"]
