"""AWS says no: the message names what failed, what was made is kept, and the same command completes it."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from integration.harness import Ran, Site
from integration.relay import Fault, Relay, Request, relay_to
from twice import answered_alike

from provisioner.sandbox.settings import SandboxSettings

DENIED = "User: arn:aws:iam::123456789012:user/admin is not authorized to perform: {action} on resource: *"
EXPIRED = "The security token included in the request is expired"
IDENTITY = "sesv2:CreateEmailIdentity"
ONE = {"zones": 1, "identities": 1, "sets": 1, "users": 1, "keys": 1}


@pytest.fixture(scope="module")
def settings() -> SandboxSettings:
    return SandboxSettings(hosted_zone_limit=2)


@pytest.fixture(scope="module")
def relay(site: Site) -> Iterator[Relay]:
    with relay_to(site.sandbox.addresses.aws) as running:
        yield running


@dataclass(frozen=True)
class Failure:
    """A run that failed, and what was left then, on AWS and in the state."""

    error: dict[str, str]
    left: dict[str, int]
    in_state: set[str]


@dataclass(frozen=True)
class Story:
    """The same command until it succeeded, and what there was then."""

    failures: list[Failure]
    completed: Any
    after: dict[str, int]


@pytest.fixture(scope="module")
def stories(site: Site, relay: Relay) -> dict[str, Story]:
    """Two domains, one of which fails once and one twice, told at the same time."""
    denied = DENIED.format(action="ses:CreateEmailIdentity")
    key_denied = DENIED.format(action="iam:CreateAccessKey")
    relay.faults += [
        Fault(lambda c: c.operation == IDENTITY and c.names('"example.com"'), 403, "AccessDeniedException", denied),
        Fault(lambda c: of_user(c, "CreateUser", "example.org"), 403, "ExpiredToken", EXPIRED),
        Fault(lambda c: of_user(c, "CreateAccessKey", "example.org"), 403, "AccessDenied", key_denied),
    ]
    with answered_alike(), ThreadPoolExecutor(2) as pool:
        first = pool.submit(story, site, relay, 1, "example.com")
        second = pool.submit(story, site, relay, 2, "example.org", "--zone", "external")
        return {"example.com": first.result(), "example.org": second.result()}


def story(site: Site, relay: Relay, times: int, *arguments: str) -> Story:
    def run() -> Ran:
        return site.run("new-domain", *arguments, "--json", AWS_ENDPOINT_URL=relay.url)

    domain = arguments[0]
    failures = [Failure(run().expect(1).error, site.owned(domain), in_state(site, domain)) for _ in range(times)]
    completed = run()
    assert completed.code == 0, f"{completed.stderr}\nafter\n{failures}"
    return Story(failures, completed.document, site.owned(domain))


def of_user(request: Request, action: str, user: str) -> bool:
    return request.operation == f"iam:{action}" and f"UserName={user}&".encode() in request.body + b"&"


def in_state(site: Site, domain: str) -> set[str]:
    state = json.loads((site.home / "domains" / domain / "terraform.tfstate").read_text())
    return {resource["type"] for resource in state["resources"] if resource["instances"]}


def test_access_denied_half_way_names_the_resource_and_the_action(stories: dict[str, Story]) -> None:
    error = stories["example.com"].failures[0].error
    assert error["code"] == "apply_failed"
    assert "module.mail_domain.aws_sesv2_email_identity.this" in error["message"]
    assert "ses:CreateEmailIdentity" in error["message"]
    assert "ses:CreateEmailIdentity" in error["hint"]
    assert "same command completes it" in error["hint"]


def test_what_was_made_before_is_kept_and_known(stories: dict[str, Story]) -> None:
    failure = stories["example.com"].failures[0]
    assert failure.left == ONE | {"identities": 0, "keys": 0}
    assert failure.in_state >= {"aws_route53_zone", "aws_sesv2_configuration_set", "aws_iam_user"}


@pytest.mark.parametrize("domain", ["example.com", "example.org"])
def test_the_same_command_completes_it_with_exactly_one_of_each(stories: dict[str, Story], domain: str) -> None:
    story = stories[domain]
    assert story.completed["changed"] is True
    assert story.after == ONE | {"zones": 1 if domain == "example.com" else 0}
    assert story.completed["smtp"]["password"].startswith("B")


def test_a_session_that_expires_half_way_says_so(stories: dict[str, Story]) -> None:
    error = stories["example.org"].failures[0].error
    assert error["code"] == "apply_failed"
    assert "module.smtp_user.aws_iam_user.this" in error["message"]
    assert "session has expired" in error["message"]
    assert "log in again" in error["hint"]


def test_a_denied_access_key_leaves_all_else_done(stories: dict[str, Story]) -> None:
    failure = stories["example.org"].failures[1]
    assert failure.error["code"] == "access_denied"
    assert "iam:CreateAccessKey" in failure.error["message"]
    assert failure.left == ONE | {"zones": 0, "keys": 0}
    assert stories["example.org"].completed["changes"] == dict.fromkeys(("add", "change", "destroy", "import"), 0)


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
    assert way_out.expect(3).document["zone"]["mode"] == "external"


@pytest.mark.parametrize(
    ("code", "name"),
    [("ExpiredToken", "expired_token"), ("InvalidClientTokenId", "bad_credentials"), ("AccessDenied", "access_denied")],
)
def test_refused_credentials_are_told_apart_before_anything_is_made(
    site: Site, relay: Relay, code: str, name: str
) -> None:
    before = site.everything()
    relay.faults.append(Fault(lambda c: c.operation == "sts:GetCallerIdentity", 403, code, EXPIRED))
    failed = site.run("new-domain", "new.com", "--json", AWS_ENDPOINT_URL=relay.url).expect(1)
    assert failed.error["code"] == name
    assert "sts:GetCallerIdentity" in failed.error["message"]
    assert failed.error["hint"]
    assert site.everything() == before


def test_answers_that_are_lost_are_no_failure(site: Site, relay: Relay) -> None:
    calls: list[Callable[[Request], bool]] = [
        lambda c: c.operation == "sesv2:CreateConfigurationSet" and c.names("lost-com"),
        lambda c: c.operation == IDENTITY and c.names("lost.com"),
        lambda c: of_user(c, "CreateUser", "lost.com"),
    ]
    relay.faults += [Fault(call, 503, "ServiceUnavailable", "lost", carried_out=True) for call in calls]
    ran = site.run("new-domain", "lost.com", "--zone", "external", "--json", AWS_ENDPOINT_URL=relay.url).expect(0)
    assert "looking again" in ran.stderr
    assert site.owned("lost.com") == ONE | {"zones": 0}
    again = site.run("new-domain", "lost.com", "--json").expect(0).document
    assert not again["changed"]
    assert again["smtp"]["password"] == ran.document["smtp"]["password"]
