"""AWS says no: the message names what failed, what was made is kept, and the same command completes it."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from integration.harness import Ran, Site
from integration.proxy import Call, Fault, Proxy, proxy_to

from provisioner.sandbox.server_settings import SandboxSettings

DENIED = "User: arn:aws:iam::123456789012:user/admin is not authorized to perform: {action} on resource: *"
EXPIRED = "The security token included in the request is expired"
ONE = {"zones": 1, "identities": 1, "sets": 1, "users": 1, "keys": 1}


@pytest.fixture(scope="module")
def settings() -> SandboxSettings:
    return SandboxSettings(hosted_zone_limit=2)


@pytest.fixture(scope="module")
def proxy(site: Site) -> Iterator[Proxy]:
    with proxy_to(site.sandbox.addresses.aws) as running:
        yield running


@dataclass(frozen=True)
class Story:
    """A run that failed, what was left then, and the same command again."""

    failed: Ran
    left: dict[str, int]
    in_state: set[str]
    completed: Any
    after: dict[str, int]


@pytest.fixture(scope="module")
def stories(site: Site, proxy: Proxy) -> dict[str, Story]:
    """Three domains, each of which fails once at another call, told at the same time."""
    proxy.faults += [
        Fault(
            lambda call: is_ses(call, "POST", "identities") and '"example.com"' in call.body,
            403,
            "AccessDeniedException",
            DENIED.format(action="ses:CreateEmailIdentity"),
        ),
        Fault(lambda call: is_iam(call, "CreateUser", "example.org"), 403, "ExpiredToken", EXPIRED),
        Fault(
            lambda call: is_iam(call, "CreateAccessKey", "example.net"),
            403,
            "AccessDenied",
            DENIED.format(action="iam:CreateAccessKey"),
        ),
    ]
    commands = {
        "example.com": [],
        "example.org": ["--zone", "external"],
        "example.net": ["--zone", "external"],
    }
    with ThreadPoolExecutor(3) as pool:
        told = pool.map(lambda item: story(site, proxy, *item), commands.items())
        return dict(zip(commands, told, strict=True))


def story(site: Site, proxy: Proxy, domain: str, options: list[str]) -> Story:
    def run() -> Ran:
        return site.run("new-domain", domain, *options, "--json", AWS_ENDPOINT_URL=proxy.url)

    failed = run().expect(1)
    left, known = site.owned(domain), in_state(site, domain)
    completed = run()
    assert completed.code == 0, f"{completed.stderr}\nafter\n{failed.stderr}"
    return Story(failed, left, known, completed.document, site.owned(domain))


def is_ses(call: Call, method: str, resource: str) -> bool:
    return call.method == method and call.path.rstrip("/") == f"/v2/email/{resource}"


def is_iam(call: Call, action: str, user: str) -> bool:
    return f"Action={action}&" in f"{call.body}&" and f"UserName={user}&" in f"{call.body}&"


def in_state(site: Site, domain: str) -> set[str]:
    state = json.loads((site.home / "domains" / domain / "terraform.tfstate").read_text())
    return {resource["type"] for resource in state["resources"] if resource["instances"]}


def test_access_denied_half_way_names_the_resource_and_the_action(stories: dict[str, Story]) -> None:
    error = stories["example.com"].failed.error
    assert error["code"] == "apply_failed"
    assert "module.mail_domain.aws_sesv2_email_identity.this" in error["message"]
    assert "ses:CreateEmailIdentity" in error["message"] + error["hint"]
    assert "same command completes it" in error["hint"]


def test_what_was_made_before_is_kept_and_known(stories: dict[str, Story]) -> None:
    story = stories["example.com"]
    assert story.left == ONE | {"identities": 0, "keys": 0}
    assert story.in_state >= {"aws_route53_zone", "aws_sesv2_configuration_set", "aws_iam_user"}


@pytest.mark.parametrize("domain", ["example.com", "example.org", "example.net"])
def test_the_same_command_completes_it_with_exactly_one_of_each(stories: dict[str, Story], domain: str) -> None:
    story = stories[domain]
    assert story.completed["changed"] is True
    assert story.after == ONE | {"zones": 1 if domain == "example.com" else 0}
    assert story.completed["smtp"]["password"].startswith("B")


def test_a_session_that_expires_half_way_says_so(stories: dict[str, Story]) -> None:
    error = stories["example.org"].failed.error
    assert error["code"] == "apply_failed"
    assert "module.smtp_user.aws_iam_user.this" in error["message"]
    assert "session has expired" in error["message"]
    assert "log in again" in error["hint"]


def test_a_denied_access_key_leaves_all_else_done(stories: dict[str, Story]) -> None:
    story = stories["example.net"]
    assert story.failed.error["code"] == "access_denied"
    assert "iam:CreateAccessKey" in story.failed.error["message"]
    assert story.left == ONE | {"zones": 0, "keys": 0}
    assert story.completed["changes"] == dict.fromkeys(("add", "change", "destroy", "import"), 0)


def test_the_limit_of_zones_is_named_with_where_to_raise_it(stories: dict[str, Story], site: Site) -> None:
    assert site.zones("example.com") == [stories["example.com"].completed["zone"]["id"]]
    site.make_zone("full.com")
    failed = site.run("new-domain", "one-too-many.com", "--json").expect(1)
    assert failed.error["code"] == "apply_failed"
    assert "module.mail_domain.aws_route53_zone.this[0]" in failed.error["message"]
    assert "TooManyHostedZones" in failed.error["message"]
    assert "Service Quotas" in failed.error["hint"]
    assert site.zones("one-too-many.com") == []
    way_out = site.run("new-domain", "one-too-many.com", "--zone", "external", "--dry-run", "--json")
    assert way_out.expect(0).document["zone"]["mode"] == "external"


@pytest.mark.parametrize(
    ("code", "name"),
    [("ExpiredToken", "expired_token"), ("InvalidClientTokenId", "bad_credentials"), ("AccessDenied", "access_denied")],
)
def test_refused_credentials_are_told_apart_before_anything_is_made(
    site: Site, proxy: Proxy, code: str, name: str
) -> None:
    before = site.everything()
    proxy.faults.append(Fault(lambda call: "Action=GetCallerIdentity" in call.body, 403, code, EXPIRED))
    failed = site.run("new-domain", "new.com", "--json", AWS_ENDPOINT_URL=proxy.url).expect(1)
    assert failed.error["code"] == name
    assert "sts:GetCallerIdentity" in failed.error["message"]
    assert failed.error["hint"]
    assert site.everything() == before
